//! Where a packet belongs in its stream: [`Stamp`] as the network has it, unwrapped to a position
//! that never wraps. Pure data.

/// A packet's own word on its place in the stream.
///
/// ```
/// use mixminus::stream::Stamp;
/// let of_rtp = Stamp::Rtp(4_294_967_040); // the timestamp of an RTP packet: it may wrap
/// let numbered = Stamp::Sequence(65_535); // any number that grows by one with each packet
/// let in_order = Stamp::None; // what comes over TCP, or from a file
/// # let _ = (of_rtp, numbered, in_order);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Stamp {
    /// The RTP timestamp of its first sample, in ticks of
    /// [`InputOptions::rtp_clock_hz`](super::InputOptions::rtp_clock_hz). Pauses (DTX) keep their
    /// length, up to 2^31 ticks: 12 hours at 48 kHz.
    Rtp(u32),
    /// Its sequence number. Packets that are missing are taken to be as long as the one that comes
    /// after them.
    Sequence(u16),
    /// It follows on the packet before: nothing is known of gaps.
    #[default]
    None,
}

/// Positions start here, and start anew when they leave the range. The stamps of a sender that
/// causes this leap about, before and after.
const START: u64 = 1 << 62;
const RANGE: std::ops::Range<u64> = START / 2..START / 2 * 3;
/// A packet that is this many packets late or more was not delayed: its sender has started again
/// (RFC 3550, appendix A.1).
const MOST_MISORDER: i16 = 100;

/// Unwraps the stamps of one stream.
#[derive(Debug)]
pub(crate) struct Stamps {
    rate_hz: u32,
    clock_hz: u32,
    /// The position after the last packet's last sample.
    end: u64,
    kind: Kind,
}

/// The kind of the last stamp, and the state that unwraps it.
#[derive(Debug, Clone, Copy)]
enum Kind {
    /// No packet, or one without a stamp.
    None,
    /// The last timestamp; `ticks` of the clock lie between the timestamp at position `zero` and
    /// the last one.
    Rtp { last: u32, ticks: i64, zero: u64 },
    /// The newest packet and its position.
    Sequence { newest: u16, start: u64, end: u64 },
}

impl Stamps {
    pub fn new(rate_hz: u32, clock_hz: u32) -> Self {
        Self { rate_hz, clock_hz, end: START, kind: Kind::None }
    }

    /// The position of the first sample of a packet of `frames` frames.
    pub fn place(&mut self, stamp: Stamp, frames: u32) -> u64 {
        let mut start = self.follow(stamp, frames);
        if !RANGE.contains(&start) {
            (self.kind, self.end) = (Kind::None, START);
            start = self.follow(stamp, frames);
        }
        self.end = start + u64::from(frames);
        start
    }

    fn follow(&mut self, stamp: Stamp, frames: u32) -> u64 {
        match stamp {
            Stamp::Rtp(timestamp) => self.by_timestamp(timestamp),
            Stamp::Sequence(number) => self.by_number(number, u64::from(frames)),
            Stamp::None => {
                self.kind = Kind::None;
                self.end
            }
        }
    }

    fn by_timestamp(&mut self, timestamp: u32) -> u64 {
        let Kind::Rtp { last, ticks, zero } = self.kind else {
            self.kind = Kind::Rtp { last: timestamp, ticks: 0, zero: self.end };
            return self.end;
        };
        let step = i64::from(timestamp.wrapping_sub(last) as i32);
        let ticks = ticks.wrapping_add(step);
        self.kind = Kind::Rtp { last: timestamp, ticks, zero };
        let start = zero.saturating_add_signed(self.to_samples(ticks));
        // Ticks of one clock are no whole number of samples of the other: a sample more or less is
        // rounding, and no gap.
        if self.clock_hz != self.rate_hz && start.abs_diff(self.end) <= 1 { self.end } else { start }
    }

    /// To the nearest.
    fn to_samples(&self, ticks: i64) -> i64 {
        let (rate, clock) = (i128::from(self.rate_hz), i128::from(self.clock_hz));
        let samples = (2 * i128::from(ticks) * rate + clock).div_euclid(2 * clock);
        samples.clamp(i64::MIN.into(), i64::MAX.into()) as i64
    }

