//! Which samples of a stream are there: [`Coverage`]. Pure data: positions only, no samples.

use crate::data::memory::room;

/// A run of samples that are there, and whether they came with the activity flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Span {
    pub start: u64,
    /// The position after the last.
    pub end: u64,
    pub active: bool,
}

/// Spans in their order, disjoint; spans that touch differ in their flag. Their number is bounded:
/// nothing is allocated after construction.
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

    /// The position after the newest sample.
    pub fn end(&self) -> Option<u64> {
        self.0.last().map(|span| span.end)
    }

    /// The first run of missing samples in `start..end`.
    pub fn hole(&self, start: u64, end: u64) -> Option<(u64, u64)> {
        let mut from = start;
        for span in &self.0[self.after(start)..] {
            if span.start > from {
                return (from < end).then(|| (from, end.min(span.start)));
            }
            from = span.end;
        }
        (from < end).then_some((from, end))
    }

    /// Fills a hole, or a part of one. `false` if there is no room for another span.
    pub fn fill(&mut self, start: u64, end: u64, active: bool) -> bool {
        let at = self.after(start);
        let meets = |span: Option<&Span>, position: u64, of: fn(&Span) -> u64| {
            span.is_some_and(|span| of(span) == position && span.active == active)
        };
        let joins_before = at > 0 && meets(self.0.get(at - 1), start, |span| span.end);
        let joins_after = meets(self.0.get(at), end, |span| span.start);
        match (joins_before, joins_after) {
            (true, true) => self.0[at - 1].end = self.0.remove(at).end,
            (true, false) => self.0[at - 1].end = end,
            (false, true) => self.0[at].start = start,
            (false, false) if self.0.len() == self.0.capacity() => return false,
            (false, false) => self.0.insert(at, Span { start, end, active }),
        }
        true
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

    /// Forgets everything, and tells how many samples that were.
    pub fn clear(&mut self) -> u64 {
        self.forget(u64::MAX)
    }

    /// The place of the first span that ends after `position`.
    fn after(&self, position: u64) -> usize {
        self.0.partition_point(|span| span.end <= position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: u64, end: u64, active: bool) -> Span {
        Span { start, end, active }
    }

    fn filled(spans: &[Span]) -> Coverage {
        let mut coverage = Coverage::new(4);
        for span in spans {
            assert!(coverage.fill(span.start, span.end, span.active));
        }
        coverage
    }

    #[test]
    fn spans_that_touch_become_one() {
        let coverage = filled(&[span(10, 20, false), span(30, 40, false), span(20, 30, false)]);
        assert_eq!(coverage.0, [span(10, 40, false)]);
        let coverage = filled(&[span(10, 20, false), span(0, 10, false), span(20, 30, true), span(30, 31, false)]);
        assert_eq!(coverage.0, [span(0, 20, false), span(20, 30, true), span(30, 31, false)]);
    }

    #[test]
    fn holes_are_found() {
        let coverage = filled(&[span(10, 20, false), span(30, 40, false)]);
        assert_eq!(coverage.hole(0, 50), Some((0, 10)));
        assert_eq!(coverage.hole(10, 50), Some((20, 30)));
        assert_eq!(coverage.hole(15, 25), Some((20, 25)));
        assert_eq!(coverage.hole(30, 50), Some((40, 50)));
        assert_eq!(coverage.hole(0, 5), Some((0, 5)));
        assert_eq!((coverage.hole(10, 20), coverage.hole(35, 40), coverage.hole(32, 33)), (None, None, None));
        assert_eq!((coverage.first(), coverage.end()), (Some(span(10, 20, false)), Some(40)));
    }

    #[test]
    fn what_is_past_is_forgotten_and_counted() {
        let mut coverage = filled(&[span(10, 20, false), span(30, 40, false)]);
        assert_eq!(coverage.forget(5), 0);
        assert_eq!(coverage.forget(12), 2);
        assert_eq!(coverage.forget(35), 13);
        assert_eq!(coverage.0, [span(35, 40, false)]);
        assert_eq!((coverage.clear(), coverage.end()), (5, None));
    }

    #[test]
    fn it_has_bounds() {
        let mut coverage = filled(&[0, 10, 20, 30].map(|at| span(at, at + 1, false)));
        let room = coverage.0.capacity();
        assert!((4..room as u64).all(|at| coverage.fill(10 * at, 10 * at + 1, false)));
        assert!(!coverage.fill(1000, 1001, false));
        assert!(coverage.fill(1, 10, false), "what joins two spans needs no room");
        assert_eq!(coverage.0.capacity(), room);
    }
}
