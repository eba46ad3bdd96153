//! A place in a player's chain of items, and how it moves on: [`Cursor`].

use std::sync::Arc;

use super::{
    clip::Clip,
    item::{Item, What},
    note::Heard,
    order::Repeat,
};

/// The place that is played next. Audio side: nothing is allocated or freed.
#[derive(Debug)]
pub(super) struct Cursor {
    item: Arc<Item>,
    /// How many of its samples were played in this pass.
    offset: usize,
    /// Whether its start and its end were told in this pass.
    started: bool,
    finished: bool,
    repeat: Repeat,
    /// Where the queue begins again, if it does.
    first: Option<Arc<Item>>,
    /// The last item that is played.
    last: u64,
}

impl Cursor {
    /// Behind an item.
    pub fn behind(item: Arc<Item>, repeat: Repeat) -> Self {
        let offset = item.samples();
        Self { item, offset, started: true, finished: true, repeat, first: None, last: u64::MAX }
    }

    /// The same place. It plays nothing behind this item.
    pub fn until(self, last: u64) -> Self {
        Self { last, ..self }
    }

    /// The clip that is played next, and how many samples of it were played.
    pub fn clip(&self) -> Option<(&Clip, usize)> {
        match &self.item.what {
            What::Clip(clip) if self.offset < clip.samples() => Some((clip, self.offset)),
            _ => None,
        }
    }

    /// How many samples of that clip are left.
    pub fn available(&self) -> usize {
        self.item.samples() - self.offset
    }

    /// Whether it is in the midst of a clip.
    pub fn is_inside(&self) -> bool {
        self.offset > 0 && self.available() > 0
    }

    /// So many samples of the clip are played.
    pub fn play(&mut self, samples: usize, tell: &mut impl FnMut(Heard, u64)) {
        if !self.started {
            self.started = true;
            tell(Heard::Started, self.item.number);
        }
        self.offset += samples;
    }

    /// Goes on to the next sample that can be played, if there is one: past clips that are over, and past marks.
    pub fn settle(&mut self, tell: &mut impl FnMut(Heard, u64)) {
        while self.available() == 0 {
            if self.finish(tell) && self.repeat == Repeat::Clip && self.item.samples() > 0 {
                return self.begin();
            }
            let next = self.item.next().filter(|next| next.number <= self.last);
            let Some(next) = next.or(self.again()).map(Arc::clone) else { return };
            self.item = next;
            self.begin();
            if self.repeat == Repeat::Queue && self.first.is_none() {
                self.first = Some(Arc::clone(&self.item));
            }
            match self.item.what {
                What::Mark(mark) => tell(Heard::Reached { mark }, self.item.number),
                What::Clip(_) if self.available() == 0 => self.play(0, tell),
                What::Clip(_) | What::Nothing => {}
            }
        }
    }

    fn begin(&mut self) {
        (self.offset, self.started, self.finished) = (0, false, false);
    }

    /// Whether a clip ends here that was not over.
    fn finish(&mut self, tell: &mut impl FnMut(Heard, u64)) -> bool {
        let ends = !std::mem::replace(&mut self.finished, true) && matches!(self.item.what, What::Clip(_));
        if ends {
            tell(Heard::Finished, self.item.number);
        }
        ends
    }

    /// Where the queue begins again behind its last item: not if it had nothing to play.
    fn again(&self) -> Option<&Arc<Item>> {
        let first = self.first.as_ref().filter(|_| self.repeat == Repeat::Queue)?;
        (first.start < self.item.end()).then_some(first)
    }

    /// What follows where a clip, or the queue, ends.
    pub fn set_repeat(&mut self, repeat: Repeat) {
        if repeat != self.repeat {
            // A queue begins again with what plays now, or plays next.
            self.first = (repeat == Repeat::Queue && self.available() > 0).then(|| Arc::clone(&self.item));
        }
        self.repeat = repeat;
    }

    /// What follows where a clip, or the queue, ends.
    pub fn repeat(&self) -> Repeat {
        self.repeat
    }

    /// Whether it is past an item, or at it.
    pub fn is_past(&self, number: u64) -> bool {
        self.item.number > number
    }

    /// The first item that was not heard as a whole, and how many samples of it were.
    pub fn unheard(&self) -> (u64, usize) {
        if self.available() > 0 { (self.item.number, self.offset) } else { (self.item.number + 1, 0) }
    }

    /// The first item that may be looked at again.
    pub fn oldest(&self) -> u64 {
        self.first.as_ref().map_or(self.item.number, |first| first.number.min(self.item.number))
    }

