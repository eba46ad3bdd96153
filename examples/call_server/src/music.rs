//! The call's hold music: a chord of four notes, one after the other, again and again.

use std::f32::consts::TAU;

use mixminus::{Frame, stream::Clip};

use crate::room::SAMPLE_RATE;

/// The notes, in Hz: C, E, G and the C above.
const NOTES: [f32; 4] = [261.63, 329.63, 392.0, 523.25];
/// How long each lasts.
const NOTE_MS: u32 = 400;
/// The greatest amplitude: -20 dBFS.
const LEVEL: f32 = 0.1;
/// The part of a note in which it comes, and in which it goes.
const EDGE: f32 = 0.25;

/// The music, which ends where it begins.
pub fn clip() -> Clip {
    let length = (SAMPLE_RATE * NOTE_MS / 1000) as usize;
    let sample = |note: f32, at: usize| {
        let (part, phase) = (at as f32 / length as f32, at as f32 * note / SAMPLE_RATE as f32);
        LEVEL * (part.min(1.0 - part) / EDGE).min(1.0) * (TAU * phase).sin()
    };
    let samples: Vec<f32> = NOTES.iter().flat_map(|note| (0..length).map(move |at| sample(*note, at))).collect();
    Clip::new(Frame::mono(&samples), SAMPLE_RATE, SAMPLE_RATE).expect("finite samples at the mixer's rate")
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_lasts_as_long_as_its_notes() {
        assert_eq!(super::clip().duration_ms(), 1600.0);
    }
}
