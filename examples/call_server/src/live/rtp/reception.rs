//! What is received of a source: packets, loss and jitter as RFC 3550 defines them ([`Reception`]).

use std::time::Instant;

/// A leap of the sequence number that is no loss (RFC 3550, appendix A.1).
const LEAP: u16 = 3000;

/// The figures of a report block, and those that are told in no report.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Received {
    /// Lost since the last report, in 256ths.
    pub fraction_lost: u8,
    /// Lost in all; negative if packets came twice.
    pub lost: i64,
    /// The highest sequence number, with its wraps in the upper half.
    pub highest: u32,
    /// In ticks of the RTP clock.
    pub jitter: u32,
}

/// One source, from its first packet on.
#[derive(Debug)]
pub struct Reception {
    pub ssrc: u32,
    clock_hz: u32,
    /// Sequence numbers with their wraps.
    first: u64,
    highest: u64,
    received: u64,
    /// Expected and received at the last report.
    told: (u64, u64),
    told_fraction: u8,
    /// The number that would confirm a leap.
    leapt_to: Option<u16>,
    begun: Instant,
    transit: Option<u32>,
    jitter: f64,
}

impl Reception {
    /// A source that begins with this packet, which is still to be given to [`packet`](Self::packet).
    pub fn begin(ssrc: u32, sequence: u16, clock_hz: u32, now: Instant) -> Self {
        let first = u64::from(sequence);
        Self {
            ssrc,
            clock_hz,
            first,
            highest: first,
            received: 0,
            told: (0, 0),
            told_fraction: 0,
            leapt_to: None,
            begun: now,
            transit: None,
            jitter: 0.0,
        }
    }

    /// Counts a packet. Those of audio have a timestamp that tells when they were made; events do not.
    pub fn packet(&mut self, sequence: u16, audio_timestamp: Option<u32>, now: Instant) {
        let ahead = sequence.wrapping_sub(self.highest as u16);
        if ahead < LEAP {
            self.highest += u64::from(ahead);
        } else if ahead <= u16::MAX - LEAP {
            if self.leapt_to != Some(sequence) {
                self.leapt_to = Some(sequence.wrapping_add(1));
                return;
            }
            self.begin_anew(sequence, now);
        }
        self.leapt_to = None;
        self.received += 1;
        if let Some(timestamp) = audio_timestamp {
            self.arrived(timestamp, now);
        }
    }

    /// The sender has begun anew, with the packet before this one.
    fn begin_anew(&mut self, sequence: u16, now: Instant) {
        *self = Self::begin(self.ssrc, sequence, self.clock_hz, now);
    }

    /// RFC 3550, appendix A.8.
    fn arrived(&mut self, timestamp: u32, now: Instant) {
        let arrival = now.saturating_duration_since(self.begun).as_secs_f64() * f64::from(self.clock_hz);
        let transit = (arrival as u64 as u32).wrapping_sub(timestamp);
        if let Some(before) = self.transit.replace(transit) {
            let difference = f64::from((transit.wrapping_sub(before) as i32).unsigned_abs());
            self.jitter += (difference - self.jitter) / 16.0;
        }
    }

    fn expected(&self) -> u64 {
        self.highest - self.first + 1
    }

    /// The figures up to now. The loss fraction is that since the last [`report`](Self::report).
    pub fn figures(&self) -> Received {
        let (expected, received) = (self.expected() - self.told.0, self.received - self.told.1);
        let lost = expected.saturating_sub(received);
        let fraction = (lost * 256).checked_div(expected).unwrap_or(0);
        Received {
            fraction_lost: fraction.min(255) as u8,
            lost: self.expected() as i64 - self.received as i64,
            highest: self.highest as u32,
            jitter: self.jitter as u32,
        }
    }

    /// The figures for a report; the next one's loss fraction begins here.
    pub fn report(&mut self) -> Received {
        let figures = self.figures();
        self.told = (self.expected(), self.received);
        self.told_fraction = figures.fraction_lost;
        figures
    }

    /// The loss fraction of the last report.
    pub fn told_fraction(&self) -> u8 {
        self.told_fraction
    }

    pub fn jitter_ms(&self) -> f64 {
        self.jitter * 1000.0 / f64::from(self.clock_hz)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// A source whose packets of 20 ms arrive at these moments, in ms.
    fn source(sequences: &[u16]) -> Reception {
        let now = Instant::now();
        let mut reception = Reception::begin(7, sequences[0], 8000, now);
        sequences.iter().for_each(|sequence| reception.packet(*sequence, None, now));
        reception
    }

    #[test]
    fn loss_is_counted_since_the_last_report_and_in_all() {
        let mut reception = source(&[65_534, 65_535, 1, 2]);
        let expected = Received { fraction_lost: 51, lost: 1, highest: 65_538, jitter: 0 };
        assert_eq!(reception.report(), expected);
        let now = Instant::now();
        for sequence in [3, 4, 6, 5] {
            reception.packet(sequence, None, now);
        }
        assert_eq!(reception.report(), Received { fraction_lost: 0, lost: 1, highest: 65_542, jitter: 0 });
        assert_eq!(reception.report().fraction_lost, 0, "nothing was expected");
    }

    #[test]
    fn packets_that_come_twice_make_up_for_lost_ones() {
        let reception = source(&[1, 1, 1, 2]);
        assert_eq!((reception.figures().lost, reception.figures().fraction_lost), (-2, 0));
    }

    #[test]
    fn a_single_stray_is_no_loss_and_a_leap_is_a_new_beginning() {
        let mut reception = source(&[1, 2, 30_000, 3]);
        assert_eq!((reception.figures().lost, reception.figures().highest), (0, 3));
        let now = Instant::now();
        reception.packet(30_000, None, now);
        reception.packet(30_001, None, now);
        assert_eq!((reception.figures().lost, reception.figures().highest), (0, 30_001));
    }

    #[test]
    fn jitter_is_the_mean_deviation_of_the_spacing() {
        let begin = Instant::now();
        let mut reception = Reception::begin(7, 0, 8000, begin);
        // Each second packet is 4 ms late: the spacing is off by 4 ms, always.
        for number in 0..200_u16 {
            let late = if number % 2 == 0 { 0 } else { 4 };
            let now = begin + Duration::from_millis(u64::from(number) * 20 + late);
            reception.packet(number, Some(u32::from(number) * 160), now);
        }
        assert!((reception.jitter_ms() - 4.0).abs() < 0.2, "{}", reception.jitter_ms());
        assert!((31..=32).contains(&reception.figures().jitter));
    }
}
