//! What is played where samples are missing: [`Concealment`] goes on with the last period of what was heard, and fades
//! it out. The method is that of ITU-T G.711, appendix I ("A high quality low-complexity algorithm for packet loss
//! concealment with G.711"): find the period, repeat it with an overlap at its seam, take more periods the longer it
//! lasts, hold the level for 10 ms and then let it fall. Nothing here allocates but [`Concealment::new`].

use super::{history::History, likeness::Likeness, mover::mean_square};
use crate::data::{
    channels::{Channels, Planes, PlanesMut},
    memory::filled,
};

/// The shortest and the longest period of a voice.
const SHORTEST_MS: f64 = 2.5;
const LONGEST_MS: f64 = 15.0;
/// The length over which two periods are compared.
const WINDOW_MS: f64 = 10.0;
/// How much is remembered of what was heard.
const MEMORY_MS: f64 = 40.0;
/// How long the level holds, and after how long it has fallen to nothing.
const HOLD_MS: f64 = 10.0;
pub(crate) const SILENT_MS: f64 = 80.0;
/// What was no louder than -80 dBFS is silence.
const SILENT_SQUARE: f32 = 1e-8;
/// A sound that is less like itself a period ago is a noise: longer pieces of it are repeated.
const VOICED: f32 = 0.3;

#[derive(Debug)]
pub(crate) struct Concealment {
    ms: f64,
    history: History,
    likeness: Likeness,
    /// The last samples of each channel, made ready to be repeated.
    patterns: Vec<Vec<f32>>,
    /// The mean of the channels.
    mean: Vec<f32>,
    /// The piece that is repeated: the last samples of the patterns.
    period: usize,
    /// For each channel the step at the first seam, from the last sample that was heard to the pattern; and over how
    /// many samples it falls to 0.
    offsets: [f32; 2],
    seam: usize,
    /// No sample is greater than what was heard.
    peaks: [f32; 2],
    /// How many samples it has gone on.
    played: usize,
}

impl Concealment {
    pub fn new(rate_hz: u32, channels: Channels) -> Self {
        let ms = f64::from(rate_hz) / 1000.0;
        let memory = (MEMORY_MS * ms).ceil() as usize;
        Self {
            ms,
            history: History::new(memory, channels),
            likeness: Likeness::new(rate_hz, memory),
            patterns: (0..channels.count()).map(|_| filled(memory, 0.0)).collect(),
            mean: filled(memory, 0.0),
            period: 1,
            offsets: [0.0; 2],
            seam: 1,
            peaks: [0.0; 2],
            played: 0,
        }
    }

    /// Samples were heard. For every sample, concealed ones too.
    pub fn hear(&mut self, played: Planes<'_>) {
        self.history.push(played);
    }

    /// The same, where all of them are silence.
    pub fn hear_silence(&mut self, played: Planes<'_>) {
        self.history.push_silence(played);
    }

    /// As if nothing but silence had been heard.
    pub fn forget(&mut self) {
        self.history.clear();
    }

    /// The next sample is missing. `false` if what was heard last was silence, which goes on by itself.
    pub fn begin(&mut self) -> bool {
        self.played = 0;
        let (memory, channels) = (self.mean.len(), self.patterns.len());
        for (channel, pattern) in self.patterns.iter_mut().enumerate() {
            self.history.copy(channel, pattern);
        }
        let recent = memory - (WINDOW_MS * self.ms) as usize;
        if self.patterns.iter().all(|pattern| mean_square(&pattern[recent..]) <= SILENT_SQUARE) {
            return false;
        }
        let right = &self.patterns[channels - 1];
        for ((mean, left), right) in self.mean.iter_mut().zip(&self.patterns[0]).zip(right) {
            *mean = 0.5 * (left + right);
        }
        self.period = self.find_period().clamp(1, memory / 2);
        self.seam = (self.period / 4).max(1);
        let start = memory - self.period;
        for (pattern, peak) in self.patterns.iter().zip(&mut self.peaks) {
            *peak = pattern.iter().fold(0.0, |peak, sample| sample.abs().max(peak));
        }
        for (pattern, offset) in self.patterns.iter_mut().zip(&mut self.offsets) {
            *offset = pattern[memory - 1] - pattern[start - 1];
            // The end of the piece turns into what led to its beginning: it can follow on itself.
            for at in 0..self.seam {
                let weight = (at + 1) as f32 / self.seam as f32;
                let (here, before) = (memory - self.seam + at, start - self.seam + at);
                pattern[here] += weight * (pattern[before] - pattern[here]);
            }
        }
        true
    }

