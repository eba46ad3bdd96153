//! Telephone events (RFC 4733): pressed keys, each of which comes as many packets ([`Keys`]).

use std::time::{Duration, Instant};

/// How long the packets of an event may stop before it counts as ended: all packets that tell its end are lost.
const SILENCE: Duration = Duration::from_millis(500);

/// A key that was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// 0 to 9, *, #, A to D.
    pub digit: char,
    pub duration_ms: u32,
}

/// An event that has begun.
#[derive(Debug, Clone, Copy)]
struct Pressed {
    digit: char,
    /// Of the first sample, which all packets of the event have.
    timestamp: u32,
    /// What earlier segments of a long event lasted, and this one, in ticks of the clock.
    earlier: u32,
    duration: u32,
    seen: Instant,
    is_told: bool,
}

/// Makes one [`Key`] of the packets of an event.
#[derive(Debug)]
pub struct Keys {
    clock_hz: u32,
    last: Option<Pressed>,
}

impl Keys {
    pub fn new(clock_hz: u32) -> Self {
        Self { clock_hz, last: None }
    }

    /// Takes a payload; returns a key that has ended by it: its own, or the one before, whose end was lost.
    pub fn take(&mut self, payload: &[u8], timestamp: u32, now: Instant) -> Option<Key> {
        let [event, flags, high, low, ..] = *payload else { return None };
        let digit = digit(event)?;
        let duration = u32::from(u16::from_be_bytes([high, low]));
        let same = self.last.filter(|last| last.timestamp == timestamp);
        let earlier = match (same, self.last) {
            (Some(same), _) => same.earlier,
            (None, Some(last)) if last.goes_on_at(digit, timestamp) => last.earlier + last.duration,
            // A packet of an event before the last one comes late.
            (None, Some(last)) if last.timestamp.wrapping_sub(timestamp) < 1 << 31 => return None,
            _ => 0,
        };
        let lost = if same.is_none() && earlier == 0 { self.end() } else { None };
        let is_told = same.is_some_and(|same| same.is_told);
        let duration = duration.max(same.map_or(0, |same| same.duration));
        self.last = Some(Pressed { digit, timestamp, earlier, duration, seen: now, is_told });
        let ended = if flags & 0x80 != 0 { self.end() } else { None };
        lost.or(ended)
    }

    /// Ends an event whose packets have stopped.
    pub fn expire(&mut self, now: Instant) -> Option<Key> {
        self.last.filter(|last| now.saturating_duration_since(last.seen) > SILENCE).and_then(|_| self.end())
    }

    /// The last event, unless it was told before.
    fn end(&mut self) -> Option<Key> {
        let last = self.last.as_mut().filter(|last| !last.is_told)?;
        last.is_told = true;
        let ticks = u64::from(last.earlier + last.duration);
        Some(Key { digit: last.digit, duration_ms: (ticks * 1000 / u64::from(self.clock_hz)) as u32 })
    }
}

impl Pressed {
    /// Whether a packet is the next segment of this event: one lasts 65,535 ticks at most (RFC 4733, section 2.5.1.3).
    fn goes_on_at(&self, digit: char, timestamp: u32) -> bool {
        !self.is_told && self.digit == digit && self.timestamp.wrapping_add(self.duration) == timestamp
    }
}

fn digit(event: u8) -> Option<char> {
    b"0123456789*#ABCD".get(usize::from(event)).map(|byte| char::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The payload of an event.
    fn payload(event: u8, end: bool, duration: u16) -> [u8; 4] {
        let [high, low] = duration.to_be_bytes();
        [event, if end { 0x8A } else { 0x0A }, high, low]
    }

    #[test]
    fn a_key_is_told_once_at_its_end() {
        let (mut keys, now) = (Keys::new(8000), Instant::now());
        assert_eq!(keys.take(&payload(5, false, 160), 1000, now), None);
        assert_eq!(keys.take(&payload(5, false, 640), 1000, now), None);
        assert_eq!(keys.take(&payload(5, true, 800), 1000, now), Some(Key { digit: '5', duration_ms: 100 }));
        assert_eq!(keys.take(&payload(5, true, 800), 1000, now), None);
        assert_eq!(keys.take(&payload(5, false, 640), 1000, now), None, "a late one");
        assert_eq!(keys.take(&payload(11, true, 400), 3000, now), Some(Key { digit: '#', duration_ms: 50 }));
        assert_eq!(keys.take(&payload(5, true, 800), 1000, now), None, "a very late one");
        assert_eq!(keys.expire(now + 2 * SILENCE), None);
    }

    #[test]
    fn a_key_whose_end_is_lost_ends_with_the_next_one_or_after_a_while() {
        let (mut keys, now) = (Keys::new(8000), Instant::now());
        keys.take(&payload(1, false, 320), 0, now);
        assert_eq!(keys.take(&payload(15, false, 160), 4000, now), Some(Key { digit: '1', duration_ms: 40 }));
        assert_eq!(keys.expire(now + SILENCE), None);
        assert_eq!(keys.expire(now + 2 * SILENCE), Some(Key { digit: 'D', duration_ms: 20 }));
        assert_eq!(keys.expire(now + 3 * SILENCE), None);
    }

    #[test]
    fn a_long_key_is_one_key_of_several_segments() {
        let (mut keys, now) = (Keys::new(8000), Instant::now());
        let begin = u32::MAX - 100;
        assert_eq!(keys.take(&payload(0, false, u16::MAX), begin, now), None);
        let next = begin.wrapping_add(u32::from(u16::MAX));
        assert_eq!(keys.take(&payload(0, false, 160), next, now), None);
        assert_eq!(keys.take(&payload(0, true, 465), next, now), Some(Key { digit: '0', duration_ms: 8250 }));
    }

    #[test]
    fn other_events_and_short_payloads_are_nothing() {
        let (mut keys, now) = (Keys::new(8000), Instant::now());
        assert_eq!(keys.take(&payload(16, true, 800), 0, now), None);
        assert_eq!(keys.take(&[1, 0x80, 0], 0, now), None);
        assert_eq!(keys.take(&[], 0, now), None);
    }
}
