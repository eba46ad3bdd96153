//! One tick of another node as it lies in memory: [`TickFrame`]. Pure data; only [`TickFrame::new`] allocates.

use super::port::mean_square;
use crate::data::{
    channels::{Channels, Planes, PlanesMut},
    frame::Frame,
    id::ParticipantKey,
    memory::{filled, room},
};

/// What is no louder than -80 dBFS is silence.
const SILENT_SQUARE: f32 = 1e-8;

/// What a node tells of one of its sources in a tick.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Told {
    /// The source's key in the mixer that hears it.
    pub key: ParticipantKey,
    /// Whether it was active.
    pub active: bool,
    /// Whether it was muted.
    pub muted: bool,
    /// Of its samples, full scale at 1.
    pub mean_square: f64,
}

/// One source in a tick: what is told of it, and where its samples lie.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SourceFrame {
    pub told: Told,
    /// `None` if it is silent.
    channels: Option<Channels>,
    /// The first sample of the left plane; the right plane follows on it.
    at: usize,
}

/// The frames of all sources that a node sends in one tick. It is made and filled on a control or network thread, and goes to
/// the audio thread and back in its box.
#[derive(Debug)]
pub(crate) struct TickFrame {
    /// The number of the tick at its node.
    pub tick: u64,
    /// Samples of a plane.
    frames: usize,
    sources: Vec<SourceFrame>,
    most_sources: usize,
    samples: Vec<f32>,
    /// How many samples are in use.
    filled: usize,
    audible: bool,
}

impl TickFrame {
    /// With room for so many sources and planes, of `frames` samples each, at least one. Control side: allocates.
    pub fn new(sources: usize, planes: usize, frames: usize) -> Self {
        let frames = frames.max(1);
        let nobody = Told { key: ParticipantKey::NOBODY, active: false, muted: false, mean_square: 0.0 };
        Self {
            tick: 0,
            frames,
            sources: room(sources, SourceFrame { told: nobody, channels: None, at: 0 }),
            most_sources: sources,
            samples: filled(planes * frames, 0.0),
            filled: 0,
            audible: false,
        }
    }

    /// Begins another tick, with no source yet.
    pub fn clear(&mut self, tick: u64) {
        (self.tick, self.filled, self.audible) = (tick, 0, false);
        self.sources.clear();
    }

    /// Adds a source without samples: it is silent. `false` if there is no room.
    pub fn push_silent(&mut self, told: Told) -> bool {
        self.add(SourceFrame { told, channels: None, at: self.filled })
    }

    /// Adds a source; `fill` writes its samples into planes that hold old ones. `false` if there is no room, or if a sample is
    /// NaN, infinite or past the limit of a frame: then the source is not in this tick.
    pub fn push(&mut self, told: Told, channels: Channels, fill: impl FnOnce(PlanesMut<'_>)) -> bool {
        let (at, frames) = (self.filled, self.frames);
        let Some(planes) = self.samples.get_mut(at..at + channels.count() * frames) else { return false };
        let (left, right) = planes.split_at_mut(frames);
        fill(PlanesMut { left, right: (channels == Channels::Stereo).then_some(right) });
        let is_sound = |sample: &f32| sample.abs() <= Frame::LIMIT;
        if !planes.iter().all(is_sound) || !self.add(SourceFrame { told, channels: Some(channels), at }) {
            return false;
        }
        self.filled += channels.count() * frames;
        self.audible |= self.samples[at..self.filled].chunks(frames).any(|plane| mean_square(plane) > SILENT_SQUARE);
        true
    }

    fn add(&mut self, source: SourceFrame) -> bool {
        let fits = self.sources.len() < self.most_sources;
        if fits {
            self.sources.push(source);
        }
        fits
    }

    /// All sources, in the order in which they were added.
    pub fn sources(&self) -> &[SourceFrame] {
        &self.sources
    }

    /// Whether there is no room for another source.
    pub fn is_full(&self) -> bool {
        self.sources.len() >= self.most_sources
    }

    /// Whether there is room for so many sources and planes.
    pub fn has_room(&self, sources: usize, planes: usize) -> bool {
        sources <= self.most_sources && planes * self.frames <= self.samples.len()
    }

    /// Samples of a plane.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// The samples of one of its sources; `None` if it is silent.
    pub fn planes(&self, source: &SourceFrame) -> Option<Planes<'_>> {
        let plane = |number: usize| {
            let at = source.at + number * self.frames;
            self.samples.get(at..at + self.frames).unwrap_or_default()
        };
        source
            .channels
            .map(|channels| Planes { left: plane(0), right: (channels == Channels::Stereo).then(|| plane(1)) })
    }

