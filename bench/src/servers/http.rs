//! Requests to the servers: [`retried`].

use std::{
    thread,
    time::{Duration, Instant},
};

use crate::Result;

/// How long a server may take until it answers.
const PATIENCE: Duration = Duration::from_secs(30);

/// Does something again and again until it succeeds: the server has just been started.
pub fn retried<T>(what: &str, mut attempt: impl FnMut() -> Result<T>) -> Result<T> {
    let end = Instant::now() + PATIENCE;
    loop {
        match attempt() {
            Err(fault) if Instant::now() >= end => return Err(format!("{what}: {fault}").into()),
            Err(_) => thread::sleep(Duration::from_millis(100)),
            done => return done,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_tried_until_it_succeeds() {
        let mut attempts = 0;
        let third = retried("a test", || {
            attempts += 1;
            if attempts == 3 { Ok(attempts) } else { Err("not yet".into()) }
        });
        assert_eq!(third.unwrap(), 3);
    }
}
