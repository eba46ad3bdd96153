//! Where a stream is played, and which packets are of use there: [`Head`]. Pure arithmetic on
//! positions, without samples; it knows time only as samples.

use super::{
    excess::{Excess, ExcessFigures},
    packet::{Fate, Move, Packet},
};

/// All in samples.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HeadFigures {
    /// How long a packet waits on average, and at most.
    pub depth: u64,
    pub bound: u64,
    /// How long all packets may be late before the head moves back.
    pub lateness: u64,
    /// A packet further behind the newest one is not late, but from another time.
    pub leap: u64,
    pub excess: ExcessFigures,
}

impl HeadFigures {
    pub fn new(rate_hz: u32, depth: u64, bound: u64) -> Self {
        let samples = |ms: u64| ms * u64::from(rate_hz) / 1000;
        let tolerated = depth.max(samples(40));
        let excess = ExcessFigures { depth, tolerated, window: samples(2000), patience: samples(1000) };
        Self { depth, bound, lateness: samples(200), leap: samples(1000).max(bound), excess }
    }
}

/// The position that is played next. The *wait* of a packet is the time from its arrival until its
/// first sample is played. The head stands so that the wait is the depth on average, whatever the
/// length of the packets, and never more than the bound.
#[derive(Debug)]
pub(crate) struct Head {
    figures: HeadFigures,
    /// The position that is played next.
    at: u64,
    /// The newest packet; none before the first.
    newest: Option<Packet>,
    /// Samples played so far: the time.
    now: u64,
    /// When the first of the late packets came, if no other packet came since; and how many samples
    /// they have together.
    late: Option<(u64, u64)>,
    /// The end of the last packet, if it was a stray.
    stray: Option<u64>,
    /// The waits of the packets, each newer than all before it, since they were last asked for: the
    /// sum, and how many there are.
    waits: (i64, i64),
    /// Whether more than the bound came since the last read.
    flooded: bool,
    excess: Excess,
}

impl Head {
    pub fn new(figures: HeadFigures) -> Self {
        Self {
            figures,
            at: 0,
            newest: None,
            now: 0,
            late: None,
            stray: None,
            waits: (0, 0),
            flooded: false,
            excess: Excess::new(figures.excess),
        }
    }

    /// The position that is played next.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// A packet comes in; `dry` if there is nothing to play.
    pub fn place(&mut self, packet: &Packet, dry: bool) -> (Fate, Option<Move>) {
        let begins = self.newest.is_none() || dry && !packet.stamped;
        let far = !begins && self.is_far(packet);
        if far && !dry && !self.is_confirmed(packet) {
            self.stray = Some(packet.end());
            return (Fate::Stray, None);
        }
        let moved = if begins {
            Some(Move::Began)
        } else if far || self.is_late_for_good(packet) {
            Some(Move::Resynced)
        } else if self.wait_of(packet) > self.figures.bound as i64 {
            self.flooded = true;
            Some(Move::Skipped)
        } else {
            None
        };
        self.stray = None;
        if let Some(moved) = moved {
            self.stand_before(packet);
            if moved != Move::Skipped {
                self.newest = None;
            }
        }
        self.note(packet);
        (if packet.end() <= self.at { Fate::Late } else { Fate::Used }, moved)
    }

    /// All packets since the last read have been placed. If they were more than the bound, the
    /// newest packet now waits for the depth.
    pub fn settle(&mut self) -> bool {
        let newest = self.newest.filter(|_| std::mem::take(&mut self.flooded));
        newest.inspect(|newest| self.stand_before(newest)).is_some()
    }

    /// If the delay has been too long for seconds, the head moves ahead; `quiet` if that is hardly
    /// heard.
    pub fn tighten(&mut self, quiet: bool) -> Option<u64> {
        let over = self.excess.take(quiet)?;
        self.at += over;
        self.waits = (0, 0);
        Some(over)
    }

    /// Whether it waits for a quiet moment to move ahead.
    pub fn is_to_be_tightened(&self) -> bool {
        self.excess.is_due()
    }

    /// This many samples are played, or missing; `dry` if there is nothing to play.
    pub fn advance(&mut self, samples: u64, dry: bool) {
        (self.at, self.now) = (self.at + samples, self.now + samples);
        if !dry {
            self.excess.pass(samples);
        }
    }

    /// The mean wait of the packets since this was last asked for that were newer than all before,
    /// if there were any.
    pub fn take_wait(&mut self) -> Option<i64> {
        let (sum, count) = std::mem::take(&mut self.waits);
        sum.checked_div(count)
    }

    fn wait_of(&self, packet: &Packet) -> i64 {
        packet.start.wrapping_sub(self.at) as i64
    }

    fn stand_before(&mut self, packet: &Packet) {
        self.at = packet.start - self.figures.depth;
        (self.waits, self.late) = ((0, 0), None);
        self.excess.restart();
    }

