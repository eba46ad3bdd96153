//! By how much the delay of a stream is to be changed, and how fast: [`Regulator`]. Pure arithmetic; it knows time only
//! as the samples that are played.
//!
//! Three ways, from the gentlest to the fastest: a *slip* plays a sample more or less, for the drift of a clock; a
//! *move* repeats or leaves out a piece of the sound, for more; and in a silence the play head goes where it should.

/// A lag that is shorter than wanted by more than this is lengthened.
const SHORT_MS: f64 = 1.0;
/// A lag that is longer than wanted by more than this, and a share of the spread, is shortened by slips, until it is
/// longer by no more than the other.
const LONG_MS: f64 = 4.0;
const LONG_ENOUGH_MS: f64 = 1.0;
/// By moves from here on.
const TOO_LONG_MS: f64 = 6.0;
const SPREAD_SHARE: f64 = 0.05;
/// With less than this nothing is left out.
const CONTENT_MS: f64 = 25.0;
/// How long a lag is left too long before it is shortened: jitter goes up and down.
const PATIENCE_MS: f64 = 1000.0;
/// The shares of the time by which moves change the delay.
const GROW_MOST: f64 = 0.5;
const SHRINK_LEAST: f64 = 0.03;
const SHRINK_MOST: f64 = 0.25;
/// So much too short is lengthened at the whole rate, so much too long shortened at it.
const GROW_OVER_MS: f64 = 50.0;
const SHRINK_OVER_MS: f64 = 600.0;
/// In a stall of the network the sound is stretched when less than the first is left, until it is longer than wanted by
/// the second.
const STALL_MS: f64 = 40.0;
const STALL_MOST_MS: f64 = 70.0;

/// How much a move is needed, and so how much may be heard of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Need {
    Some,
    More,
    /// Or the sound breaks off.
    Most,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    Nothing,
    /// Play a sample twice.
    Lengthen,
    /// Play a sample less.
    Shorten,
    /// Repeat about so many samples, or leave them out if it is less than 0.
    Move {
        by: i64,
        need: Need,
    },
}

/// How the stream stands, in samples.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stand {
    pub lag: i64,
    /// The lag that is wanted, and by how much transits differ.
    pub wanted: i64,
    pub spread: i64,
    /// How many samples are there without a gap.
    pub content: i64,
    /// Whether the packet that follows on them is later than all of its time.
    pub stalled: bool,
}

#[derive(Debug)]
pub(crate) struct Regulator {
    ms: f64,
    /// For how long the lag has been too long.
    long: f64,
    /// Samples until the next move.
    rest: f64,
    /// What the slips are at.
    slipping: Act,
}

impl Regulator {
    pub fn new(ms: f64) -> Self {
        Self { ms, long: 0.0, rest: 0.0, slipping: Act::Nothing }
    }

    /// What to do before the next `frames` are played.
    pub fn judge(&mut self, stand: Stand, frames: usize) -> Act {
        self.rest -= frames as f64;
        let off_ms = (stand.lag - stand.wanted) as f64 / self.ms;
        let over_ms = off_ms - SPREAD_SHARE * stand.spread as f64 / self.ms;
        self.long = if over_ms > LONG_MS { self.long + frames as f64 / self.ms } else { 0.0 };
        self.slipping = match self.slipping {
            Act::Lengthen if off_ms < 0.0 => Act::Lengthen,
            Act::Shorten if over_ms > LONG_ENOUGH_MS => Act::Shorten,
            _ if off_ms < -SHORT_MS => Act::Lengthen,
            _ if self.long > PATIENCE_MS => Act::Shorten,
            _ => Act::Nothing,
        };
        if self.is_stalling(stand) {
            return self.wait_for((self.ms * STALL_MS) as i64, Need::Most);
        }
        match self.slipping {
            Act::Lengthen if off_ms < -2.5 => {
                self.wait_for((-off_ms * self.ms) as i64, if off_ms < -20.0 { Need::More } else { Need::Some })
            }
            // Its packets come as late as that: it is not too long.
            Act::Shorten if (stand.content as f64) < CONTENT_MS * self.ms => Act::Nothing,
            Act::Shorten if over_ms > TOO_LONG_MS => self.wait_for((-off_ms * self.ms) as i64, self.need()),
            slip => slip,
        }
    }

