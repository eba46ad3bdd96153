//! A thread that runs until it is told to stop: [`Worker`].

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
};

use crate::error::Error;

/// The request to a thread to stop.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    pub fn is_asked_for(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    fn ask(&self) {
        self.0.store(true, Ordering::Release);
    }
}

/// A named thread, which returns a value when it stops.
#[derive(Debug)]
pub struct Worker<T> {
    name: &'static str,
    stop: Stop,
    thread: JoinHandle<T>,
}

impl<T: Send + 'static> Worker<T> {
    pub fn start(name: &'static str, work: impl FnOnce(&Stop) -> T + Send + 'static) -> Result<Self, Error> {
        let stop = Stop::default();
        let own = stop.clone();
        let thread: io::Result<_> = thread::Builder::new().name(name.to_owned()).spawn(move || work(&own));
        Ok(Self { name, stop, thread: thread.map_err(Error::Thread)? })
    }

    /// Asks the thread to stop, and waits for it.
    pub fn stop(self) -> Result<T, Error> {
        self.stop.ask();
        self.thread.join().map_err(|_said_by_the_panic_hook| Error::Panicked(self.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_runs_until_it_is_stopped_and_reports_panics() {
        let worker = Worker::start("counts", |stop| {
            let mut count = 0_u64;
            while !stop.is_asked_for() {
                count += 1;
                thread::yield_now();
            }
            count
        });
        thread::sleep(std::time::Duration::from_millis(5));
        assert!(worker.and_then(Worker::stop).unwrap() > 0);
        let panics = Worker::start("panics", |_| panic!("on purpose")).and_then(Worker::<()>::stop);
        assert!(matches!(panics, Err(Error::Panicked("panics"))));
    }
}
