//! What is known of which samples of a stream: [`Coverage`]. Pure data: positions only, no samples.

use super::packet::Kind;
use crate::data::memory::room;

/// A run of samples of which the same is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Span {
    pub start: u64,
    /// The position after the last.
    pub end: u64,
    pub kind: Kind,
    /// Whether they came with the activity flag.
    pub active: bool,
    /// The level that the sender told of them.
    pub level: Option<u8>,
}

impl Span {
    fn goes_on(&self, next: &Self) -> bool {
        let alike = |span: &Self| (span.kind, span.active, span.level);
        self.end == next.start && alike(self) == alike(next)
    }
}

/// The samples that a packet brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Brought {
    /// Those of which nothing was known, or less than the packet tells.
    pub new: u64,
    /// Those for which there was no room.
    pub dropped: u64,
}

/// Spans in their order, disjoint; spans that touch differ. Their number is bounded: nothing is allocated after
/// construction.
#[derive(Debug)]
pub(crate) struct Coverage(Vec<Span>);

impl Coverage {
    /// With room for `capacity` spans.
    pub fn new(capacity: usize) -> Self {
        Self(room(capacity, Span::default()))
    }

    pub fn first(&self) -> Option<Span> {
        self.0.first().copied()
    }

    /// Where the first samples of a packet begin, its own or a copy.
    pub fn first_sent(&self) -> Option<u64> {
        self.0.iter().find(|span| span.kind != Kind::Concealed).map(|span| span.start)
    }

    /// The position after the newest sample.
    pub fn end(&self) -> Option<u64> {
        self.0.last().map(|span| span.end)
    }

    /// The position after the samples that follow on `position` without a gap, where a gap is every sample of which
    /// less than `least` is known: `position` itself if it lies in a gap.
    pub fn whole_until(&self, position: u64, least: Kind) -> u64 {
        let mut end = position;
        for span in &self.0[self.after(position)..] {
            if span.start > end || span.kind < least {
                break;
            }
            end = span.end;
        }
        end
    }

    /// What is known of a sample.
    pub fn known(&self, position: u64) -> Option<Kind> {
        self.0.get(self.after(position)).filter(|span| span.start <= position).map(|span| span.kind)
    }

    /// Takes the pieces of a packet of which less was known than it tells, and calls `bring` with the first position
    /// and the end of each.
    pub fn cover(&mut self, packet: Span, mut bring: impl FnMut(u64, u64)) -> Brought {
        let (mut at, mut brought) = (packet.start, Brought::default());
        while at < packet.end {
            let index = self.after(at);
            let met = self.0.get(index).copied().filter(|span| span.start < packet.end);
            let (end, less) = match met {
                None => (packet.end, true),
                Some(span) if span.start > at => (span.start, true),
                Some(span) => (span.end.min(packet.end), span.kind < packet.kind),
            };
            if less {
                let piece = Span { start: at, end, ..packet };
                let kept = if met.is_some_and(|span| span.start <= at) {
                    self.replace(index, piece)
                } else {
                    self.insert(index, piece)
                };
                if kept {
                    bring(at, end);
                    brought.new += end - at;
                } else {
                    brought.dropped += end - at;
                }
            }
            at = end;
        }
        brought
    }

    /// Forgets the samples before `position`, and tells how many they were.
    pub fn forget(&mut self, position: u64) -> u64 {
        let whole = self.after(position);
        let mut samples = self.0.drain(..whole).map(|span| span.end - span.start).sum();
        if let Some(first) = self.0.first_mut()
            && first.start < position
        {
            samples += position - first.start;
            first.start = position;
        }
        samples
    }

    /// Forgets everything, and tells how many samples it was.
    pub fn clear(&mut self) -> u64 {
        self.0.drain(..).map(|span| span.end - span.start).sum()
    }

    /// The first span that ends after a position.
    fn after(&self, position: u64) -> usize {
        self.0.partition_point(|span| span.end <= position)
    }

    /// Puts a piece into a gap. `false` if there is no room.
    fn insert(&mut self, index: usize, piece: Span) -> bool {
        let before = index > 0 && self.0[index - 1].goes_on(&piece);
        let behind = self.0.get(index).is_some_and(|next| piece.goes_on(next));
        match (before, behind) {
            (true, true) => self.0[index - 1].end = self.0.remove(index).end,
            (true, false) => self.0[index - 1].end = piece.end,
            (false, true) => self.0[index].start = piece.start,
            (false, false) if self.0.len() == self.0.capacity() => return false,
            (false, false) => self.0.insert(index, piece),
        }
        true
    }

