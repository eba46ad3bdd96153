//! The ticks that have come and are not used up: [`Shelf`]. Nothing here allocates but [`Shelf::new`].

use super::frame::TickFrame;

/// Ticks by their numbers, within a window that moves on; and those that are behind it, which go back.
///
/// Together they are never more than there is room for.
#[derive(Debug)]
pub(super) struct Shelf {
    /// The tick with the number `n` lies at `n` modulo the length.
    slots: Vec<Option<Box<TickFrame>>>,
    held: usize,
    /// The first `waiting` of them wait to go back.
    used: Vec<Option<Box<TickFrame>>>,
    waiting: usize,
    /// The first number of the window.
    oldest: u64,
    /// The number after the newest.
    end: u64,
    /// The ticks before this number are there, back to the one that was asked for last.
    whole: u64,
}

impl Shelf {
    /// With room for so many ticks. Control side: allocates.
    pub fn new(ticks: usize) -> Self {
        let empty = || (0..ticks).map(|_| None).collect();
        Self { slots: empty(), held: 0, used: empty(), waiting: 0, oldest: 0, end: 0, whole: 0 }
    }

    /// Puts a tick in its place. It comes back if it is outside of the window, if it is there already, or if so many wait to go
    /// back that there is no room.
    pub fn put(&mut self, number: u64, frame: Box<TickFrame>) -> Option<Box<TickFrame>> {
        let inside = number >= self.oldest && number - self.oldest < self.slots.len() as u64;
        if !inside || self.held + self.waiting >= self.slots.len() {
            return Some(frame);
        }
        let at = self.place(number);
        match self.slots.get_mut(at) {
            Some(slot @ None) => {
                *slot = Some(frame);
                self.held += 1;
                self.end = self.end.max(number + 1);
                None
            }
            _ => Some(frame),
        }
    }

    pub fn get(&self, number: u64) -> Option<&TickFrame> {
        let inside = number >= self.oldest && number < self.end;
        if inside { self.slots.get(self.place(number)).and_then(Option::as_deref) } else { None }
    }

    /// The number of the first tick from `number` on that is not there.
    pub fn whole_until(&mut self, number: u64) -> u64 {
        self.whole = self.whole.max(number);
        while self.get(self.whole).is_some() {
            self.whole += 1;
        }
        self.whole
    }

    /// The number of the first tick from `number` on that is there.
    pub fn next(&self, number: u64) -> Option<u64> {
        (number.max(self.oldest)..self.end).find(|number| self.get(*number).is_some())
    }

    /// The number after the newest tick.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// The window begins with `number`; what is before it is used up. Returns how many that were.
    pub fn begin_with(&mut self, number: u64) -> u64 {
        let last = number.min(self.oldest + self.slots.len() as u64).min(self.end);
        let before = self.held;
        (self.oldest..last).for_each(|number| self.take(number));
        self.oldest = self.oldest.max(number);
        (before - self.held) as u64
    }

    /// Everything is used up, and the window is elsewhere. Returns how many ticks there were.
    pub fn restart(&mut self, oldest: u64) -> u64 {
        let dropped = self.begin_with(self.end);
        (self.oldest, self.end, self.whole) = (oldest, oldest, oldest);
        dropped
    }

    /// A tick that goes back.
    pub fn pop_used(&mut self) -> Option<Box<TickFrame>> {
        self.waiting = self.waiting.checked_sub(1)?;
        self.used.get_mut(self.waiting)?.take()
    }

    fn take(&mut self, number: u64) {
        let at = self.place(number);
        let Some(frame) = self.slots.get_mut(at).and_then(Option::take) else { return };
        self.held -= 1;
        // There is room: no more are held and wait together.
        if let Some(place) = self.used.get_mut(self.waiting) {
            *place = Some(frame);
            self.waiting += 1;
        }
    }

    fn place(&self, number: u64) -> usize {
        (number % self.slots.len().max(1) as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(tick: u64) -> Box<TickFrame> {
        let mut frame = Box::new(TickFrame::new(0, 0, 1));
        frame.clear(tick);
        frame
    }

    fn put(shelf: &mut Shelf, number: u64) -> bool {
        shelf.put(number, frame(number)).is_none()
    }

    #[test]
    fn ticks_lie_by_their_numbers_within_the_window() {
        let mut shelf = Shelf::new(4);
        shelf.restart(10);
        assert_eq!(
            [9, 14, 12, 12, 10, 13].map(|number| put(&mut shelf, number)),
            [false, false, true, false, true, true]
        );
        assert_eq!([10, 11, 12].map(|number| shelf.get(number).map(|frame| frame.tick)), [Some(10), None, Some(12)]);
        assert_eq!((shelf.whole_until(10), shelf.whole_until(12), shelf.end()), (11, 14, 14));
        assert_eq!([0, 11, 13, 14].map(|number| shelf.next(number)), [Some(10), Some(12), Some(13), None]);
    }

    #[test]
    fn what_is_used_up_goes_back_and_counts_until_then() {
        let mut shelf = Shelf::new(3);
        shelf.restart(0);
        (0..3).for_each(|number| assert!(put(&mut shelf, number)));
        assert_eq!(shelf.begin_with(2), 2);
        assert!(!put(&mut shelf, 3), "two wait to go back");
        assert_eq!(shelf.pop_used().map(|frame| frame.tick), Some(1));
        assert!(put(&mut shelf, 3) && shelf.get(1).is_none() && shelf.get(2).is_some());
        assert_eq!(shelf.restart(1 << 50), 2);
        assert!(shelf.get(2).is_none() && shelf.next(0).is_none());
        assert_eq!((0..4).filter_map(|_| shelf.pop_used()).count(), 3);
        assert!(put(&mut shelf, (1 << 50) + 2));
    }

    #[test]
    fn a_window_may_go_on_by_more_than_there_is_room_for() {
        let mut shelf = Shelf::new(2);
        shelf.restart(0);
        assert!(put(&mut shelf, 0) && put(&mut shelf, 1));
        assert_eq!(shelf.begin_with(1 << 60), 2);
        (0..2).for_each(|_| assert!(shelf.pop_used().is_some()));
        assert!(put(&mut shelf, (1 << 60) + 1) && shelf.next(0) == Some((1 << 60) + 1));
    }
}
