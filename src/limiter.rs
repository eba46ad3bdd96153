//! The limiter of a listener: keeps a mix inside full scale. Pure data; no delay.
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

use crate::{
    data::{level::Decibels, timing::Timing},
    kernel::{Curve, Kernel, Least, SHAPED},
};

/// The figures of the limiter that stands behind every mix. Its delay is 0 samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LimiterConfig {
    /// The level up to which nothing is changed: -24 to 0 dBFS. At 0 it only acts on what is past full scale.
    pub knee: Decibels,
    /// How long the gain stays after a peak, 0 to 1000 ms.
    pub hold_ms: f64,
    /// How fast the peak follower falls afterwards, 1 to 1000 dB a second.
    pub release_db_per_s: f64,
}

impl Default for LimiterConfig {
    /// Knee -1 dBFS, hold 10 ms, release 50 dB/s.
    fn default() -> Self {
        Self { knee: Decibels(-1.0), hold_ms: 10.0, release_db_per_s: 50.0 }
    }
}

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
pub(crate) struct Limiting {
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

impl Limiting {
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
    pub fn passes(&self, state: &Limiting, peak: f32) -> bool {
        state.at_rest() && f64::from(peak) <= self.knee
    }

    /// Limits the samples of one tick, of one side or of both, which are as long: by one gain, that of the louder one, so that nothing moves to a side. The least gain
    /// that it applied.
    pub fn limit<const N: usize>(&self, state: &mut Limiting, planes: [&mut [f32]; N], kernel: Kernel) -> f32 {
        let mut least = Least::NONE;
        let mut planes = planes.map(|plane| plane.as_chunks_mut::<SHAPED>());
        let (whole, left) = planes.first().map_or((0, 0), |(chunks, rest)| (chunks.len(), rest.len()));
        for n in 0..whole {
            let chunks = planes.each_mut().map(|(chunks, _)| &mut chunks[n]);
            self.limit_chunk(state, chunks, SHAPED, &mut least, kernel);
        }
        if left > 0 {
            let mut padded = [[0.0; SHAPED]; N];
            padded.iter_mut().zip(&planes).for_each(|(padded, (_, rest))| padded[..left].copy_from_slice(rest));
            self.limit_chunk(state, padded.each_mut(), left, &mut least, kernel);
            planes.iter_mut().zip(&padded).for_each(|((_, rest), padded)| rest.copy_from_slice(&padded[..left]));
        }
        least.gain()
    }

    /// Limits the first `count` of some samples; the others are 0.
    fn limit_chunk<const N: usize>(
        &self,
        state: &mut Limiting,
        planes: [&mut [f32; SHAPED]; N],
        count: usize,
        least: &mut Least,
        kernel: Kernel,
    ) {
        let mut loudest = [0.0; SHAPED];
        let peak = planes.iter().fold(0.0, |peak: f32, plane| peak.max(kernel.raise(plane, &mut loudest)));
        match self.follow_all(state, &loudest, peak, count) {
            Course::Passes => {}
            Course::Holds(gain) => {
                let samples = planes.into_iter().flatten();
                samples.for_each(|sample| *sample = (*sample * gain).clamp(-1.0, 1.0));
                least.see(gain);
            }
            Course::Moves(followers) => {
                planes.into_iter().for_each(|plane| kernel.shape(plane, &followers, self.curve, least));
            }
        }
    }

    /// Moves the follower on by the first `count` of some magnitudes, of which `peak` is the greatest.
    fn follow_all(&self, state: &mut Limiting, magnitudes: &[f32; SHAPED], peak: f32, count: usize) -> Course {
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
    pub fn limit_silence(&self, state: &mut Limiting, samples: usize) {
        let held = state.held.min(samples as u32);
        state.held -= held;
        state.peak *= self.release[0].powi((samples as u32 - held) as i32);
        self.settle(state);
    }

    /// Moves the follower on by one sample. Where it stands for that one.
    fn follow(&self, state: &mut Limiting, magnitude: f64) -> f64 {
        if magnitude >= state.peak {
            if magnitude > self.knee {
                *state = Limiting { peak: magnitude.min(MOST), held: self.hold };
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

    fn settle(&self, state: &mut Limiting) {
        if state.peak <= self.knee {
            *state = Limiting::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMING: Timing = Timing { rate: 48_000, tick: 480, smoothing: 480 };

    fn limit(limiter: &Limiter, state: &mut Limiting, samples: &mut [f32]) -> f32 {
        limiter.limit(state, [samples], Kernel::detect())
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
        let (before, mut state) = (samples.clone(), Limiting::default());
        assert_eq!(limit(&limiter(), &mut state, &mut samples), 1.0);
        assert_eq!(samples, before);
        assert!(state.at_rest());
    }

    #[test]
    fn nothing_passes_full_scale() {
        for amplitude in [1.0, 2.0, 100.0, 1e30] {
            let mut samples = sine(amplitude, 4800);
            limit(&limiter(), &mut Limiting::default(), &mut samples);
            assert!(samples.iter().all(|sample| sample.abs() <= 1.0), "{amplitude}");
        }
    }

    #[test]
    fn an_attack_steps_no_further_than_the_signal_does() {
        let (input, mut output) = (sine(4.0, 480), sine(4.0, 480));
        limit(&limiter(), &mut Limiting::default(), &mut output);
        for (n, (x, y)) in input.windows(2).zip(output.windows(2)).enumerate() {
            assert!((y[1] - y[0]).abs() <= (x[1] - x[0]).abs() + 1e-6, "sample {n}");
        }
    }

    #[test]
    fn release_is_smooth_and_takes_its_time() {
        let (limiter, mut state) = (limiter(), Limiting::default());
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
        let (limiter, mut state) = (limiter(), Limiting::default());
        limit(&limiter, &mut state, &mut [1.5]);
        let mut in_short = state;
        limit(&limiter, &mut state, &mut [0.0; 1000]);
        limiter.limit_silence(&mut in_short, 1000);
        assert!((state.peak - in_short.peak).abs() < 1e-12 && state.held == in_short.held);
    }

    #[test]
    fn samples_together_are_limited_like_samples_one_by_one() {
        let (limiter, mut together, mut alone) = (limiter(), Limiting::default(), Limiting::default());
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
        limit(&hard, &mut Limiting::default(), &mut samples);
        assert_eq!(samples, [1.0, -1.0, 1.0, -0.25]);
    }
}
