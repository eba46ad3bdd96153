//! The packets that wait to be decoded, by their positions: [`Waiting`]. Pure data.

use std::collections::BTreeMap;

use super::{
    rtp::{AudioLevel, Encoded},
    stamp::{Stamp, Stamps},
};

/// The most packets that wait, and the most numbers of empty ones that are kept: the oldest make room.
const MOST: usize = 512;
/// The longest packet of any codec, in samples of any rate.
const LONGEST: u64 = 768_000 * 120 / 1000;

/// A packet whose place is known.
#[derive(Debug)]
pub(super) struct Placed {
    pub payload: Box<[u8]>,
    pub frames: u64,
    /// Its number, which never wraps.
    pub number: i64,
    pub level: Option<AudioLevel>,
    /// How many packets had come.
    pub come: u64,
}

/// Packets by the position of their first sample.
#[derive(Debug)]
pub(super) struct Waiting {
    stamps: Stamps,
    /// The newest number.
    newest: Option<i64>,
    come: u64,
    /// The number of the last packet that came with sound, and the position after it.
    last: Option<(i64, u64)>,
    packets: BTreeMap<u64, Placed>,
    /// The numbers of packets without a payload.
    empty: BTreeMap<i64, ()>,
}

impl Waiting {
    pub fn new(stamps: Stamps) -> Self {
        Self { stamps, newest: None, come: 0, last: None, packets: BTreeMap::new(), empty: BTreeMap::new() }
    }

    /// Keeps the number of a packet without a payload: it does not count as missing.
    pub fn skip(&mut self, sequence: u16) {
        let number = self.unwrap(sequence);
        self.empty.insert(number, ());
        if self.empty.len() > MOST {
            self.empty.pop_first();
        }
    }

    /// Finds the position and the number of a packet. [`insert`](Self::insert) lets it wait.
    pub fn place(&mut self, packet: Encoded, frames: usize) -> (u64, Placed) {
        let number = self.unwrap(packet.sequence);
        let start = self.stamps.place(Stamp::Rtp(packet.timestamp), frames as u32);
        self.come += 1;
        let Encoded { payload, level, .. } = packet;
        (start, Placed { payload, frames: frames as u64, number, level, come: self.come })
    }

    /// Whether a packet that comes follows on the one before, by its number, and not by its time.
    pub fn follows_a_pause(&mut self, start: u64, packet: &Placed) -> bool {
        let last = self.last.replace((packet.number, start + packet.frames));
        last.is_some_and(|(number, end)| {
            number < packet.number && end < start && self.missing(number, packet.number) == 0
        })
    }

    /// Lets a packet wait. `false` if one waits there already.
    pub fn insert(&mut self, start: u64, packet: Placed) -> bool {
        if self.packets.contains_key(&start) {
            return false;
        }
        self.packets.insert(start, packet);
        if self.packets.len() > MOST {
            self.packets.pop_first();
        }
        true
    }

    /// Forgets all packets. Their numbers and times go on.
    pub fn clear(&mut self) {
        self.last = None;
        self.packets.clear();
        self.empty.clear();
    }

    /// The oldest packet that ends behind a position, and where it begins.
    pub fn first(&self, behind: u64) -> Option<(u64, &Placed)> {
        let from = behind.saturating_sub(LONGEST);
        let mut all = self.packets.range(from..).map(|(start, packet)| (*start, packet));
        all.find(|(start, packet)| start + packet.frames > behind)
    }

    /// The packet that begins at a position.
    pub fn take(&mut self, start: u64) -> Option<Placed> {
        self.packets.remove(&start)
    }

    /// Forgets packets that came before so many others.
    pub fn forget_old(&mut self, others: u64) {
        let newest = self.come;
        self.packets.retain(|_, packet| packet.come + others > newest);
    }

    pub fn is_empty(&self) -> bool {
        self.packets.is_empty()
    }

    /// How many packets between two numbers are missing.
    pub fn missing(&self, after: i64, before: i64) -> u64 {
        let empty = if after + 1 < before { self.empty.range(after + 1..before).count() as i64 } else { 0 };
        u64::try_from(before - after - 1 - empty).unwrap_or(0)
    }

    /// The number that is nearest to the newest.
    fn unwrap(&mut self, sequence: u16) -> i64 {
        let newest = self.newest.unwrap_or(i64::from(sequence));
        let number = newest + i64::from(sequence.wrapping_sub(newest as u16) as i16);
        self.newest = Some(newest.max(number));
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(sequence: u16, timestamp: u32) -> Encoded {
        Encoded { payload: Box::new([1]), sequence, timestamp, level: None, discards: 0 }
    }

    #[test]
    fn packets_wait_in_their_order_across_the_wrap_of_both_stamps() {
        let mut waiting = Waiting::new(Stamps::new(16_000, 8000));
        let stamps = [(65_534, u32::MAX - 319), (0, 0), (65_535, u32::MAX - 159), (1, 160)];
        let mut first = None;
        for (sequence, timestamp) in stamps {
            let (start, packet) = waiting.place(encoded(sequence, timestamp), 320);
            first.get_or_insert(start);
            assert!(waiting.insert(start, packet));
        }
        let (start, packet) = waiting.place(encoded(0, 0), 320);
        assert!(!waiting.insert(start, packet), "it came twice");
        let mut told = Vec::new();
        while let Some((start, number)) = waiting.first(first.unwrap()).map(|(start, packet)| (start, packet.number)) {
            waiting.take(start);
            told.push((start - first.unwrap(), number));
        }
        assert_eq!(told, [(0, 65_534), (320, 65_535), (640, 65_536), (960, 65_537)]);
    }

    #[test]
    fn empty_packets_are_not_missing() {
        let mut waiting = Waiting::new(Stamps::new(8000, 8000));
        waiting.place(encoded(10, 0), 160);
        waiting.skip(11);
        waiting.skip(13);
        assert_eq!([waiting.missing(10, 11), waiting.missing(10, 12), waiting.missing(10, 15)], [0, 0, 2]);
        assert_eq!(waiting.missing(10, 5), 0);
    }
}