    fn find_period(&mut self) -> usize {
        let of = |ms: f64| (ms * self.ms).round().max(1.0) as usize;
        let (shortest, longest, window) = (of(SHORTEST_MS), of(LONGEST_MS), of(WINDOW_MS));
        let end = self.mean.len();
        let among = &self.mean[end - window - longest..end - shortest];
        let found = self.likeness.best(&self.mean[end - window..], among);
        if found.likeness < VOICED { longest } else { longest - found.shift }
    }

    /// Whether there is nothing more to go on with.
    pub fn is_silent(&self) -> bool {
        self.played as f64 >= SILENT_MS * self.ms
    }

    /// Writes the frames `from..to` of `out`.
    pub fn go_on(&mut self, out: &mut PlanesMut<'_>, from: usize, to: usize) {
        let last = self.patterns.len() - 1;
        self.write(0, &mut out.left[from..to]);
        if let Some(right) = &mut out.right {
            self.write(last, &mut right[from..to]);
        }
        self.played += to - from;
    }

    fn write(&self, channel: usize, out: &mut [f32]) {
        let pattern = &self.patterns[channel];
        let start = pattern.len() - self.period;
        for (sample, at) in out.iter_mut().zip(self.played..) {
            let left = 1.0 - at as f32 / self.seam as f32;
            let joined = pattern[start + at % self.period] + self.offsets[channel] * left.max(0.0);
            *sample = joined.min(self.peaks[channel]).max(-self.peaks[channel]) * self.gain(at);
        }
    }

    fn gain(&self, at: usize) -> f32 {
        let ms = at as f64 / self.ms;
        ((SILENT_MS - ms) / (SILENT_MS - HOLD_MS)).clamp(0.0, 1.0) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn go_on(concealment: &mut Concealment, frames: usize) -> Vec<f32> {
        let mut left = vec![9.0; frames];
        concealment.go_on(&mut PlanesMut { left: &mut left, right: None }, 0, frames);
        left
    }

    #[test]
    fn a_tone_goes_on_in_phase_and_fades() {
        let tone = |at: usize| 0.5 * (std::f32::consts::TAU * 150.0 * at as f32 / 8000.0).sin();
        let mut concealment = Concealment::new(8000, Channels::Mono);
        let heard: Vec<f32> = (0..800).map(tone).collect();
        concealment.hear(Planes { left: &heard, right: None });
        assert!(concealment.begin());
        let made = go_on(&mut concealment, 640);
        assert!(made[..80].iter().zip(800..).all(|(made, at)| (made - tone(at)).abs() < 0.05));
        let loudest = |part: &[f32]| part.iter().fold(0.0_f32, |most, sample| most.max(sample.abs()));
        assert!(loudest(&made[320..400]) < 0.35 && loudest(&made[600..]) < 0.05);
        assert!(concealment.is_silent());
        assert_eq!(go_on(&mut concealment, 10), [0.0; 10]);
    }

    #[test]
    fn nothing_heard_goes_on_as_silence() {
        let mut concealment = Concealment::new(1000, Channels::Stereo);
        assert!(!concealment.begin(), "silence goes on by itself");
        let (mut left, mut right) = ([9.0; 7], [9.0; 7]);
        concealment.go_on(&mut PlanesMut { left: &mut left, right: Some(&mut right) }, 2, 7);
        assert_eq!((left[..3].to_vec(), right[2..].to_vec()), (vec![9.0, 9.0, 0.0], vec![0.0; 5]));
    }
}
