//! Which generation is published, which is mixed, and waiting for one.

use std::time::{Duration, Instant};

use super::{Controller, WaitError};
use crate::data::id::Generation;

impl Controller {
    /// The newest generation: what was changed last.
    pub fn published(&self) -> Generation {
        self.registry().published()
    }

    /// The generation that the last tick was mixed with: everything up to it is being heard.
    pub fn mixed(&self) -> Generation {
        self.shared.mixed()
    }

    /// Whether the processor was dropped: nothing more will ever be mixed.
    #[cfg(feature = "http")]
    pub(crate) fn processor_gone(&self) -> bool {
        self.shared.processor_gone()
    }

    /// Waits until a tick has been mixed with `generation`: blocks the thread, and looks every half millisecond. Where that is not wanted, as in
    /// asynchronous code, compare [`mixed`](Self::mixed) now and then.
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
            // In this order: what it mixed before it went counts.
            let gone = self.shared.processor_gone();
            let mixed = self.mixed();
            if mixed >= generation {
                return Ok(());
            } else if gone {
                return Err(WaitError::ProcessorGone { wanted: generation, mixed });
            } else if begin.elapsed() >= limit {
                return Err(WaitError::TimedOut { wanted: generation, mixed, limit });
            }
            std::thread::sleep(Duration::from_micros(500).min(limit));
        }
    }
}
