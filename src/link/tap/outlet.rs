//! The reader's end of a tap: [`TapOutlet`].

use std::sync::Arc;

use super::{
    clock::{Reader, TapClock, TapState},
    mark::Mark,
};
use crate::data::{channels::PlanesMut, sync::Consumer, tap::TapContent};

/// The reader's end of a tap.
#[derive(Debug)]
pub(crate) struct TapOutlet {
    pub(super) samples: Consumer<f32>,
    pub(super) marks: Consumer<Mark>,
    pub(super) state: Arc<TapState>,
    pub(super) clock: Arc<TapClock>,
    /// The position that is read next, and what is there; `None` before the first mark.
    pub(super) at: Option<Mark>,
    pub(super) tick: usize,
}

impl TapOutlet {
    /// The next tick: its position, and what it has; its samples go to `out`, or silence. `None` if it is not mixed yet.
    pub fn next(&mut self, mut out: PlanesMut<'_>) -> Option<(u64, TapContent)> {
        // First the clock: all marks before the end are there.
        let end = self.clock.end();
        while let Ok(mark) = self.marks.peek().copied()
            && self.at.is_none_or(|at| mark.position <= at.position)
        {
            self.at = Some(mark);
            let _taken = self.marks.pop();
        }
        let Mark { position, content } = self.at.filter(|at| at.position < end)?;
        let sound = content == TapContent::Sound;
        for plane in [Some(&mut *out.left), out.right.as_deref_mut()].into_iter().flatten() {
            if !(sound && self.samples.pop_entire_slice(plane).is_ok()) {
                plane.fill(0.0);
            }
        }
        self.at = Some(Mark { position: position + self.tick as u64, content });
        Some((position, content))
    }

    /// The position that is read next; `None` before anything was there.
    pub fn position(&self) -> Option<u64> {
        self.at.map(|at| at.position)
    }

    /// Whether all was read, and there will be no more.
    pub fn is_over(&self) -> bool {
        let over = self.clock.is_over();
        let end = self.clock.end();
        over && self.at.map_or(self.marks.is_empty(), |at| at.position >= end)
    }

    /// Has the audio thread pause from its next tick on, or go on.
    pub fn set_paused(&self, paused: bool) {
        self.state.set_paused(paused);
    }

    pub fn is_paused(&self) -> bool {
        self.state.reader() == Reader::Pauses
    }

    pub fn state(&self) -> &Arc<TapState> {
        &self.state
    }
}

impl Drop for TapOutlet {
    fn drop(&mut self) {
        self.state.go(&self.clock);
    }
}
