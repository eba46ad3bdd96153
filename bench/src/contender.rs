//! A [`Contender`]: something that is measured beside others.

use std::{
    fmt,
    time::{Duration, Instant},
};

use crate::Result;

/// The name of this crate among the contenders.
pub const OURS: &str = "mixminus";

/// The calls of one round take about this long, so that reading the clock and a single interruption
/// weigh little.
const BATCH: Duration = Duration::from_millis(1);
/// The calls before them, which are not timed, take at least this long: the other contenders have
/// filled the caches with their data, and a core is slow at first when it has not used its widest
/// units for a while.
const WARM_UP: Duration = Duration::from_micros(500);
/// The most calls of a batch.
const MOST_CALLS: u32 = 1000;

/// The name of a contender, and the participants of its room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// The participants of its room.
    pub size: usize,
}

impl Key {
    /// A contender in a room of so many.
    pub const fn new(name: &'static str, size: usize) -> Self {
        Self { name, size }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with {}", self.name, self.size)
    }
}

/// Something whose time is measured in rounds.
pub struct Contender<'a> {
    /// Which one.
    pub key: Key,
    round: Box<dyn FnMut() -> Result<Duration> + 'a>,
}

impl<'a> Contender<'a> {
    /// The mean time of a call, over as many as fill a batch, after a warm-up.
    pub fn repeated(key: Key, mut call: impl FnMut() -> Result<()> + 'a) -> Self {
        Self::timed(key, move || {
            let one = warm_up(&mut call)?;
            let calls = (BATCH.as_secs_f64() / one.as_secs_f64()) as u32;
            time_of(calls.clamp(1, MOST_CALLS), &mut call)
        })
    }

    /// A contender that times itself, because a part of its work does not count.
    pub fn timed(key: Key, round: impl FnMut() -> Result<Duration> + 'a) -> Self {
        Self { key, round: Box::new(round) }
    }

    /// The time of one round.
    pub fn round(&mut self) -> Result<Duration> {
        (self.round)()
    }
}

/// Calls for as long as a warm-up takes. The time of the last call.
fn warm_up(call: &mut impl FnMut() -> Result<()>) -> Result<Duration> {
    let begin = Instant::now();
    loop {
        let one = time_of(1, call)?;
        if begin.elapsed() >= WARM_UP {
            return Ok(one);
        }
    }
}

/// The mean time of so many calls.
fn time_of(calls: u32, call: &mut impl FnMut() -> Result<()>) -> Result<Duration> {
    let begin = Instant::now();
    for _ in 0..calls {
        call()?;
    }
    Ok(begin.elapsed() / calls)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_as_long_as_it_has_to_be() {
        let mut calls = 0;
        let mut short = Contender::repeated(Key::new("short", 1), || {
            calls += 1;
            Ok(())
        });
        assert!(short.round().unwrap() < BATCH);
        drop(short);
        assert!(calls > MOST_CALLS);

        let mut calls = 0;
        let mut long = Contender::repeated(Key::new("long", 1), || {
            calls += 1;
            std::thread::sleep(2 * BATCH);
            Ok(())
        });
        assert!(long.round().unwrap() >= BATCH);
        drop(long);
        assert_eq!(calls, 2);
    }
}
