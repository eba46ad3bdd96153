//! What the ducked part of a row is multiplied by, sample by sample.

use super::{listener::Listener, worker::Scene};
use crate::{
    data::{envelope::Way, fade::Fade, memory::filled},
    kernel::Tile,
};

/// The envelope of a row, as samples; kept until one is asked for that is not the same.
#[derive(Debug)]
pub(crate) struct Envelope {
    of: Option<(u64, usize, Way, Fade)>,
    samples: Vec<f32>,
}

impl Envelope {
    /// Room for a tick of so many tiles. Allocates: control side.
    pub fn new(panels: usize) -> Self {
        Self { of: None, samples: filled(panels * Tile::SAMPLES, 0.0) }
    }

    /// That of a listener, over `count` samples from the tick's sample `at` on: the ducking envelope, and the move of the rest if the row
    /// as a whole moves.
    pub fn of(&mut self, listener: &Listener, at: usize, count: usize, scene: Scene<'_>) -> &[f32] {
        let fade = if listener.is_unsettled() { listener.gains.unlisted } else { Fade::resting(1.0) };
        self.make(listener, fade, at, count, scene)
    }

    /// That of a listener whose gains move one by one: the ducking envelope alone.
    pub fn of_ducking(&mut self, listener: &Listener, at: usize, count: usize, scene: Scene<'_>) -> &[f32] {
        self.make(listener, Fade::resting(1.0), at, count, scene)
    }

    fn make(&mut self, listener: &Listener, fade: Fade, at: usize, count: usize, scene: Scene<'_>) -> &[f32] {
        let clock = &scene.heard.clock;
        let (now, timing, kernel) = (clock.now + at as u64, clock.timing, scene.shared.kernel);
        let out = &mut self.samples[..count];
        let of = Some((now, count, listener.way, fade));
        if self.of != of {
            self.of = of;
            match fade.moving(now, timing) {
                true => listener.way.fill(out, now, timing, |value, at| (value * fade.value(at, timing)) as f32),
                false => listener.way.fill_times(out, now, timing, fade.target(), kernel),
            }
        }
        out
    }
}
