//! The audio thread's end of a tap: [`TapInlet`].

use std::sync::Arc;

use super::{
    clock::{Reader, TapState},
    mark::{KEPT, Mark},
};
use crate::data::{channels::Planes, sync::Producer, tap::TapContent};

/// The audio thread's end of a tap.
#[derive(Debug)]
pub(crate) struct TapInlet {
    pub(super) samples: Producer<f32>,
    pub(super) marks: Producer<Mark>,
    pub(super) state: Arc<TapState>,
    /// What it had in the last tick; `None` before the first.
    pub(super) last: Option<TapContent>,
    /// Samples of a tick, in each channel.
    pub(super) tick: usize,
}

impl TapInlet {
    pub fn state(&self) -> &Arc<TapState> {
        &self.state
    }

    /// Begins a tick with sound at a position. Whether its samples are to be [written](Self::write). Real time.
    pub fn begin(&mut self, position: u64, channels: usize) -> bool {
        if self.state.reader() != Reader::Reads {
            self.pass(position, TapContent::Sound);
            return false;
        }
        let lossy = self.last == Some(TapContent::Loss);
        let least = if lossy { self.samples.buffer().capacity() / 2 } else { 0 };
        let room = self.samples.slots() >= least.max(self.tick * channels);
        let content = if room { TapContent::Sound } else { TapContent::Loss };
        self.mark(position, content) == TapContent::Sound
    }

    /// A tick goes by without sound. Real time.
    #[inline]
    pub fn pass(&mut self, position: u64, content: TapContent) {
        match self.state.reader() {
            Reader::Reads => drop(self.mark(position, content)),
            Reader::Pauses => drop(self.mark(position, TapContent::Pause)),
            Reader::Gone => {}
        }
    }

    /// Whether the last tick was lost.
    pub fn loses(&self) -> bool {
        self.last == Some(TapContent::Loss) && !self.state.is_gone()
    }

    /// The timeline goes on after ticks that were not mixed, which begin here. Where nobody is there, or the tap is
    /// paused, that goes on.
    pub fn skip(&mut self, from: u64) {
        let heard = [TapContent::Sound, TapContent::Silence, TapContent::Loss].map(Some);
        if heard.contains(&self.last) && !self.state.is_gone() {
            self.mark(from, TapContent::Skip);
        }
    }

    /// Marks what there is from a position on, if that is not what there was. What it is: without room for the mark it
    /// is a loss.
    #[inline]
    fn mark(&mut self, position: u64, mut content: TapContent) -> TapContent {
        if self.last != Some(content) {
            if self.marks.slots() <= KEPT {
                content = TapContent::Loss;
            }
            if self.last != Some(content) && self.marks.push(Mark { position, content }).is_ok() {
                self.last = Some(content);
            }
        }
        if content == TapContent::Loss {
            self.state.lose();
        }
        content
    }

    /// Writes the samples of the tick in hand, in all channels, for which there is [room](Self::begin).
    pub fn write(&mut self, planes: Planes<'_>) {
        for plane in [Some(planes.left), planes.right].into_iter().flatten() {
            let written = self.samples.push_entire_slice(plane);
            debug_assert!(written.is_ok(), "there is room for a tick");
        }
    }
}
