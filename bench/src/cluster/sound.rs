//! What people send: noise at the level of speech, or of an open microphone.

use crate::signal::noise;

/// How many different frames of each kind there are.
const KINDS: usize = 16;
/// -65 dBFS, beside the -31 of who talks.
const OPEN: f32 = 0.02;

/// The frames.
#[derive(Debug)]
pub struct Sound {
    talking: Vec<Vec<f32>>,
    open: Vec<Vec<f32>>,
}

impl Sound {
    /// All of them.
    pub fn new() -> Self {
        let talking: Vec<_> = (0..KINDS).map(|seed| noise(seed, KINDS)).collect();
        let open = talking.iter().map(|frame| frame.iter().map(|sample| OPEN * sample).collect()).collect();
        Self { talking, open }
    }

    /// The frame of a person.
    pub fn of(&self, person: usize, talks: bool) -> &[f32] {
        let frames = if talks { &self.talking } else { &self.open };
        &frames[person % KINDS]
    }
}