    /// How much it is needed that the lag is shortened: the more the longer it has been too long.
    fn need(&self) -> Need {
        match self.long {
            3000.0.. => Need::Most,
            2000.0.. => Need::More,
            _ => Need::Some,
        }
    }

    /// Whether the sound will break off soon.
    fn is_stalling(&self, stand: Stand) -> bool {
        let content_ms = stand.content as f64 / self.ms;
        let longer_ms = (stand.lag - stand.wanted) as f64 / self.ms;
        stand.stalled && content_ms < STALL_MS && longer_ms < STALL_MOST_MS
    }

    /// A move, if the last one is long enough ago.
    fn wait_for(&self, by: i64, need: Need) -> Act {
        if self.rest > 0.0 { Act::Nothing } else { Act::Move { by, need } }
    }

    /// The lag was moved by so much, in a `quiet` moment or not.
    pub fn moved(&mut self, by: i64, stand: Stand, quiet: bool) {
        if quiet {
            self.rest = 0.0;
            return;
        }
        let off_ms = ((stand.lag - stand.wanted) as f64 / self.ms).abs();
        let rate = match by {
            _ if self.is_stalling(stand) => GROW_MOST,
            0.. => (off_ms / GROW_OVER_MS).clamp(0.02, GROW_MOST),
            _ => (SHRINK_LEAST + off_ms / SHRINK_OVER_MS).min(SHRINK_MOST),
        };
        self.rest = by.unsigned_abs() as f64 * (rate.recip() - 1.0);
    }

