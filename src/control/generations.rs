//! The generations that were published and mixed, and waiting for one to be mixed.

use std::time::{Duration, Instant};

use super::{Controller, WaitError};
use crate::{data::id::Generation, link::hand_over::Reached};

impl Controller {
    /// The newest generation: that of the last change.
    pub fn published(&self) -> Generation {
        self.registry().published()
    }

    /// The generation that the last tick was mixed with. All changes up to it are in the mix.
    pub fn mixed(&self) -> Generation {
        self.shared.link.mixed()
    }

    /// Whether the processor was dropped: nothing more will ever be mixed.
    #[cfg(any(feature = "http", feature = "cluster"))]
    pub(crate) fn processor_gone(&self) -> bool {
        self.shared.link.processor_gone()
    }

    /// Waits until a tick has been mixed with `generation`. Blocks the thread, and looks every half
    /// millisecond. In asynchronous code compare [`mixed`](Self::mixed) now and then instead.
    ///
    /// ```
    /// # use mixminus::{JoinOptions, MixerConfig};
    /// # use std::time::Duration;
    /// # let (controller, mut processor) = MixerConfig::default().build()?;
    /// controller.join("anna", JoinOptions::default())?;
    /// let generation = controller.set_muted("anna", true)?;
    /// processor.enter().tick().mix(); // on the audio thread
    /// controller.wait_until_mixed(generation, Duration::from_secs(1))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`WaitError`] if `limit` passes first or the processor is dropped.
    pub fn wait_until_mixed(&self, generation: Generation, limit: Duration) -> Result<(), WaitError> {
        let begin = Instant::now();
        loop {
            match self.shared.link.reached(generation) {
                Reached::Mixed => return Ok(()),
                Reached::Never(mixed) => {
                    return Err(WaitError::ProcessorGone { wanted: generation, mixed: Generation(mixed) });
                }
                Reached::NotYet(mixed) if begin.elapsed() >= limit => {
                    return Err(WaitError::TimedOut { wanted: generation, mixed: Generation(mixed), limit });
                }
                Reached::NotYet(_) => {}
            }
            std::thread::sleep(Duration::from_micros(500).min(limit));
        }
    }
}
