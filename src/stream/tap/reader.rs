//! The reader's end of a tap: [`Tap`].

use super::{conversion::Conversion, options::Tapped, span::TapSpan};
use crate::{
    data::{ports::StreamFormat, sample::Sample},
    link::tap::TapOutlet,
    stream::convert::Buffer,
};

/// A copy of what a participant sends, or of what it hears, for a thread beside the audio thread: a recording, or a
/// speech recogniser. Made by [`Controller::tap`](crate::Controller::tap).
///
/// **One timeline.** Frame n is the same instant in every tap of a mixer, at any rate: n / rate seconds after the first
/// tick, with the ticks that were skipped. So taps that began at different times are put side by side by the
/// [positions](TapSpan::position) alone. A tap begins with the first tick that is mixed after it was made, has every frame
/// from there on, in order, and says what is there ([`TapContent`](super::TapContent)): sound, silence, nobody in the
/// call with its id, a pause, ticks that were skipped, or a loss. At another rate than the mixer's the delay of the
/// filter is taken off: what was said at an instant is at the frame of that instant, exactly for the usual rates and
/// within a thousandth of a frame for all others. At the usual rates such frames come up to 25 ms later; at
/// others the first read takes some milliseconds.
///
/// **Bounded.** A reader may be late by [`TapOptions::holds_ms`](super::TapOptions::holds_ms) of sound. What comes then is
/// lost, marked in what is read, and counted, until half of that is free again. The audio thread never waits for a reader,
/// and never allocates. Where there is no sound it writes nothing.
///
/// **Any thread**, one at a time. [`read`](Self::read) never waits: a thread with one or many taps comes by every 20 ms or
/// so. Dropping a tap ends it; its memory comes back with the next change to the call, or
/// [`Controller::reclaim`](crate::Controller::reclaim). When the processor is dropped, what is left can be read, and
/// the tap [is over](Self::is_over). It goes on without controllers.
#[derive(Debug)]
pub struct Tap {
    tapped: Tapped,
    outlet: TapOutlet,
    conversion: Conversion,
    /// A tick, in the channels of the mixer.
    tick: Buffer,
    /// Whether the filter has given its last frame.
    ended: bool,
    ticks: u64,
}

/// What became of the ticks of a [`Tap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TapReadings {
    /// Ticks that were read, whatever they had.
    pub ticks: u64,
    /// Ticks of sound that were lost, as the reader was late.
    pub lost_ticks: u64,
}

impl Tap {
    pub(super) fn new(tapped: Tapped, outlet: TapOutlet, conversion: Conversion, tick: Buffer) -> Self {
        Self { tapped, outlet, conversion, tick, ended: false, ticks: 0 }
    }

    /// Reads the next frames into `out`, with their channels side by side: as many as are there and have the same
    /// content, and as `out` has room for. What they are; `None` if there are none yet, or none any more
    /// ([`is_over`](Self::is_over)). Never waits. An `i16` is rounded to the nearest and saturates past full scale.
    pub fn read<S: Sample>(&mut self, out: &mut [S]) -> Option<TapSpan> {
        let channels = self.format().channels.count();
        let mut span = loop {
            if let Some(span) = self.conversion.read(out) {
                break span;
            }
            if out.len() < channels || !self.take() {
                return None;
            }
        };
        while let Some(rest) = out.get_mut(span.frames * channels..).filter(|rest| rest.len() >= channels) {
            if self.conversion.is_empty() && !self.take() {
                break;
            }
            match self.conversion.read_more(rest, span.content) {
                0 if !self.conversion.is_empty() => break,
                frames => span.frames += frames,
            }
        }
        Some(span)
    }

    /// Takes a tick, or what the filter has left at the end. Whether there was anything.
    fn take(&mut self) -> bool {
        let count = self.tick.frames();
        if let Some((position, content)) = self.outlet.next(self.tick.part_mut(0..count)) {
            self.conversion.take(position, content, self.tick.part(0..count));
            self.ticks += 1;
            return true;
        }
        let ends = !self.ended && self.outlet.is_over();
        if let Some(position) = self.outlet.position().filter(|_| ends) {
            self.conversion.end(position);
        }
        self.ended |= ends;
        ends
    }

    /// Has the mixer's audio thread pause the tap, from its next tick on, or go on. The ticks of a pause are there, as
    /// [`Pause`](super::TapContent::Pause), and nothing of them is kept anywhere.
    pub fn set_paused(&self, paused: bool) {
        self.outlet.set_paused(paused);
    }

    /// Whether it is paused.
    pub fn is_paused(&self) -> bool {
        self.outlet.is_paused()
    }

    /// Whether the processor is gone and all was read.
    pub fn is_over(&self) -> bool {
        self.ended && self.conversion.is_empty()
    }

    /// What it is of.
    pub fn tapped(&self) -> &Tapped {
        &self.tapped
    }

    /// The rate and the channels of what is read.
    pub fn format(&self) -> StreamFormat {
        self.conversion.to()
    }

    /// What became of the ticks so far.
    pub fn readings(&self) -> TapReadings {
        TapReadings { ticks: self.ticks, lost_ticks: self.outlet.state().lost() }
    }
}