    /// The source with a key. It is looked for from the place `hint` on, which becomes its place: sources keep their order
    /// from tick to tick.
    pub fn find(&self, key: ParticipantKey, hint: &mut usize) -> Option<&SourceFrame> {
        let (before, behind) = self.sources.split_at((*hint).min(self.sources.len()));
        let is = |source: &&SourceFrame| source.told.key == key;
        let places = || behind.iter().zip(before.len()..).chain(before.iter().zip(0..));
        let (source, place) = places().find(|(source, _)| is(source))?;
        *hint = place;
        Some(source)
    }

    /// Whether any of its sources is louder than -80 dBFS.
    pub fn is_audible(&self) -> bool {
        self.audible
    }

    /// The mean squares that are told, added up.
    pub fn square(&self) -> f32 {
        let sum: f32 = self.sources.iter().map(|source| source.told.mean_square.max(0.0) as f32).sum();
        // What a source tells may be anything.
        sum.min(Frame::LIMIT)
    }
}

impl SourceFrame {
    /// Whether it has a left and a right plane.
    pub fn is_stereo(&self) -> bool {
        self.channels == Some(Channels::Stereo)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(slot: u32) -> Told {
        let key = ParticipantKey { mixer: 1, slot, stay: 0 };
        Told { key, active: true, muted: false, mean_square: 0.25 }
    }

    fn set(left: f32, right: f32) -> impl FnOnce(PlanesMut<'_>) {
        move |planes| {
            planes.left.fill(left);
            planes.right.into_iter().for_each(|plane| plane.fill(right));
        }
    }

    #[test]
    fn sources_come_back_as_they_were_put_in() {
        let mut frame = TickFrame::new(3, 3, 2);
        frame.clear(7);
        assert!(frame.push_silent(told(1)) && !frame.is_audible());
        assert!(frame.push(told(2), Channels::Stereo, set(0.5, -0.5)));
        assert!(frame.push(told(3), Channels::Mono, set(0.25, 9.0)) && frame.is_audible());
        let planes = |at: usize| frame.planes(&frame.sources()[at]);
        assert!(planes(0).is_none());
        assert_eq!(planes(1).map(|planes| (planes.left, planes.right)), Some((&[0.5; 2][..], Some(&[-0.5; 2][..]))));
        assert_eq!(planes(2).map(|planes| (planes.left, planes.right)), Some((&[0.25; 2][..], None)));
        assert_eq!((frame.square(), frame.tick), (0.75, 7));
        frame.clear(8);
        assert!(frame.sources().is_empty() && !frame.is_audible());
    }

    #[test]
    fn a_source_is_found_from_any_place() {
        let mut frame = TickFrame::new(3, 0, 2);
        (0..3).for_each(|slot| assert!(frame.push_silent(told(slot))));
        for mut hint in [0, 1, 2, 3, 99] {
            assert_eq!(frame.find(told(1).key, &mut hint).map(|source| source.told), Some(told(1)));
            assert_eq!(hint, 1);
        }
        assert!(frame.find(told(9).key, &mut 0).is_none());
    }

    #[test]
    fn what_has_no_room_or_is_no_sound_is_not_taken() {
        let mut frame = TickFrame::new(2, 1, 2);
        assert!(!frame.push(told(1), Channels::Stereo, set(0.0, 0.0)), "one plane");
        for bad in [f32::NAN, f32::INFINITY, 2e6] {
            assert!(!frame.push(told(1), Channels::Mono, set(bad, 0.0)));
        }
        assert!(frame.sources().is_empty());
        assert!(frame.push(told(1), Channels::Mono, set(1e6, 0.0)) && frame.push_silent(told(2)));
        assert!(!frame.push_silent(told(3)), "two sources");
    }
}