    /// Whether it belongs to another time than the packets before it: far ahead of them and of the
    /// head, or far behind.
    fn is_far(&self, packet: &Packet) -> bool {
        self.newest.is_some_and(|newest| {
            let ahead = packet.start > newest.end().max(self.at) + self.figures.bound;
            ahead || packet.start + self.figures.leap < newest.start
        })
    }

    /// Whether it follows on a stray.
    fn is_confirmed(&self, packet: &Packet) -> bool {
        self.stray.is_some_and(|end| packet.start >= end && packet.start - end <= self.figures.bound)
    }

    /// Whether all packets have been late for long, in time as well as in samples: one packet after
    /// a pause is not enough, nor are many at once.
    fn is_late_for_good(&mut self, packet: &Packet) -> bool {
        if packet.end() > self.at {
            self.late = None;
            return false;
        }
        let (since, samples) = self.late.unwrap_or((self.now, 0));
        let samples = samples + u64::from(packet.frames);
        self.late = Some((since, samples));
        samples.min(self.now - since) >= self.figures.lateness
    }

    fn note(&mut self, packet: &Packet) {
        if self.newest.is_some_and(|newest| packet.start <= newest.start) {
            return;
        }
        self.newest = Some(*packet);
        let wait = self.wait_of(packet);
        self.waits = (self.waits.0.saturating_add(wait), self.waits.1 + 1);
        self.excess.see(wait);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(start: u64) -> Packet {
        Packet { start, frames: 20, active: false, stamped: true }
    }

    /// A head before the first of two packets.
    fn begun() -> Head {
        let mut head = Head::new(HeadFigures::new(1000, 60, 200));
        assert_eq!(head.place(&packet(10_000), true), (Fate::Used, Some(Move::Began)));
        assert_eq!(head.place(&packet(10_020), false), (Fate::Used, None));
        assert_eq!((head.at(), head.take_wait()), (9940, Some(70)));
        head
    }

    #[test]
    fn what_the_head_has_passed_is_late() {
        let mut head = begun();
        head.advance(90, false);
        assert_eq!(head.place(&packet(10_010), false), (Fate::Late, None));
        assert_eq!(head.place(&packet(10_011), false), (Fate::Used, None));
        assert_eq!(head.take_wait(), None, "none is newer");
        assert_eq!(head.place(&packet(10_040), false), (Fate::Used, None));
        assert_eq!(head.take_wait(), Some(10));
    }

    #[test]
    fn too_much_moves_it_on() {
        let mut head = begun();
        for start in (10_040..=10_140).step_by(20) {
            assert_eq!(head.place(&packet(start), false), (Fate::Used, None));
        }
        assert!(!head.settle());
        assert_eq!(head.place(&packet(10_160), false), (Fate::Used, Some(Move::Skipped)));
        assert_eq!(head.place(&packet(10_180), false), (Fate::Used, None));
        assert!(head.settle() && !head.settle());
        assert_eq!(head.at(), 10_120);
    }

    #[test]
    fn a_leap_is_followed_when_a_second_packet_confirms_it() {
        for far in [20_000, 5000] {
            let mut head = begun();
            assert_eq!(head.place(&packet(far), false), (Fate::Stray, None));
            assert_eq!(head.place(&packet(10_040), false), (Fate::Used, None));
            assert_eq!(head.place(&packet(far + 20), false), (Fate::Stray, None));
            assert_eq!(head.place(&packet(far + 40), false), (Fate::Used, Some(Move::Resynced)));
            assert_eq!(head.at(), far - 20);
            assert_eq!(head.place(&packet(far + 60), false), (Fate::Used, None));
            assert_eq!(head.place(&packet(far + 9000), true), (Fate::Used, Some(Move::Resynced)), "at once when dry");
        }
    }

    #[test]
    fn late_for_good_is_in_time_and_in_samples() {
        let mut head = begun();
        head.advance(500, true);
        for start in (10_040..10_340).step_by(20) {
            assert_eq!(head.place(&packet(start), true), (Fate::Late, None), "many at once");
        }
        head.advance(199, true);
        assert_eq!(head.place(&packet(10_340), true), (Fate::Late, None));
        head.advance(1, true);
        assert_eq!(head.place(&packet(10_360), true), (Fate::Used, Some(Move::Resynced)));
        assert_eq!(head.at(), 10_300);
    }

    #[test]
    fn pauses_are_known_from_stamps_only() {
        let mut head = begun();
        head.advance(10_000, true);
        assert_eq!(head.place(&packet(20_000), true), (Fate::Used, None));
        assert_eq!(head.take_wait(), Some(60));
        head.advance(10_000, true);
        let unstamped = Packet { stamped: false, ..packet(20_020) };
        assert_eq!(head.place(&unstamped, true), (Fate::Used, Some(Move::Began)));
        assert_eq!(head.at(), 19_960);
    }
}
