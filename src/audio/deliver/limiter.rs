//! The limiter of a listener: keeps a mix within full scale, without delay.
//!
//! A peak follower drives a static curve. The follower rises with the signal at once, holds, and then falls
//! at a constant rate in decibels (the attack and release times are those of WebRTC's AGC2 limiter: at once
//! up, 50 dB/s down). The curve is the identity up to the knee. Above it the curve bends towards full scale,
//! which it never reaches; at the knee it is twice continuously differentiable:
//!
//! ```text
//! C(p) = K + (1 - K) f((p - K) / (1 - K)),  f(u) = u / sqrt(1 + u^2),  gain = C(p) / p
//! ```
//!
//! This is a soft knee in amplitude with the feed-forward peak detector of Giannoulis, Massberg and Reiss,
//! "Digital Dynamic Range Compressor Design", JAES 60(6), 2012, with an attack time of 0. Three properties follow:
//! - No sample passes full scale, because the follower is never below the sample and C(p) / p falls with p.
//! - The attack has no step: while the signal rises the output is C(signal), which is continuous and monotone.
//! - While the follower is under the knee the gain is 1, and the samples are not changed.

use std::ops::Range;

use crate::{
    data::{level::Decibels, limiter::LimiterConfig, timing::Timing},
    dsp::{Curve, Kernel, Least, SHAPED},
};

/// The greatest peak that the follower keeps, +24 dBFS: one wild sample must not turn a listener down for long.
const MOST: f64 = 16.0;

/// The figures of a mixer's limiter, in the units of the audio side.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limiter {
    knee: f64,
    hold: u32,
    /// The factors by which the follower falls over 1, 2, ... samples.
    release: [f64; SHAPED],
    curve: Curve,
}

/// The state of one listener's limiter. Equal states and equal mixes give equal samples.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct LimiterState {
    /// The peak follower; 0 at rest, when it is under the knee.
    peak: f64,
    /// Samples for which the follower still holds.
    held: u32,
}

/// What the limiter does to a chunk of samples.
enum Course {
    /// The samples pass unchanged.
    Passes,
    /// One gain for all samples.
    Holds(f32),
    /// Each sample has the gain of its own follower.
    Moves([f32; SHAPED]),
}

impl LimiterState {
    pub fn at_rest(&self) -> bool {
        self.peak == 0.0
    }

    /// The state as bits, for a hash of a mix.
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

    /// Whether a mix with this peak passes unchanged.
    pub fn passes(&self, state: &LimiterState, peak: f32) -> bool {
        state.at_rest() && f64::from(peak) <= self.knee
    }

    /// Limits the samples of one tick in all channels, which have the same length. All channels have the same
    /// gain, that of the loudest, so that the stereo image stays where it is. Returns the least gain that was applied.
    pub fn limit(&self, state: &mut LimiterState, channels: &mut [&mut [f32]], kernel: Kernel) -> f32 {
        let mut least = Least::NONE;
        let count = channels.first().map_or(0, |samples| samples.len());
        for at in (0..count).step_by(SHAPED) {
            self.limit_chunk(state, channels, at..(at + SHAPED).min(count), &mut least, kernel);
        }
        least.gain()
    }

    /// Limits up to [`SHAPED`] samples of each channel.
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

