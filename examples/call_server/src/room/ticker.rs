//! The thread that ticks, shared by all that read its figures: [`Ticker`].

use std::sync::{Mutex, MutexGuard, PoisonError};

use mixminus::stream::{Decoding, Runner, RunnerReadings};

use crate::error::Error;

/// A runner that several threads can read until it is stopped.
#[derive(Debug)]
pub struct Ticker(Mutex<Option<Runner>>);

impl Ticker {
    pub fn new(runner: Runner) -> Self {
        Self(Mutex::new(Some(runner)))
    }

    /// How well the runner keeps time; `None` once it is stopped.
    pub fn readings(&self) -> Option<RunnerReadings> {
        self.runner().as_ref().map(Runner::readings)
    }

    /// Decodes a stream before each tick from now on; one that comes after the stop is dropped.
    pub fn decode(&self, stream: Decoding) -> Result<(), Error> {
        self.runner().as_ref().map_or(Ok(()), |runner| runner.decode(stream)).map_err(Error::from)
    }

    /// Stops after the current tick. An error if the runner had ended before with a panic.
    pub fn stop(&self) -> Result<(), Error> {
        let runner = self.runner().take();
        runner.map_or(Ok(()), |runner| runner.stop().map(drop).map_err(Error::from))
    }

    /// A poisoned lock is used as it is: nothing under it can be left half done.
    fn runner(&self) -> MutexGuard<'_, Option<Runner>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