    /// How many samples were appended before the place; and before the first that may be played again.
    pub fn position(&self) -> (u64, u64) {
        let position = self.item.start + self.offset as u64;
        (position, self.first.as_ref().map_or(position, |first| first.start.min(position)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::frame::Frame;

    /// A chain of clips of so many samples, and of marks for 0. The items before the last have the numbers 1, 2 ...
    fn chain(lengths: &[usize]) -> Arc<Item> {
        let head = Item::new(0, 0, What::Nothing);
        let (mut last, mut start) = (Arc::clone(&head), 0);
        for (length, number) in lengths.iter().zip(1..) {
            let what = match length {
                0 => What::Mark(100 * number),
                _ => What::Clip(Clip::new(Frame::mono(&vec![0.5_f32; *length]), 1000, 1000).unwrap()),
            };
            let next = Item::new(number, start, what);
            start += *length as u64;
            last.follow(Arc::clone(&next));
            last = next;
        }
        head
    }

    /// Plays samples one by one: the item of each, 0 for silence; and what was told, with the samples played before.
    fn play(cursor: &mut Cursor, samples: usize) -> (Vec<u64>, Vec<(usize, Heard, u64)>) {
        let (mut heard, mut told) = (Vec::new(), Vec::new());
        for at in 0..=samples {
            let mut tell = |heard, number| told.push((at, heard, number));
            cursor.settle(&mut tell);
            if at == samples {
                break;
            }
            heard.push(if cursor.available() > 0 { cursor.item.number } else { 0 });
            if cursor.available() > 0 {
                cursor.play(1, &mut tell);
            }
        }
        (heard, told)
    }

    #[test]
    fn clips_follow_on_each_other_and_everything_is_told_in_its_place() {
        let mut cursor = Cursor::behind(chain(&[2, 0, 1]), Repeat::Off);
        let (heard, told) = play(&mut cursor, 4);
        assert_eq!(heard, [1, 1, 3, 0]);
        let expected = [
            (0, Heard::Started, 1),
            (2, Heard::Finished, 1),
            (2, Heard::Reached { mark: 200 }, 2),
            (2, Heard::Started, 3),
            (3, Heard::Finished, 3),
        ];
        assert_eq!((told, cursor.unheard(), cursor.position()), (expected.to_vec(), (4, 0), (3, 3)));
    }

    #[test]
    fn a_clip_repeats_until_something_else_is_set() {
        let mut cursor = Cursor::behind(chain(&[2, 1]), Repeat::Clip);
        assert_eq!(play(&mut cursor, 5).0, [1; 5]);
        assert_eq!((cursor.unheard(), cursor.is_inside()), ((1, 1), true));
        cursor.set_repeat(Repeat::Off);
        assert_eq!(play(&mut cursor, 4).0, [1, 2, 0, 0]);
    }

    #[test]
    fn a_clip_that_was_over_is_not_repeated() {
        let chain = chain(&[2]);
        let mut cursor = Cursor::behind(Arc::clone(&chain), Repeat::Off);
        assert_eq!(play(&mut cursor, 3).0, [1, 1, 0]);
        cursor.set_repeat(Repeat::Clip);
        assert_eq!(play(&mut cursor, 2).0, [0, 0]);
        let flushed = chain.next().map(Arc::clone).unwrap();
        assert_eq!(play(&mut Cursor::behind(flushed, Repeat::Clip), 2).0, [0, 0]);
    }

    #[test]
    fn a_queue_repeats_from_what_played_when_that_was_set() {
        let mut cursor = Cursor::behind(chain(&[1, 2, 0, 1]), Repeat::Off);
        assert_eq!(play(&mut cursor, 2).0, [1, 2]);
        cursor.set_repeat(Repeat::Queue);
        let (heard, told) = play(&mut cursor, 8);
        assert_eq!(heard, [2, 4, 2, 2, 4, 2, 2, 4]);
        assert_eq!(told.iter().filter(|(_, heard, _)| *heard == Heard::Reached { mark: 300 }).count(), 3);
        assert_eq!((cursor.oldest(), cursor.position()), (2, (1, 1)));
        cursor.set_repeat(Repeat::Off);
        assert_eq!((play(&mut cursor, 5).0, cursor.oldest()), (vec![2, 2, 4, 0, 0], 4));
    }

    #[test]
    fn a_queue_of_marks_alone_is_passed_once() {
        let mut cursor = Cursor::behind(chain(&[0, 0]), Repeat::Queue);
        assert_eq!(play(&mut cursor, 3).1.len(), 2);
    }

    #[test]
    fn nothing_is_played_behind_the_last() {
        let mut cursor = Cursor::behind(chain(&[2, 2]), Repeat::Off).until(1);
        assert_eq!(play(&mut cursor, 4).0, [1, 1, 0, 0]);
    }
}
