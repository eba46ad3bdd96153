//! Which packets belong to the stream as it runs: [`Arrivals`]. Pure arithmetic on positions, without samples.
//!
//! A packet's *transit* is the time of its arrival less its position. On one path transits differ by the jitter. They
//! leap if a sender starts again, if another sender takes its place, or if the path becomes much slower: then the
//! stream begins anew. But one packet alone may only have a wrong stamp, so another one must confirm it.

use super::packet::Packet;

/// If so many packets in a row, with so much sound, are all too late, the path has become slower: the stream begins
/// anew with the last of them.
const LATE_PACKETS: u32 = 3;
const LATE_MS: f64 = 60.0;

/// What becomes of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is played, or a part of it.
    Used,
    /// The head is past all of it.
    Late,
    /// Its position is far from all others, and no other packet confirms it.
    Stray,
    /// The stream begins here, or begins anew.
    Begins,
}

/// How the stream stands when a packet comes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing {
    /// The time, and the position that is played next.
    pub now: u64,
    pub head: u64,
    /// The least transit that is known, and how much greater a transit may be.
    pub least: i64,
    pub most: i64,
    /// Whether nothing is there to be played.
    pub dry: bool,
}

#[derive(Debug)]
pub(crate) struct Arrivals {
    ms: f64,
    begun: bool,
    /// The newest position.
    newest: u64,
    /// The packets in a row that were too late: how many, and their samples.
    late: (u32, u64),
    /// The end of the last packet, if it was a stray.
    stray: Option<u64>,
}

impl Arrivals {
    pub fn new(ms: f64) -> Self {
        Self { ms, begun: false, newest: 0, late: (0, 0), stray: None }
    }

    /// Whether any packet has come.
    pub fn has_begun(&self) -> bool {
        self.begun
    }

    /// Whether it ends before the newest position.
    pub fn is_older(&self, packet: &Packet) -> bool {
        packet.end() < self.newest
    }

    /// A packet comes.
    pub fn place(&mut self, packet: &Packet, standing: Standing) -> Fate {
        let fate = self.judge(packet, standing);
        match fate {
            Fate::Begins => *self = Self { begun: true, newest: packet.end(), ..Self::new(self.ms) },
            Fate::Stray => self.stray = Some(packet.end()),
            Fate::Late => (self.late.0, self.late.1) = (self.late.0 + 1, self.late.1 + u64::from(packet.frames)),
            Fate::Used => {
                (self.late, self.stray) = ((0, 0), None);
                self.newest = self.newest.max(packet.end());
            }
        }
        fate
    }

    fn judge(&self, packet: &Packet, standing: Standing) -> Fate {
        let transit = standing.now.wrapping_sub(packet.start) as i64;
        if !self.begun {
            return Fate::Begins;
        }
        let (early, late) = (transit < standing.least - standing.most, transit > standing.least + 2 * standing.most);
        let far = early && packet.start > standing.head || late && packet.end() + self.leap() < self.newest;
        if far {
            return if standing.dry || self.confirms(packet, standing.most) { Fate::Begins } else { Fate::Stray };
        }
        if packet.end() > standing.head {
            return Fate::Used;
        }
        let samples = self.late.1 + u64::from(packet.frames);
        let for_good = self.late.0 + 1 >= LATE_PACKETS && samples as f64 >= LATE_MS * self.ms;
        if standing.dry && for_good { Fate::Begins } else { Fate::Late }
    }

    /// Whether it follows on a stray.
    fn confirms(&self, packet: &Packet, most: i64) -> bool {
        self.stray.is_some_and(|end| packet.start >= end && packet.start - end <= most.unsigned_abs())
    }

    /// A packet this far behind the newest was not delayed: its sender has started again. A second.
    fn leap(&self) -> u64 {
        (1000.0 * self.ms) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sample is a millisecond; the stream began at 10,000 when the time was 0.
    const BEGUN: Standing = Standing { now: 0, head: 9980, least: -10_000, most: 200, dry: false };

    fn packet(start: u64) -> Packet {
        Packet { start, frames: 20, ..Packet::default() }
    }

    fn begun() -> Arrivals {
        let mut arrivals = Arrivals::new(1.0);
        assert_eq!(arrivals.place(&packet(10_000), BEGUN), Fate::Begins);
        arrivals
    }

    #[test]
    fn what_is_far_must_be_confirmed_unless_there_is_nothing_else() {
        for far in [20_000, 5000] {
            let mut arrivals = begun();
            let at = Standing { now: 100, head: 10_080, ..BEGUN };
            assert_eq!(arrivals.place(&packet(far), at), Fate::Stray);
            assert_eq!(arrivals.place(&packet(10_100), at), Fate::Used, "a wrong stamp does no harm");
            assert_eq!(arrivals.place(&packet(far), at), Fate::Stray);
            assert_eq!(arrivals.place(&packet(far + 40), at), Fate::Begins);
            let mut arrivals = begun();
            assert_eq!(arrivals.place(&packet(far), Standing { dry: true, ..at }), Fate::Begins);
        }
    }

    #[test]
    fn a_pause_is_not_far() {
        let mut arrivals = begun();
        let at = Standing { now: 60_000, head: 10_020, dry: true, ..BEGUN };
        assert_eq!(arrivals.place(&packet(70_000), at), Fate::Used);
    }

    #[test]
    fn what_is_always_late_is_the_stream() {
        let mut arrivals = begun();
        let at = Standing { now: 300, head: 10_200, dry: true, ..BEGUN };
        let fates = [9700, 9720, 9740].map(|start| arrivals.place(&packet(start), at));
        assert_eq!(fates, [Fate::Late, Fate::Late, Fate::Begins]);
        let mut arrivals = begun();
        let playing = Standing { dry: false, ..at };
        assert!((0..50).all(|n| arrivals.place(&packet(9700 + 20 * n % 400), playing) == Fate::Late));
    }
}
