//! Who has the floor: the dominant speaker, who does not change with every cough. Pure logic.
//!
//! - If nobody has it, the loudest of those who are active takes it at once.
//! - If somebody has it who is active, another one takes it who has been active and 3 dB louder for [`CHALLENGE_MS`] without a break.
//! - If the one who has it is active no more (after the hangover of its detector, or muted, missing or gone), the loudest active takes it at once.
//! - If nobody is active, it stays where it is for [`HOLD_MS`], unless who has it leaves.

use super::speaker_level::LOUDER;
use crate::data::{id::ParticipantKey, timing::Clock};

/// For how long somebody has to be louder.
const CHALLENGE_MS: f64 = 300.0;
/// For how long the last speaker stays the dominant one.
const HOLD_MS: f64 = 1000.0;

/// Who has the floor, and who is after it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Floor {
    pub holder: Option<ParticipantKey>,
    /// Who is louder than the holder, and since which sample.
    challenger: Option<(ParticipantKey, u64)>,
    /// The sample from which on nobody has been active.
    quiet: Option<u64>,
}

/// What is known of a participant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Voice {
    Gone,
    Passive,
    /// Its smoothed level.
    Active(f64),
}

impl Floor {
    /// One tick: `loudest` is the loudest of those who are active, `voice` tells of anybody. Whether somebody else, or nobody, has the floor now.
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

    /// Who has the floor after somebody may have claimed it from one who is active at this level.
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

    /// Samples for which nobody has been active, this tick included.
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

    /// Who has the floor after each tick. A level of 0 is passive, a negative one gone.
    fn play(ticks: &[[f64; 3]]) -> Vec<&'static str> {
        let mut floor = Floor::default();
        let hold = |(n, levels): (usize, &[f64; 3])| {
            let voice = |key: ParticipantKey| match levels[key.slot as usize] {
                level if level < 0.0 => Voice::Gone,
                0.0 => Voice::Passive,
                level => Voice::Active(level),
            };
            let loudest = (0..3).filter(|n| levels[*n] > 0.0).max_by(|a, b| levels[*a].total_cmp(&levels[*b]));
            let clock = Clock { now: n as u64 * 100, begun: n > 0, timing: &TIMING };
            let before = floor.holder;
            let changed = floor.tick(loudest.map(|n| key(n as u32)), voice, &clock);
            assert_eq!(changed, floor.holder != before);
            floor.holder.map_or("nobody", |key| NAMES[key.slot as usize])
        };
        ticks.iter().enumerate().map(hold).collect()
    }

    #[test]
    fn the_first_who_speaks_is_it_and_a_little_louder_is_not_enough() {
        let heard = play(&[[0.0; 3], [0.0, 1.0, 0.0], [1.9, 1.0, 0.0], [1.9, 1.0, 0.0], [1.9, 1.0, 0.0]]);
        assert_eq!(heard, ["nobody", "ben", "ben", "ben", "ben"]);
    }

    #[test]
    fn twice_as_loud_for_300_ms_is() {
        let heard = play(&[[1.0, 0.0, 0.0], [1.0, 2.0, 0.0], [1.0, 2.0, 0.0], [1.0, 2.0, 0.0], [1.0, 2.0, 0.0]]);
        assert_eq!(heard, ["anna", "anna", "anna", "anna", "ben"]);
    }

    #[test]
    fn a_break_starts_the_challenge_again_but_a_third_who_shouts_does_not() {
        let (louder, breaks) = ([1.0, 2.0, 0.0], [1.0, 1.5, 0.0]);
        assert_eq!(play(&[[1.0, 0.0, 0.0], louder, louder, breaks, louder, louder, louder])[6], "anna");
        assert_eq!(play(&[[1.0, 0.0, 0.0], louder, louder, [1.0, 2.0, 9.0], louder])[4], "ben");
    }

    #[test]
    fn who_stops_gives_it_to_the_next_at_once() {
        assert_eq!(play(&[[1.0, 0.1, 0.2], [0.0, 0.1, 0.2], [-1.0, 0.1, 0.2]]), ["anna", "cleo", "cleo"]);
    }

    #[test]
    fn it_stays_for_a_second_of_silence_unless_who_has_it_leaves() {
        let mut ticks = vec![[1.0, 0.0, 0.0]];
        ticks.extend([[0.0; 3]; 11]);
        let heard = play(&ticks);
        assert_eq!((heard[10], heard[11]), ("anna", "nobody"));
        assert_eq!(play(&[[1.0, 0.0, 0.0], [-1.0, 0.0, 0.0]]), ["anna", "nobody"]);
    }
}
