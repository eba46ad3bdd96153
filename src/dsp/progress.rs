//! [`Progress`]: how far a move has come, sample by sample. A gain on its way is `start + delta * progress`.

use super::tile::Tile;

/// The table of every move of a mixer: entry `k` is the progress after `k` samples of a move, `k / N` up to 1 and 1 from
/// there on. It goes on for a tick past the end, so that a move that ends inside of a tick is no case of its own.
#[derive(Debug)]
pub(crate) struct Progress(Box<[f32]>);

impl Progress {
    /// For moves of `smoothing` samples and ticks of `tick` samples. Allocates: control side.
    pub fn new(smoothing: u32, tick: usize) -> Self {
        let samples = smoothing as usize + Tile::count(tick) * Tile::SAMPLES + 1;
        let done = |k: usize| if k < smoothing as usize { k as f64 / f64::from(smoothing) } else { 1.0 };
        Self((0..samples).map(|k| done(k) as f32).collect())
    }

    /// The progress on each sample of a tick that begins when `over` samples of the move are over.
    #[inline(always)]
    pub fn after(&self, over: u32) -> &[f32] {
        &self.0[over as usize + 1..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sample_has_moved_and_the_last_one_is_there() {
        let progress = Progress::new(4, 2);
        assert_eq!(progress.after(0)[..5], [0.25, 0.5, 0.75, 1.0, 1.0]);
        assert_eq!(progress.after(3)[..2], [1.0, 1.0]);
        assert_eq!(Progress::new(0, 2).after(0)[..2], [1.0, 1.0]);
    }
}
