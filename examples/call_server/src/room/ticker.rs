//! The thread that ticks, for everybody who asks how it does: [`Ticker`].

use std::sync::{Mutex, MutexGuard, PoisonError};

use mixminus::stream::{Runner, RunnerReadings};

use crate::error::Error;

/// A runner that many can ask, until it is stopped.
#[derive(Debug)]
pub struct Ticker(Mutex<Option<Runner>>);

impl Ticker {
    pub fn new(runner: Runner) -> Self {
        Self(Mutex::new(Some(runner)))
    }

    /// How well it keeps time; nothing once it is stopped.
    pub fn readings(&self) -> Option<RunnerReadings> {
        self.runner().as_ref().map(Runner::readings)
    }

    /// Stops after the tick in hand. Whether it had ended before, by a panic.
    pub fn stop(&self) -> Result<(), Error> {
        let runner = self.runner().take();
        runner.map_or(Ok(()), |runner| runner.stop().map(drop).map_err(Error::from))
    }

    /// Nothing is done under the lock that could leave it half done.
    fn runner(&self) -> MutexGuard<'_, Option<Runner>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