    /// The play head was put elsewhere.
    pub fn restart(&mut self) {
        *self = Self::new(self.ms);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: Stand = Stand { lag: 20, wanted: 20, spread: 0, content: 30, stalled: false };

    fn judge(regulator: &mut Regulator, off: i64, ms: usize) -> Act {
        (0..ms / 10).map(|_| regulator.judge(Stand { lag: 20 + off, ..GOOD }, 10)).last().unwrap()
    }

    #[test]
    fn small_faults_are_slipped_and_left_when_they_are_gone() {
        let mut regulator = Regulator::new(1.0);
        assert_eq!(judge(&mut regulator, 0, 1000), Act::Nothing);
        assert_eq!(judge(&mut regulator, -2, 10), Act::Lengthen);
        assert_eq!(judge(&mut regulator, -1, 10), Act::Lengthen, "until it is gone");
        assert_eq!(judge(&mut regulator, 0, 10), Act::Nothing);
        assert_eq!(judge(&mut regulator, 5, 1000), Act::Nothing, "it may be jitter");
        assert_eq!(judge(&mut regulator, 5, 20), Act::Shorten);
        assert_eq!(judge(&mut regulator, 2, 20), Act::Shorten);
        assert_eq!(judge(&mut regulator, 1, 20), Act::Nothing);
    }

    #[test]
    fn great_faults_are_moved_faster_the_greater_they_are() {
        let mut regulator = Regulator::new(1.0);
        let short = Stand { lag: -80, ..GOOD };
        assert_eq!(regulator.judge(short, 10), Act::Move { by: 100, need: Need::More });
        regulator.moved(10, short, false);
        assert_eq!(regulator.judge(short, 9), Act::Nothing, "half of the time");
        assert!(matches!(regulator.judge(short, 1), Act::Move { .. }));
        let long = Stand { lag: 80, ..GOOD };
        assert_eq!(judge(&mut regulator, 60, 1010), Act::Move { by: -60, need: Need::Some });
        regulator.moved(-13, long, false);
        assert_eq!(judge(&mut regulator, 60, 80), Act::Nothing);
        assert!(matches!(judge(&mut regulator, 60, 20), Act::Move { .. }), "13 ms each 100 ms");
    }

    #[test]
    fn a_stall_is_stretched_over() {
        let mut regulator = Regulator::new(1.0);
        let stalled = Stand { stalled: true, ..GOOD };
        assert!(matches!(regulator.judge(stalled, 10), Act::Move { by: 1.., need: Need::Most }));
    }

    /// At 8 kHz, where 8 samples are a millisecond, off by so many of them: what is done after so long.
    fn at_8_khz(off: i64, stand: Stand, ms: usize) -> Act {
        let mut regulator = Regulator::new(8.0);
        let stand = Stand { lag: stand.wanted + off * 8, ..stand };
        (0..ms / 10).map(|_| regulator.judge(stand, 80)).last().unwrap()
    }

    const AT_8_KHZ: Stand = Stand { lag: 160, wanted: 160, spread: 0, content: 30 * 8, stalled: false };

    #[test]
    fn what_is_long_for_long_is_needed_the_more() {
        let needs = [1010, 1990, 2000, 3000].map(|ms| at_8_khz(60, AT_8_KHZ, ms));
        assert_eq!(needs, [Need::Some, Need::Some, Need::More, Need::Most].map(|need| Act::Move { by: -480, need }));
        assert_eq!(at_8_khz(60, AT_8_KHZ, 1000), Act::Nothing, "it may be jitter");
        assert_eq!(at_8_khz(60, Stand { content: 199, ..AT_8_KHZ }, 1010), Act::Nothing, "less than 25 ms are there");
        assert!(matches!(at_8_khz(60, Stand { content: 200, ..AT_8_KHZ }, 1010), Act::Move { .. }));
    }

    #[test]
    fn of_what_is_long_a_twentieth_of_the_spread_is_left() {
        let spread = |ms: i64| Stand { spread: ms * 8, ..AT_8_KHZ };
        assert_eq!([4, 5, 6].map(|off| at_8_khz(off, AT_8_KHZ, 1010)), [Act::Nothing, Act::Shorten, Act::Shorten]);
        assert_eq!([9, 10, 11].map(|off| at_8_khz(off, spread(100), 1010)), [Act::Nothing, Act::Shorten, Act::Shorten]);
        assert_eq!(at_8_khz(12, spread(100), 1010), Act::Move { by: -96, need: Need::Some });
    }

    #[test]
    fn what_is_short_is_needed_the_more_the_shorter_it_is() {
        let by = |ms: i64, need| Act::Move { by: ms * 8, need };
        let acts = [-1, -2, -3, -20, -21].map(|off| at_8_khz(off, AT_8_KHZ, 10));
        assert_eq!(acts, [Act::Nothing, Act::Lengthen, by(3, Need::Some), by(20, Need::Some), by(21, Need::More)]);
    }

    #[test]
    fn a_stall_is_stretched_while_little_is_left_and_not_past_a_bound() {
        let stalled = |content_ms: i64| Stand { content: content_ms * 8, stalled: true, ..AT_8_KHZ };
        let stretched = Act::Move { by: 320, need: Need::Most };
        assert_eq!([39, 40].map(|content| at_8_khz(0, stalled(content), 10)), [stretched, Act::Nothing]);
        assert_eq!([69, 70].map(|off| at_8_khz(off, stalled(30), 10)), [stretched, Act::Nothing]);
        // In a stall at half of the time, however long the lag is by then.
        let (mut regulator, long) = (Regulator::new(8.0), Stand { lag: 160 + 60 * 8, ..stalled(30) });
        regulator.moved(80, long, false);
        assert_eq!([79, 1].map(|frames| regulator.judge(long, frames)), [Act::Nothing, stretched]);
    }

    #[test]
    fn after_a_move_there_is_a_rest_by_how_far_it_is_off() {
        let rest = |off: i64, by: i64| {
            let mut regulator = Regulator::new(8.0);
            regulator.moved(by, Stand { lag: 160 + off * 8, ..AT_8_KHZ }, false);
            regulator.rest
        };
        // A fifth of the time for 10 ms too short; 3 % and a sixtieth for 10 ms too long.
        assert_eq!(rest(-10, 80), 320.0);
        let mut regulator = Regulator::new(8.0);
        regulator.moved(80, AT_8_KHZ, false);
        regulator.restart();
        assert_eq!((regulator.rest, regulator.ms), (0.0, 8.0), "elsewhere it begins anew");
        assert!((rest(10, -80) - 80.0 * (1.0 / (0.03 + 1.0 / 60.0) - 1.0)).abs() < 1e-9);
    }
}
