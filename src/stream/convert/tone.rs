//! The ears of the sound quality tests: tones, and the rest beside them.

use std::f64::consts::TAU;

/// The sum of sines of `amplitude`, at the frequencies `tones` in turns a sample.
pub(super) fn chord(tones: &[f64], amplitude: f64, samples: usize) -> Vec<f32> {
    let sine = |at: usize, tone: &f64| amplitude * (TAU * tone * at as f64).sin();
    (0..samples).map(|at| tones.iter().map(|tone| sine(at, tone)).sum::<f64>() as f32).collect()
}

/// The amplitude and the phase (in turns) of each tone in `heard`, and the RMS amplitude of the
/// rest without them: by least squares.
pub(super) fn listen(heard: &[f32], tones: &[f64]) -> (Vec<(f64, f64)>, f64) {
    let waves = |at: usize| -> Vec<f64> {
        let (sines, cosines): (Vec<_>, Vec<_>) = tones.iter().map(|tone| (TAU * tone * at as f64).sin_cos()).unzip();
        [sines, cosines].concat()
    };
    let count = 2 * tones.len();
    let mut equations = vec![vec![0.0; count + 1]; count];
    for (at, sample) in heard.iter().enumerate() {
        let waves = waves(at);
        for (row, wave) in equations.iter_mut().zip(&waves) {
            row.iter_mut().zip(waves.iter().chain([&f64::from(*sample)])).for_each(|(sum, other)| *sum += wave * other);
        }
    }
    let parts = solve(equations);
    let rest = heard.iter().enumerate().map(|(at, sample)| {
        let tones: f64 = waves(at).iter().zip(&parts).map(|(wave, part)| wave * part).sum();
        (f64::from(*sample) - tones).powi(2)
    });
    let rest = (2.0 * rest.sum::<f64>() / heard.len() as f64).sqrt();
    let (sines, cosines) = parts.split_at(tones.len());
    let polar = sines.iter().zip(cosines).map(|(sine, cosine)| (sine.hypot(*cosine), cosine.atan2(*sine) / TAU));
    (polar.collect(), rest)
}

/// Solves linear equations: each row holds its factors and its result. Rows like these need no
/// pivots.
fn solve(mut rows: Vec<Vec<f64>>) -> Vec<f64> {
    for at in 0..rows.len() {
        let pivot: Vec<f64> = rows[at].iter().map(|value| value / rows[at][at]).collect();
        for (other, row) in rows.iter_mut().enumerate() {
            let factor = if other == at { 0.0 } else { row[at] };
            row.iter_mut().zip(&pivot).for_each(|(value, pivot)| *value -= factor * pivot);
        }
        rows[at] = pivot;
    }
    rows.iter().map(|row| row[row.len() - 1]).collect()
}

pub(super) fn decibels(ratio: f64) -> f64 {
    20.0 * ratio.log10()
}

#[test]
fn a_chord_is_taken_apart() {
    let (tones, rest) = listen(&chord(&[0.0123, 0.2719], 0.25, 500), &[0.0123, 0.2719]);
    assert!(rest < 1e-7);
    assert!(tones.iter().all(|(amplitude, phase)| (amplitude - 0.25).abs() < 1e-7 && phase.abs() < 1e-7));
    assert!((listen(&chord(&[0.0123, 0.2719], 0.25, 500), &[0.0123]).1 - 0.25).abs() < 0.01);
}
