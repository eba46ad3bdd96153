//! The speech detector: a small neural network that listens at 16 kHz, and the resampler that brings a source
//! there. Feature `vad`.

use std::fmt;

use rubato::{Fft, FixedSync, Resampler, WindowFunction, audioadapter_buffers::direct::InterleavedSlice};

use super::{channels::Channel, frame::Frame, memory::filled, speech_judge::SpeechJudge, timing::Timing};

/// The sample rate of the network, in Hz.
const RATE: usize = 16_000;
/// Samples for which the network has one score: 16 ms.
const WINDOW: usize = 256;

pub(crate) struct SpeechModel {
    threshold: f32,
    network: Box<earshot::Detector>,
    resampler: Fft<f32>,
    /// Samples at the mixer's rate that wait until they fill a window.
    waiting: Vec<f32>,
    count: usize,
    window: [f32; WINDOW],
    /// The last score: 0 for no speech, 1 for speech.
    score: f32,
}

impl fmt::Debug for SpeechModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpeechModel")
            .field("threshold", &self.threshold)
            .field("score", &self.score)
            .finish_non_exhaustive()
    }
}

impl SpeechModel {
    /// Allocates: control side.
    pub fn new(threshold: f32, timing: &Timing) -> Self {
        // Rounded to 100 Hz, the blocks of the resampler last 10 ms, or about a window, at most. The change
        // of pitch is too small to matter to the network.
        let rate = ((timing.rate as usize + 50) / 100 * 100).max(100);
        let window = WindowFunction::BlackmanHarris2;
        let resampler = Fft::new_custom(rate, RATE, WINDOW, 1, 1, window, FixedSync::Output);
        let resampler = resampler.expect("no rate and no size is 0");
        let waiting = filled(resampler.input_frames_max(), 0.0);
        let network = Box::<earshot::Detector>::default();
        let mut model = Self { threshold, network, resampler, waiting, count: 0, window: [0.0; WINDOW], score: 0.0 };
        // Everything runs here before it is shipped, so that its first use on the audio thread makes no system call.
        (0..2).for_each(|_| model.hear_window());
        model.network.reset();
        model.resampler.reset();
        model.score = 0.0;
        model
    }

    /// Adds a frame to the windows, and calls `see` with the score of each window that it fills.
    fn each_window(&mut self, frame: &Frame<'_>, mut see: impl FnMut(f32)) {
        for at in 0..frame.len().unwrap_or_default() {
            if let Some(free) = self.waiting.get_mut(self.count) {
                // The network takes samples of up to full scale only.
                *free = frame.sample(Channel::Mono, at).clamp(-1.0, 1.0);
                self.count += 1;
            }
            // One block of the resampler may be longer than a window: then a second window is full.
            for _ in 0..2 {
                if self.count >= self.resampler.input_frames_next() {
                    self.hear_window();
                    see(self.score);
                }
            }
        }
    }

    /// Brings the waiting samples to 16 kHz and scores them.
    fn hear_window(&mut self) {
        let needed = self.resampler.input_frames_next();
        self.count = 0;
        let input = InterleavedSlice::new(&self.waiting, 1, needed.min(self.waiting.len()));
        let output = InterleavedSlice::new_mut(&mut self.window, 1, WINDOW);
        let (Ok(input), Ok(mut output)) = (input, output) else { return };
        if self.resampler.process_into_buffer(&input, &mut output, None).is_ok() {
            // The filter of the resampler rings a little past full scale.
            self.window.iter_mut().for_each(|sample| *sample = sample.clamp(-1.0, 1.0));
            self.score = self.network.predict_f32(&self.window);
        }
    }
}

impl SpeechJudge for SpeechModel {
    /// Whether there was speech in any window that this frame filled, or, if it filled none, in the last window.
    fn is_speech(&mut self, frame: &Frame<'_>) -> bool {
        let (before, mut best) = (self.score, None);
        self.each_window(frame, |score| best = Some(best.map_or(score, |best: f32| best.max(score))));
        best.unwrap_or(before) >= self.threshold
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rate_is_scored_once_a_window() {
        for rate in [1000, 8000, 16_000, 22_050, 44_100, 48_000, 96_001, 768_000] {
            let tick = rate as usize / 1000;
            let mut model = SpeechModel::new(0.5, &Timing { rate, tick, smoothing: 0 });
            let frame: Vec<f32> = (0..tick).map(|n| (n as f32 * 0.1).sin()).collect();
            let mut windows = 0;
            (0..1000).for_each(|_| model.each_window(&Frame::from(&frame[..]), |_| windows += 1));
            assert!((60..=64).contains(&windows), "{windows} windows in a second at {rate} Hz");
        }
    }

    #[test]
    fn a_long_tick_is_scored_to_its_end() {
        let mut model = SpeechModel::new(0.5, &Timing { rate: 768_000, tick: 92_160, smoothing: 0 });
        model.is_speech(&Frame::from(&[0.0_f32; 92_160][..]));
        assert!(model.count < model.resampler.input_frames_next());
    }

    #[test]
    fn silence_is_no_speech_and_samples_past_full_scale_keep_the_score_in_range() {
        let mut model = SpeechModel::new(0.5, &Timing { rate: 48_000, tick: 480, smoothing: 0 });
        assert!((0..100).all(|_| !model.is_speech(&Frame::from(&[0.0_f32; 480][..]))));
        let loud: Vec<f32> = (0..480).map(|n| if n % 7 < 3 { 1e20 } else { -1e20 }).collect();
        let _ = model.is_speech(&Frame::from(&loud[..]));
        assert!((0.0..=1.0).contains(&model.score));
    }
}
