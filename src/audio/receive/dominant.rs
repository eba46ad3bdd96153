//! [`Turn`]: the dominant speaker of a call, chosen so that a cough does not change it. Pure logic.
//!
//! The dominant speaker *has the turn*.
//! - If nobody has the turn, the loudest active source gets it at once.
//! - While its holder is active, another source gets the turn once it has been active and 3 dB louder for
//!   [`CHALLENGE_MS`] without a break.
//! - If the holder is not active any more (after the hangover of its detector, or because it was muted,
//!   misses a frame or left), the loudest active source gets the turn at once.
//! - If nobody is active, the holder keeps the turn for [`HOLD_MS`], unless it leaves.

use super::speaker_level::LOUDER;
use crate::data::{id::ParticipantKey, timing::Clock};

/// How long a challenger must be louder.
const CHALLENGE_MS: f64 = 300.0;
/// How long the last speaker keeps the turn when nobody is active.
const HOLD_MS: f64 = 1000.0;

/// The holder of the turn, and its challenger.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Turn {
    pub holder: Option<ParticipantKey>,
    /// The source that is louder than the holder, and the sample since which it is.
    challenger: Option<(ParticipantKey, u64)>,
    /// The sample since which nobody has been active.
    quiet: Option<u64>,
}

/// The activity of a participant in this tick.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Voice {
    Gone,
    Passive,
    /// Active, with this smoothed level.
    Active(f64),
}

impl Turn {
    /// Takes one tick into account. `loudest` is the loudest active source; `voice` tells the activity of any
    /// participant. Returns whether the holder has changed.
    pub fn tick(
        &mut self,
        loudest: Option<ParticipantKey>,
        voice: impl Fn(ParticipantKey) -> Voice,
        clock: &Clock<'_>,
    ) -> bool {
        let before = self.holder;
        self.holder = match (loudest, before.map(&voice)) {
            (Some(loudest), Some(Voice::Active(level))) => self.challenge(loudest, level, &voice, clock),
            (Some(loudest), _) => Some(loudest),
            (None, Some(Voice::Passive)) if self.has_been_quiet(clock) <= clock.timing.samples(HOLD_MS) => before,
            (None, _) => None,
        };
        if loudest.is_some() {
            self.quiet = None;
        }
        if self.holder != before {
            self.challenger = None;
        }
        self.holder != before
    }

    /// The holder after a possible challenge: the present holder is active at this level.
    fn challenge(
        &mut self,
        loudest: ParticipantKey,
        level: f64,
        voice: impl Fn(ParticipantKey) -> Voice,
        clock: &Clock<'_>,
    ) -> Option<ParticipantKey> {
        let louder = |key: &ParticipantKey| matches!(voice(*key), Voice::Active(other) if other >= level * LOUDER);
        let still = self.challenger.filter(|(key, _)| louder(key));
        self.challenger = still.or_else(|| Some((loudest, clock.now)).filter(|(key, _)| louder(key)));
        let over = |since: u64| (clock.now - since) as f64 >= clock.timing.samples(CHALLENGE_MS);
        self.challenger.filter(|(_, since)| over(*since)).map(|(key, _)| key).or(self.holder)
    }

    /// Samples since which nobody has been active, this tick included.
    fn has_been_quiet(&mut self, clock: &Clock<'_>) -> f64 {
        let since = *self.quiet.get_or_insert(clock.now);
        (clock.now - since) as f64 + clock.timing.tick as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::timing::Timing;

    /// Ticks of 100 ms.
    const TIMING: Timing = Timing { rate: 1000, tick: 100, smoothing: 10 };
    const NAMES: [&str; 3] = ["anna", "ben", "cleo"];

    fn key(slot: u32) -> ParticipantKey {
        ParticipantKey { mixer: 1, slot, stay: 1 }
    }

    /// The holder after each tick. A level of 0 stands for a passive participant, a negative one for one who has left.
    fn play(ticks: &[[f64; 3]]) -> Vec<&'static str> {
        let mut turn = Turn::default();
        let hold = |(n, levels): (usize, &[f64; 3])| {
            let voice = |key: ParticipantKey| match levels[key.slot as usize] {
                level if level < 0.0 => Voice::Gone,
                0.0 => Voice::Passive,
                level => Voice::Active(level),
            };
            let loudest = (0..3).filter(|n| levels[*n] > 0.0).max_by(|a, b| levels[*a].total_cmp(&levels[*b]));
            let clock = Clock { now: n as u64 * 100, begun: n > 0, timing: &TIMING };
            let before = turn.holder;
            let changed = turn.tick(loudest.map(|n| key(n as u32)), voice, &clock);
            assert_eq!(changed, turn.holder != before);
            turn.holder.map_or("nobody", |key| NAMES[key.slot as usize])
        };
        ticks.iter().enumerate().map(hold).collect()
    }

    #[test]
    fn the_first_speaker_keeps_the_floor_from_one_who_is_less_than_3_db_louder() {
        let heard = play(&[[0.0; 3], [0.0, 1.0, 0.0], [1.9, 1.0, 0.0], [1.9, 1.0, 0.0], [1.9, 1.0, 0.0]]);
        assert_eq!(heard, ["nobody", "ben", "ben", "ben", "ben"]);
    }

    #[test]
    fn a_source_that_is_3_db_louder_for_300_ms_gets_the_floor() {
        let heard = play(&[[1.0, 0.0, 0.0], [1.0, 2.0, 0.0], [1.0, 2.0, 0.0], [1.0, 2.0, 0.0], [1.0, 2.0, 0.0]]);
        assert_eq!(heard, ["anna", "anna", "anna", "anna", "ben"]);
    }

    #[test]
    fn a_break_restarts_the_challenge_but_a_third_louder_source_does_not() {
        let (louder, breaks) = ([1.0, 2.0, 0.0], [1.0, 1.5, 0.0]);
        assert_eq!(play(&[[1.0, 0.0, 0.0], louder, louder, breaks, louder, louder, louder])[6], "anna");
        assert_eq!(play(&[[1.0, 0.0, 0.0], louder, louder, [1.0, 2.0, 9.0], louder])[4], "ben");
    }

    #[test]
    fn when_the_holder_stops_the_loudest_active_source_gets_the_floor_at_once() {
        assert_eq!(play(&[[1.0, 0.1, 0.2], [0.0, 0.1, 0.2], [-1.0, 0.1, 0.2]]), ["anna", "cleo", "cleo"]);
    }

    #[test]
    fn the_holder_keeps_the_floor_for_a_second_of_silence_unless_it_leaves() {
        let mut ticks = vec![[1.0, 0.0, 0.0]];
        ticks.extend([[0.0; 3]; 11]);
        let heard = play(&ticks);
        assert_eq!((heard[10], heard[11]), ("anna", "nobody"));
        assert_eq!(play(&[[1.0, 0.0, 0.0], [-1.0, 0.0, 0.0]]), ["anna", "nobody"]);
    }
}