    /// Puts a piece in the place of a part of a span. `false` if there is no room.
    fn replace(&mut self, index: usize, piece: Span) -> bool {
        if self.0.len() + 2 > self.0.capacity() {
            return false;
        }
        let old = self.0.remove(index);
        let (left, right) = (Span { end: piece.start, ..old }, Span { start: piece.end, ..old });
        if right.start < right.end {
            self.0.insert(index, right);
        }
        let mut at = index;
        if left.start < left.end {
            self.0.insert(index, left);
            at += 1;
        }
        self.insert(at, piece)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: u64, end: u64, kind: Kind) -> Span {
        Span { start, end, kind, ..Span::default() }
    }

    fn covered(coverage: &mut Coverage, packet: Span) -> (Vec<(u64, u64)>, Brought) {
        let mut pieces = Vec::new();
        let brought = coverage.cover(packet, |from, to| pieces.push((from, to)));
        (pieces, brought)
    }

    #[test]
    fn only_what_is_not_there_is_taken_and_what_touches_is_one() {
        let mut coverage = Coverage::new(3);
        assert_eq!(covered(&mut coverage, span(10, 20, Kind::Real)).0, [(10, 20)]);
        assert_eq!(covered(&mut coverage, span(30, 40, Kind::Real)).0, [(30, 40)]);
        let (pieces, brought) = covered(&mut coverage, span(5, 50, Kind::Real));
        assert_eq!((pieces, brought), (vec![(5, 10), (20, 30), (40, 50)], Brought { new: 25, dropped: 0 }));
        assert_eq!(coverage.0, [span(5, 50, Kind::Real)]);
        assert_eq!(covered(&mut coverage, span(6, 7, Kind::Real)).1, Brought::default());
    }

    #[test]
    fn what_is_known_better_replaces_what_is_known_worse() {
        let mut coverage = Coverage::new(8);
        covered(&mut coverage, span(0, 30, Kind::Concealed));
        assert_eq!(covered(&mut coverage, span(10, 20, Kind::Real)).0, [(10, 20)]);
        let middle = [span(0, 10, Kind::Concealed), span(10, 20, Kind::Real), span(20, 30, Kind::Concealed)];
        assert_eq!(coverage.0, middle);
        assert_eq!(covered(&mut coverage, span(0, 40, Kind::Noted)).0, [(30, 40)]);
        assert_eq!(covered(&mut coverage, span(0, 40, Kind::Real)).0, [(0, 10), (20, 30), (30, 40)]);
        assert_eq!(coverage.0, [span(0, 40, Kind::Real)]);
    }

    #[test]
    fn gaps_are_found_and_the_past_is_forgotten() {
        let mut coverage = Coverage::new(4);
        covered(&mut coverage, span(10, 20, Kind::Real));
        covered(&mut coverage, span(20, 30, Kind::Noted));
        covered(&mut coverage, span(35, 40, Kind::Real));
        assert_eq!([9, 10, 25, 32, 36].map(|at| coverage.whole_until(at, Kind::Noted)), [9, 30, 30, 32, 40]);
        assert_eq!((coverage.whole_until(9, Kind::Real), coverage.whole_until(10, Kind::Real)), (9, 20));
        assert_eq!([9, 10, 20].map(|at| coverage.known(at)), [None, Some(Kind::Real), Some(Kind::Noted)]);
        assert_eq!(coverage.forget(15), 5);
        assert_eq!((coverage.first().map(|span| span.start), coverage.end()), (Some(15), Some(40)));
        assert_eq!((coverage.clear(), coverage.first()), (20, None));
    }

    #[test]
    fn without_room_a_packet_is_dropped() {
        let mut coverage = Coverage::new(1);
        let capacity = coverage.0.capacity() as u64;
        (0..capacity).for_each(|at| assert_eq!(covered(&mut coverage, span(2 * at, 2 * at + 1, Kind::Real)).1.new, 1));
        assert_eq!(covered(&mut coverage, span(999, 1000, Kind::Real)).1, Brought { new: 0, dropped: 1 });
    }
}
