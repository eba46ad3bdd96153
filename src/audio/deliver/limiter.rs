//! The limiter of a listener: keeps a mix inside full scale, without delay.
//!
//! A peak follower drives a static curve. The follower rises with the signal at once, holds, then falls at a constant rate in
//! decibels (the measures of WebRTC's AGC2 limiter: at once up, 50 dB/s down). The curve is the identity up to the knee,
//! and above it bends towards full scale, which it never reaches, twice continuously differentiable at the knee:
//!
//! C(p) = K + (1 - K) f((p - K) / (1 - K)),  f(u) = u / sqrt(1 + u^2),  gain = C(p) / p
//!
//! (a soft knee in amplitude with the feed-forward peak detector of Giannoulis, Massberg and Reiss, "Digital Dynamic Range
//! Compressor Design", JAES 60(6), 2012, attack time 0.) The follower is never below the sample and C(p) / p falls with p, so
//! no sample passes full scale; while the signal rises its output is C(signal), a continuous and monotone function of it, so
//! that the attack has no step; and gain is 1, and the samples untouched, as long as the follower is under the knee.

use std::ops::Range;

use crate::{
    data::{level::Decibels, limiter::LimiterConfig, timing::Timing},
    dsp::{Curve, Kernel, Least, SHAPED},
};

/// The loudest peak that is remembered, +24 dBFS: one wild sample must not hold a listener down for long.
const MOST: f64 = 16.0;

/// The figures, in the units of the audio side.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limiter {
    knee: f64,
    hold: u32,
    /// Factors of the follower from one sample to the next ones.
    release: [f64; SHAPED],
    curve: Curve,
}

/// What one listener's limiter remembers. Equal states and equal mixes give equal samples.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct LimiterState {
    /// The peak follower; 0 at rest, under the knee.
    peak: f64,
    /// Samples for which it still holds.
    held: u32,
}

/// What a limiter does to some samples.
enum Course {
    /// Nothing.
    Passes,
    /// One gain for all of them.
    Holds(f32),
    /// The gain that the curve has for each follower.
    Moves([f32; SHAPED]),
}

impl LimiterState {
    pub fn at_rest(&self) -> bool {
        self.peak == 0.0
    }

    /// For a hash of a mix.
    pub fn bits(&self) -> [u64; 2] {
        [self.peak.to_bits(), u64::from(self.held)]
    }
}

impl Limiter {
    pub fn new(config: LimiterConfig, timing: &Timing) -> Self {
        let release = Decibels(-config.release_db_per_s / f64::from(timing.rate)).amplitude();
        Self {
            knee: config.knee.amplitude(),
            hold: timing.samples(config.hold_ms).round() as u32,
            release: std::array::from_fn(|n| release.powi(n as i32 + 1)),
            curve: Curve::new(config.knee.amplitude()),
        }
    }

    /// Whether a mix of that peak passes as it is.
    pub fn passes(&self, state: &LimiterState, peak: f32) -> bool {
        state.at_rest() && f64::from(peak) <= self.knee
    }

    /// Limits the samples of one tick in all channels, which are as long: by one gain, that of the loudest channel, so that
    /// nothing moves to a side. The least gain that it applied.
    pub fn limit(&self, state: &mut LimiterState, channels: &mut [&mut [f32]], kernel: Kernel) -> f32 {
        let mut least = Least::NONE;
        let count = channels.first().map_or(0, |samples| samples.len());
        for at in (0..count).step_by(SHAPED) {
            self.limit_chunk(state, channels, at..(at + SHAPED).min(count), &mut least, kernel);
        }
        least.gain()
    }

    /// Limits up to [`SHAPED`] samples.
    fn limit_chunk(
        &self,
        state: &mut LimiterState,
        channels: &mut [&mut [f32]],
        range: Range<usize>,
        least: &mut Least,
        kernel: Kernel,
    ) {
        let (count, mut loudest, mut peak) = (range.len(), [0.0; SHAPED], 0.0_f32);
        for samples in channels.iter() {
            peak = peak.max(kernel.raise(&padded(&samples[range.clone()]), &mut loudest));
        }
        match self.follow_all(state, &loudest, peak, count) {
            Course::Passes => {}
            Course::Holds(gain) => {
                let samples = channels.iter_mut().flat_map(|samples| &mut samples[range.clone()]);
                samples.for_each(|sample| *sample = (*sample * gain).clamp(-1.0, 1.0));
                least.see(gain);
            }
            Course::Moves(followers) => {
                for samples in channels.iter_mut() {
                    let samples = &mut samples[range.clone()];
                    let mut chunk = padded(samples);
                    kernel.shape(&mut chunk, &followers, self.curve, least);
                    samples.copy_from_slice(&chunk[..count]);
                }
            }
        }
    }

    /// Moves the follower on by the first `count` of some magnitudes, of which `peak` is the greatest.
    fn follow_all(&self, state: &mut LimiterState, magnitudes: &[f32; SHAPED], peak: f32, count: usize) -> Course {
        if self.passes(state, peak) {
            return Course::Passes;
        }
        let mut followers = [0.0; SHAPED];
        let (magnitude, length) = (f64::from(peak), count as u32);
        let released = state.peak * self.release[count - 1];
        if magnitude < state.peak && state.held >= length {
            // Nothing but the hold goes on: one gain for all of them.
            state.held -= length;
            return Course::Holds(self.curve.gain(state.peak as f32));
        } else if magnitude < released && state.held == 0 && released > self.knee {
            // It falls over all of them.
            for (follower, release) in followers.iter_mut().zip(&self.release) {
                *follower = (state.peak * release) as f32;
            }
            state.peak = released;
        } else {
            for (follower, magnitude) in followers.iter_mut().zip(magnitudes).take(count) {
                *follower = self.follow(state, f64::from(*magnitude)) as f32;
            }
        }
        Course::Moves(followers)
    }