    fn by_number(&mut self, number: u16, frames: u64) -> u64 {
        let Kind::Sequence { newest, start, end } = self.kind else {
            self.kind = Kind::Sequence { newest: number, start: self.end, end: self.end + frames };
            return self.end;
        };
        let step = number.wrapping_sub(newest) as i16;
        let away = u64::from(step.unsigned_abs()) * frames;
        let place = if step > 0 { end + away - frames } else { start - away };
        if step > 0 || step <= -MOST_MISORDER {
            self.kind = Kind::Sequence { newest: number, start: place, end: place + frames };
        }
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places<const N: usize>(rate_hz: u32, clock_hz: u32, stamps: [(Stamp, u32); N]) -> [i64; N] {
        let mut of = Stamps::new(rate_hz, clock_hz);
        stamps.map(|(stamp, frames)| of.place(stamp, frames).wrapping_sub(START) as i64)
    }

    #[test]
    fn timestamps_are_unwrapped() {
        let stamps = [u32::MAX - 99, 60, u32::MAX - 259, 220].map(|timestamp| (Stamp::Rtp(timestamp), 160));
        assert_eq!(places(8000, 8000, stamps), [0, 160, -160, 320]);
    }

    #[test]
    fn the_clock_of_the_timestamps_may_be_another() {
        // G.722: 16 kHz, timestamps at 8 kHz.
        assert_eq!(places(16_000, 8000, [0, 160, 480].map(|at| (Stamp::Rtp(at), 320))), [0, 320, 960]);
        // 5 ms of 11.025 kHz are 55.125 samples: where a whole sample is missing it is a gap, what
        // is rounding is none.
        let mut of = Stamps::new(11_025, 1000);
        let mut end = START;
        for packet in 0..200 {
            let start = of.place(Stamp::Rtp(packet * 5), 55);
            assert!([0, 2].contains(&(start - end)), "packet {packet}: {}", start - end);
            end = start + 55;
        }
        assert!(of.place(Stamp::Rtp(1000), 55).abs_diff(START + 11_025) <= 1);
    }

    #[test]
    fn a_wrong_stamp_leaves_nothing_behind() {
        let stamps = [0, 160, 2_000_000_000, 320].map(|timestamp| (Stamp::Rtp(timestamp), 160));
        assert_eq!(places(8000, 8000, stamps), [0, 160, 2_000_000_000, 320]);
    }

    #[test]
    fn who_leaps_out_of_the_range_starts_anew() {
        for (timestamp, number) in [(1 << 30, 32_767), (3 << 30, 32_769)] {
            let mut of = Stamps::new(768_000, 1000);
            let rtp = |of: &mut Stamps, at: u32| of.place(Stamp::Rtp(at.wrapping_mul(timestamp)), 3_000_000);
            assert!((0..3_000_000).all(|at| RANGE.contains(&rtp(&mut of, at))));
            assert!((0..65_535).all(|at: u16| RANGE.contains(&of.place(Stamp::Sequence(at.wrapping_mul(number)), 9))));
        }
    }

    #[test]
    fn numbers_are_unwrapped_and_gaps_are_as_long_as_the_packet_after_them() {
        let stamps = [65_534, 65_535, 2, 1, 3].map(|number| (Stamp::Sequence(number), 10));
        assert_eq!(places(8000, 8000, stamps), [0, 10, 40, 30, 50]);
        let far_back = [500, 300, 301].map(|number| (Stamp::Sequence(number), 10));
        assert_eq!(places(8000, 8000, far_back), [0, -2000, -1990]);
    }

    #[test]
    fn another_kind_of_stamp_follows_on() {
        let stamps =
            [(Stamp::None, 10), (Stamp::None, 20), (Stamp::Rtp(7), 5), (Stamp::Sequence(9), 5), (Stamp::None, 5)];
        assert_eq!(places(8000, 8000, stamps), [0, 10, 30, 35, 40]);
    }
}
