//! One source on the audio side: what it sent, whether it is present, its detector.

use super::{Clock, ear::Ear, overlap::Presence, panels::Panels};
use crate::{
    data::{detector::Detecting, frame::Frame, id::ParticipantKey, sides::Side},
    kernel::{Kernel, Tile},
    matrix::Place,
    meter::{Loudness, SourceMeasures},
};

/// A place's sending side. A place without a participant is a source that sends nothing.
#[derive(Debug, Default)]
pub(crate) struct Source {
    /// Whose place it is.
    pub key: ParticipantKey,
    pub standing: Standing,
    pub sends: bool,
    pub muted: bool,
    /// The factor that its gains in all mixes share; and what it was before this tick's events.
    pub presence: Presence,
    pub before: Presence,
    /// What came in this tick.
    pub input: Option<Input>,
    /// Whether it is present and not silent in this tick.
    pub audible: bool,
    /// What is counted and measured of it.
    pub readings: SourceMeasures,
    /// The greatest magnitude of what is in its memory, a frame or a tail.
    peak: f32,
    detecting: Option<Detecting>,
    /// What decides for its detector, if that asks for more than the frame tells.
    pub ear: Ear,
    /// The last sample of the last good frame: what a missing frame's tail goes on from.
    last: f32,
    missing: bool,
}

/// Whether somebody has the place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Standing {
    #[default]
    Vacant,
    Here,
    /// Left, and fades out.
    Leaving,
}

/// A good frame.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Input {
    /// Of the whole frame, both channels.
    pub loudness: Loudness,
    /// By the word of the host, or of the ear.
    pub active: bool,
    /// The last sample.
    pub last: f32,
}

impl Source {
    /// A new participant takes the place.
    pub fn admit(&mut self, place: &Place) {
        *self = Self {
            key: place.key,
            standing: Standing::Here,
            sends: place.role.sends(),
            detecting: Some(place.detecting),
            ..Self::default()
        };
    }

    /// The participant goes; what it sent fades out.
    pub fn leave(&mut self) {
        (self.standing, self.input) = (Standing::Leaving, None);
    }

    /// Whether nothing of a participant who left is to be heard any more.
    pub fn is_gone(&self, clock: &Clock<'_>) -> bool {
        self.standing == Standing::Leaving && self.presence.fade.target() == 0.0 && !self.moves(clock)
    }

    /// Takes what came, or did not come, in this tick: whether it is there to be heard, and whether it is active.
    #[inline]
    pub fn listen(&mut self) -> bool {
        match self.input {
            Some(input) => self.receive(input),
            None => self.miss(),
        }
        let present = self.input.is_some() && !self.muted && self.standing == Standing::Here;
        let says_active = self
            .detecting
            .as_mut()
            .is_some_and(|detecting| detecting.tick(self.input.map(|input| (input.loudness.square, input.active))));
        self.readings.active = says_active && present;
        self.readings.active_ticks += u64::from(self.readings.active);
        present
    }

    /// Fades it in or out, as it is `chosen` to be heard in this tick or not.
    #[inline]
    pub fn fade(&mut self, chosen: bool, clock: &Clock<'_>) {
        self.presence.forget(clock);
        self.before = self.presence;
        self.presence.steer(if chosen { 1.0 } else { 0.0 }, clock);
        let heard = self.presence.fade.target() > 0.0 || self.moves(clock);
        self.audible = heard && self.peak > 0.0;
    }

    /// Makes the signals of one who is audible: without a frame, the tail, which is its last sample, held while the presence falls; and, while its
    /// presence moves, the same faded by it. They are at `raw` and `faded`.
    pub fn sound(&self, frames: &mut Panels, raw: usize, faded: usize, clock: &Clock<'_>) {
        let samples = clock.timing.tick;
        if self.input.is_none() {
            Tile::flat_mut(frames.of_mut(raw))[..samples].fill(self.last);
        }
        if self.moves(clock) {
            let fade = self.presence.fade;
            let value = |at: usize| fade.value(clock.now + at as u64 + 1, clock.timing);
            // In f64, so that it is rounded once.
            frames.copy(raw, faded, samples, |sample, at| (f64::from(sample) * value(at)) as f32);
        }
    }

    /// Whether its presence moves.
    #[inline]
    pub fn moves(&self, clock: &Clock<'_>) -> bool {
        self.presence.fade.moving(clock.now, clock.timing)
    }

    /// Takes a frame's samples of one side, if they are samples, to where the signal of this source is among `frames`.
    #[inline]
    pub fn accept(
        &mut self,
        frame: &Frame<'_>,
        side: Side,
        frames: &mut Panels,
        signal: usize,
        kernel: Kernel,
    ) -> Result<Loudness, usize> {
        let loudness = frame.read_into(side, frames, signal, self.threshold(), kernel)?;
        let count = frame.len().unwrap_or_default();
        let last = Tile::flat(frames.of(signal)).get(count.wrapping_sub(1)).copied().unwrap_or_default();
        self.peak = loudness.peak;
        self.input = Some(Input { loudness, active: frame.active, last });
        Ok(loudness)
    }

    /// The mean square that decides whether it is active; 0 if none does.
    pub fn threshold(&self) -> f64 {
        self.detecting.as_ref().map_or(0.0, Detecting::threshold)
    }

    /// What the meters have to show: nothing yet, of one who has never sent anything.
    pub fn show(&self) -> Option<&SourceMeasures> {
        (self.readings != SourceMeasures::default()).then_some(&self.readings)
    }

    /// Whether it has missed a frame, and its detector has come to rest since.
    pub fn is_missing_at_rest(&self) -> bool {
        self.missing && self.input.is_none() && self.detecting.as_ref().is_none_or(Detecting::rests)
    }

    /// Whether another tick without a good frame counts.
    pub fn counts_missing(&self) -> bool {
        self.standing == Standing::Here && self.readings.frames > 0
    }

    /// So many ticks have passed without a frame.
    pub fn miss_more(&mut self, ticks: u64) {
        if self.counts_missing() {
            self.readings.missing += ticks;
        }
    }

    #[inline]
    fn receive(&mut self, input: Input) {
        self.readings.loudness = input.loudness;
        self.last = input.last;
        if self.missing && self.readings.frames > 0 {
            self.readings.returns += 1;
        }
        self.missing = false;
        self.readings.frames += 1;
    }

    fn miss(&mut self) {
        self.peak = self.last.abs();
        self.missing = true;
        self.readings.loudness = Loudness::default();
        self.miss_more(1);
    }
}
