//! How loud samples are that are about to be mixed: [`mean_square`] and [`mid_square`]. Real time.

use crate::data::channels::Planes;

/// Over all channels.
pub(crate) fn mean_square(planes: Planes<'_>) -> f64 {
    let right = planes.right.unwrap_or_default();
    let count = planes.left.len() + right.len();
    (sum_of_squares(planes.left) + sum_of_squares(right)) / count.max(1) as f64
}

/// Of the mean of both channels.
pub(crate) fn mid_square(left: &[f32], right: &[f32]) -> f64 {
    let sum: f64 = left.iter().zip(right).map(|(left, right)| f64::from(0.5 * left + 0.5 * right).powi(2)).sum();
    sum / left.len().max(1) as f64
}

/// Side by side: one by one it would take four times as long.
fn sum_of_squares(samples: &[f32]) -> f64 {
    let (lanes, rest) = samples.as_chunks::<8>();
    let mut sums = [0.0_f64; 8];
    lanes
        .iter()
        .for_each(|lane| sums.iter_mut().zip(lane).for_each(|(sum, sample)| *sum += f64::from(*sample).powi(2)));
    sums.iter().sum::<f64>() + rest.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_channels_count_and_lanes_and_the_rest_are_one_sum() {
        assert_eq!(mean_square(Planes { left: &[0.5; 19], right: None }), 0.25);
        assert_eq!(mean_square(Planes { left: &[0.5; 9], right: Some(&[0.0; 9]) }), 0.125);
        assert_eq!(mean_square(Planes { left: &[], right: None }), 0.0);
        assert_eq!(mid_square(&[0.5; 3], &[-0.5; 3]), 0.0);
        assert_eq!(mid_square(&[0.5; 3], &[0.5; 3]), 0.25);
    }
}