    /// One tick of silence passes: the follower goes on as `limit` would take it.
    pub fn limit_silence(&self, state: &mut LimiterState, samples: usize) {
        let held = state.held.min(samples as u32);
        state.held -= held;
        state.peak *= self.release[0].powi((samples as u32 - held) as i32);
        self.settle(state);
    }

    /// Moves the follower on by one sample. Where it stands for that one.
    fn follow(&self, state: &mut LimiterState, magnitude: f64) -> f64 {
        if magnitude >= state.peak {
            if magnitude > self.knee {
                *state = LimiterState { peak: magnitude.min(MOST), held: self.hold };
            }
            return magnitude;
        } else if state.held > 0 {
            state.held -= 1;
        } else {
            state.peak = (state.peak * self.release[0]).max(magnitude);
            self.settle(state);
        }
        state.peak
    }

    fn settle(&self, state: &mut LimiterState) {
        if state.peak <= self.knee {
            *state = LimiterState::default();
        }
    }
}

/// Up to [`SHAPED`] samples, and zeros.
fn padded(samples: &[f32]) -> [f32; SHAPED] {
    let mut padded = [0.0; SHAPED];
    padded[..samples.len()].copy_from_slice(samples);
    padded
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMING: Timing = Timing { rate: 48_000, tick: 480, smoothing: 480 };

    fn limit(limiter: &Limiter, state: &mut LimiterState, samples: &mut [f32]) -> f32 {
        limiter.limit(state, &mut [samples], Kernel::detect())
    }

    fn limiter() -> Limiter {
        Limiter::new(LimiterConfig::default(), &TIMING)
    }

    fn sine(amplitude: f32, samples: usize) -> Vec<f32> {
        (0..samples).map(|n| amplitude * (n as f32 * 0.1309).sin()).collect()
    }

    #[test]
    fn touches_nothing_under_its_knee() {
        let mut samples = sine(0.89, 4800);
        let (before, mut state) = (samples.clone(), LimiterState::default());
        assert_eq!(limit(&limiter(), &mut state, &mut samples), 1.0);
        assert_eq!(samples, before);
        assert!(state.at_rest());
    }

    #[test]
    fn nothing_passes_full_scale() {
        for amplitude in [1.0, 2.0, 100.0, 1e30] {
            let mut samples = sine(amplitude, 4800);
            limit(&limiter(), &mut LimiterState::default(), &mut samples);
            assert!(samples.iter().all(|sample| sample.abs() <= 1.0), "{amplitude}");
        }
    }

    #[test]
    fn an_attack_steps_no_further_than_the_signal_does() {
        let (input, mut output) = (sine(4.0, 480), sine(4.0, 480));
        limit(&limiter(), &mut LimiterState::default(), &mut output);
        for (n, (x, y)) in input.windows(2).zip(output.windows(2)).enumerate() {
            assert!((y[1] - y[0]).abs() <= (x[1] - x[0]).abs() + 1e-6, "sample {n}");
        }
    }

    #[test]
    fn release_is_smooth_and_takes_its_time() {
        let (limiter, mut state) = (limiter(), LimiterState::default());
        limit(&limiter, &mut state, &mut [2.0]);
        let gains: Vec<f64> = (0..48_000)
            .map(|_| {
                let mut sample = [0.01];
                limit(&limiter, &mut state, &mut sample);
                f64::from(sample[0]) / f64::from(0.01_f32)
            })
            .collect();
        assert!(gains.windows(2).all(|pair| pair[1] >= pair[0] - 1e-6 && pair[1] - pair[0] < 1e-3));
        // Hold 10 ms, then the 7 dB from +6 dBFS to the knee at 50 dB/s: 150 ms.
        let recovered = gains.iter().position(|gain| *gain == 1.0).expect("it recovers");
        assert!((7200..7900).contains(&recovered), "{recovered}");
    }

    #[test]
    fn silence_passes_like_any_other_signal() {
        let (limiter, mut state) = (limiter(), LimiterState::default());
        limit(&limiter, &mut state, &mut [1.5]);
        let mut in_short = state;
        limit(&limiter, &mut state, &mut [0.0; 1000]);
        limiter.limit_silence(&mut in_short, 1000);
        assert!((state.peak - in_short.peak).abs() < 1e-12 && state.held == in_short.held);
    }

    #[test]
    fn samples_together_are_limited_like_samples_one_by_one() {
        let (limiter, mut together, mut alone) = (limiter(), LimiterState::default(), LimiterState::default());
        for (n, amplitude) in [0.5, 1.5, 1.4, 0.2, 3.0, 0.9, 0.0, 1.0].into_iter().enumerate() {
            let mut samples = sine(amplitude, 700 + n);
            let mut one_by_one = samples.clone();
            limit(&limiter, &mut together, &mut samples);
            one_by_one.iter_mut().for_each(|sample| {
                limit(&limiter, &mut alone, std::slice::from_mut(sample));
            });
            assert!(samples.iter().zip(&one_by_one).all(|(a, b)| (a - b).abs() <= 1e-6 * b.abs()));
            assert!((together.peak - alone.peak).abs() <= 1e-12 && together.held == alone.held);
        }
    }

    #[test]
    fn a_knee_at_full_scale_is_hard() {
        let hard = Limiter::new(LimiterConfig { knee: Decibels(0.0), ..LimiterConfig::default() }, &TIMING);
        let mut samples = [1.0, -1.0, 2.0, -0.5];
        limit(&hard, &mut LimiterState::default(), &mut samples);
        assert_eq!(samples, [1.0, -1.0, 1.0, -0.25]);
    }
}
