//! The frames that talkers send: noise at the level of speech.

/// Samples in a tick: 10 ms at 48 kHz.
pub const TICK: usize = 480;
/// The same in seconds.
pub const TICK_SECONDS: f64 = 0.010;

/// The most talkers whose noise at its full level adds up to less than full scale.
const LOUD: f32 = 25.0;

/// A tick of noise, different for every seed. Its level is -31 dBFS; with many talkers it is lower,
/// so that their sum stays below full scale and no limiter acts.
pub fn noise(seed: usize, talkers: usize) -> Vec<f32> {
    let amplitude = 0.1 * (LOUD / talkers as f32).sqrt().min(1.0);
    let mut state = (seed as u32).wrapping_mul(2_654_435_761) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state as f32 / u32::MAX as f32 - 0.5) * amplitude
    };
    (0..TICK).map(|_| next()).collect()
}

/// The same noise as i16.
pub fn noise_i16(seed: usize, talkers: usize) -> Vec<i16> {
    noise(seed, talkers).iter().map(|sample| (sample * 32767.0) as i16).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_noise_at_its_level() {
        let rms = |samples: &[f32]| (samples.iter().map(|s| s * s).sum::<f32>() / TICK as f32).sqrt();
        for seed in [0, 1, 9999] {
            let level = 20.0 * rms(&noise(seed, 4)).log10();
            assert!((-32.0..-30.0).contains(&level), "{seed}: {level}");
        }
        assert_ne!(noise(1, 4), noise(2, 4));
        assert!((rms(&noise(1, 100)) / rms(&noise(1, 25)) - 0.5).abs() < 1e-3);
    }
}