    /// Moves the follower on by the first `count` magnitudes, of which `peak` is the greatest.
    fn follow_all(&self, state: &mut LimiterState, magnitudes: &[f32; SHAPED], peak: f32, count: usize) -> Course {
        if self.passes(state, peak) {
            return Course::Passes;
        }
        let mut followers = [0.0; SHAPED];
        let (magnitude, length) = (f64::from(peak), count as u32);
        let released = state.peak * self.release[count - 1];
        if magnitude < state.peak && state.held >= length {
            // The follower holds over all samples: they have one gain.
            state.held -= length;
            return Course::Holds(self.curve.gain(state.peak as f32));
        } else if magnitude < released && state.held == 0 && released > self.knee {
            // The follower falls over all samples.
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

    /// Moves the follower on by a tick of silence, as [`limit`](Self::limit) would.
    pub fn limit_silence(&self, state: &mut LimiterState, samples: usize) {
        let held = state.held.min(samples as u32);
        state.held -= held;
        state.peak *= self.release[0].powi((samples as u32 - held) as i32);
        self.settle(state);
    }

    /// Moves the follower on by one sample. Returns the follower for that sample.
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

    /// Brings the follower to rest once it is at the knee or under it.
    fn settle(&self, state: &mut LimiterState) {
        if state.peak <= self.knee {
            *state = LimiterState::default();
        }
    }
}

/// Up to [`SHAPED`] samples, padded with zeros.
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
    fn samples_under_the_knee_are_not_changed() {
        let mut samples = sine(0.89, 4800);
        let (before, mut state) = (samples.clone(), LimiterState::default());
        assert_eq!(limit(&limiter(), &mut state, &mut samples), 1.0);
        assert_eq!(samples, before);
        assert!(state.at_rest());
    }

    #[test]
    fn no_sample_passes_full_scale() {
        for amplitude in [1.0, 2.0, 100.0, 1e30] {
            let mut samples = sine(amplitude, 4800);
            limit(&limiter(), &mut LimiterState::default(), &mut samples);
            assert!(samples.iter().all(|sample| sample.abs() <= 1.0), "{amplitude}");
        }
    }

    #[test]
    fn in_an_attack_the_output_steps_no_further_than_the_input() {
        let (input, mut output) = (sine(4.0, 480), sine(4.0, 480));
        limit(&limiter(), &mut LimiterState::default(), &mut output);
        for (n, (x, y)) in input.windows(2).zip(output.windows(2)).enumerate() {
            assert!((y[1] - y[0]).abs() <= (x[1] - x[0]).abs() + 1e-6, "sample {n}");
        }
    }

    #[test]
    fn the_release_is_smooth_and_ends_after_the_hold_and_the_fall() {
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
        let recovered = gains.iter().position(|gain| *gain == 1.0).expect("the gain returns to 1");
        assert!((7200..7900).contains(&recovered), "{recovered}");
        assert!(state.at_rest());
    }

    #[test]
    fn a_tick_of_silence_moves_the_follower_like_its_samples() {
        let (limiter, mut state) = (limiter(), LimiterState::default());
        limit(&limiter, &mut state, &mut [1.5]);
        let mut by_formula = state;
        limit(&limiter, &mut state, &mut [0.0; 1000]);
        limiter.limit_silence(&mut by_formula, 1000);
        assert!((state.peak - by_formula.peak).abs() < 1e-12 && state.held == by_formula.held);
    }

    #[test]
    fn a_tick_is_limited_like_its_samples_one_by_one() {
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
    fn a_knee_at_full_scale_clips_at_full_scale_only() {
        let hard = Limiter::new(LimiterConfig { knee: Decibels(0.0), ..LimiterConfig::default() }, &TIMING);
        let (mut samples, mut state) = ([1.0, -1.0, 2.0, -0.5], LimiterState::default());
        limit(&hard, &mut state, &mut samples[..2]);
        assert!(state.at_rest());
        limit(&hard, &mut state, &mut samples[2..]);
        assert_eq!(samples, [1.0, -1.0, 1.0, -0.25]);
    }

    #[test]
    fn a_sample_over_the_falling_follower_is_followed_at_once() {
        let (limiter, mut state) = (limiter(), LimiterState::default());
        limit(&limiter, &mut state, &mut [1.5]);
        limiter.limit_silence(&mut state, 1000);
        assert!(state.held == 0 && (1.4..1.5).contains(&state.peak));
        limit(&limiter, &mut state, &mut [1.5]);
        assert_eq!((state.peak, state.held), (1.5, 480));
    }

    #[test]
    fn a_mix_up_to_the_knee_passes_while_the_follower_rests() {
        let (limiter, resting) = (limiter(), LimiterState::default());
        let held = LimiterState { peak: 1.5, held: 3 };
        assert_eq!([0.89, 0.9].map(|peak| limiter.passes(&resting, peak)), [true, false]);
        assert!(!limiter.passes(&held, 0.1));
        assert_eq!((resting.bits(), held.bits()), ([0, 0], [1.5_f64.to_bits(), 3]));
    }
}
