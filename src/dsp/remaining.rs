//! [`Remaining`]: what remains of a move, sample by sample. A gain on its way is `target + delta * remaining`.

use super::tile::Tile;

/// The table of every move of a mixer: entry `k` is what remains after `k` samples of a move of N, `1 - k / N` down
/// to 0 and 0 from there on. It goes on for a tick past the end, so that a move that ends inside of a tick is no case
/// of its own.
#[derive(Debug)]
pub(crate) struct Remaining(Box<[f32]>);

impl Remaining {
    /// For moves of `smoothing` samples and ticks of `tick` samples. Allocates: control side.
    pub fn new(smoothing: u32, tick: usize) -> Self {
        let samples = smoothing as usize + Tile::count(tick) * Tile::SAMPLES + 1;
        let left = |k: usize| f64::from(smoothing.saturating_sub(k as u32)) / f64::from(smoothing.max(1));
        Self((0..samples).map(|k| left(k) as f32).collect())
    }

    /// What remains on each sample of a tick that begins when `over` samples of the move are over.
    #[inline(always)]
    pub fn after(&self, over: u32) -> &[f32] {
        &self.0[over as usize + 1..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sample_has_moved_and_nothing_remains_on_the_last_one() {
        let remaining = Remaining::new(4, 2);
        assert_eq!(remaining.after(0)[..5], [0.75, 0.5, 0.25, 0.0, 0.0]);
        assert_eq!(remaining.after(3)[..2], [0.0, 0.0]);
        assert_eq!(Remaining::new(0, 2).after(0)[..2], [0.0, 0.0]);
    }
}
