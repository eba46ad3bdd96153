//! [`Tail`]: what is heard of a source while a frame is missing. Pure data.

use crate::data::channels::MAX_CHANNELS;

/// What a missing frame goes on from: the last samples that were heard.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tail {
    pub heard: [f32; MAX_CHANNELS],
    /// Those of the newest frame, and the beginning of the tick that it was received in: heard once that tick is over.
    newest: Option<(u64, [f32; MAX_CHANNELS])>,
}

impl Tail {
    /// Notes the last samples of a frame, if one came. A tick that was planned at the same time and dropped was not
    /// heard.
    pub fn note(&mut self, last: Option<[f32; MAX_CHANNELS]>, now: u64) {
        if let Some((_, heard)) = self.newest.filter(|(at, _)| *at < now) {
            self.heard = heard;
        }
        self.newest = last.map(|last| (now, last));
    }

    pub fn peak(&self) -> f32 {
        self.heard.iter().fold(0.0, |peak: f32, sample| peak.max(sample.abs()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tail_goes_on_from_what_was_heard() {
        let mut tail = Tail::default();
        tail.note(Some([0.5, 0.0]), 0);
        tail.note(Some([0.25, 0.0]), 480);
        assert_eq!(tail.heard[0], 0.5);
        // The tick at 480 was dropped: the next one begins there, too.
        tail.note(None, 480);
        assert_eq!(tail.heard[0], 0.5);
        tail.note(Some([0.75, 0.0]), 480);
        tail.note(None, 960);
        assert_eq!((tail.heard[0], tail.peak()), (0.75, 0.75));
    }
}
