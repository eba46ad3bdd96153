//! The thread that drives a node over zenoh: [`Drive`].

use std::{
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use mixminus::cluster::NodeDriver;

use crate::{ZenohEngine, ZenohReadings};

/// How long the thread waits for something to come: what the audio thread has mixed goes out in between.
const STEP: Duration = Duration::from_millis(1);
/// How often the readings are made anew.
const READ: Duration = Duration::from_millis(100);

/// A node that talks to the others, on a thread of its own, until this is dropped.
///
/// ```
/// use mixminus::{MixerConfig, cluster::{NodeName, NodeOptions, node}, stream::{Runner, RunnerOptions}};
/// use mixminus_zenoh::{Drive, ZenohEngine, ZenohOptions};
///
/// let (controller, processor) = MixerConfig::default().build()?;
/// let name = NodeName::new("fra-1")?;
/// let (conference, driver, audio) = node(controller, &processor, NodeOptions::new(name.clone()))?;
/// let mut options = ZenohOptions::new("studio", name);
/// options.listen = vec!["udp/127.0.0.1:0?rel=1;mixed_rel=1".to_owned()];
/// let drive = Drive::start(driver, ZenohEngine::open(options)?)?;
/// let (before, after) = audio.into_closures();
/// let runner = Runner::start_with(processor, RunnerOptions::default(), before, after)?;
/// // The call goes on. In the end everybody leaves, so that the other nodes do not wait for them; then:
/// drop(drive);
/// runner.stop()?;
/// # drop(conference);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Drive {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    stop: AtomicBool,
    readings: Mutex<ZenohReadings>,
}

impl Drive {
    /// Starts the thread, which takes a step of the node whenever something comes, and each millisecond.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(driver: NodeDriver, engine: ZenohEngine) -> io::Result<Self> {
        let shared = Arc::<Shared>::default();
        let own = Arc::clone(&shared);
        let thread = thread::Builder::new().name("mixminus-node".to_owned()).spawn(move || own.run(driver, engine))?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// What the engine has counted: as of a tenth of a second ago at most.
    pub fn readings(&self) -> ZenohReadings {
        *self.shared.readings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the thread runs: it ends with a panic, and with the drop.
    pub fn is_running(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }
}

impl Shared {
    fn run(&self, mut driver: NodeDriver, mut engine: ZenohEngine) {
        let begin = Instant::now();
        let mut read = begin;
        while !self.stop.load(Ordering::Acquire) {
            engine.wait(STEP);
            driver.step(&mut engine, begin.elapsed());
            if read.elapsed() >= READ {
                read = Instant::now();
                *self.readings.lock().unwrap_or_else(PoisonError::into_inner) = engine.readings();
            }
        }
    }
}

impl Drop for Drive {
    /// Ends the thread, and closes the session as the drop of a [`ZenohEngine`] does.
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        // The panic hook has said why, if it ended with a panic.
        let _ended = self.thread.take().map(JoinHandle::join);
    }
}
