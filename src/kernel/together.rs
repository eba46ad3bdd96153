//! The last step of a mix whose gains move along one line, or that has an envelope: it is put together from products whose gains rest.

use super::{Lanes, Tile, measure::Meter, vector::Vector};

/// What a mix is put together with from its products, each as long as a tile; without a move there are no parts of it, and without ducking no envelope.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Together<'a> {
    /// The parts of a move: of where it came from, and of where it is heading.
    pub parts: Option<(&'a [f32], &'a [f32])>,
    pub envelope: Option<&'a [f32]>,
}

/// Writes a mix from its products, and goes on measuring it: what is not ducked and what is, at the end of the moves and then at their start.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn put_together<V: Vector>(
    products: [&Tile; 4],
    together: Together<'_>,
    out: &mut Tile,
    lanes: &mut Lanes,
) {
    let again = 1 + usize::from(together.envelope.is_some());
    // SAFETY: the caller's contract.
    unsafe {
        let mut meter = Meter::<V>::load(lanes);
        for from in (0..Tile::SAMPLES).step_by(V::LANES) {
            let range = from..from + V::LANES;
            let mut sums = [V::splat(0.0); 2];
            for (n, sum) in sums.iter_mut().enumerate().take(again) {
                *sum = V::load(&products[n].0[range.clone()]);
                if let Some((down, up)) = together.parts {
                    let start = V::load(&products[n + again].0[range.clone()]).mul(V::load(&down[range.clone()]));
                    *sum = sum.mul_add(V::load(&up[range.clone()]), start);
                }
            }
            if let Some(envelope) = together.envelope {
                sums[0] = sums[1].mul_add(V::load(&envelope[range.clone()]), sums[0]);
            }
            sums[0].store(&mut out.0[range]);
            meter.see(sums[0]);
        }
        meter.store(lanes);
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Kernel, *};

    #[test]
    fn products_are_put_together_along_the_move_and_the_envelope() {
        let tile = |n: usize| Tile(std::array::from_fn(|k| (n * 50 + k) as f32 * 0.01 + 0.1));
        let (tiles, [up, down, envelope]) = ([0, 1, 2, 3].map(tile), [4, 5, 6].map(tile));
        for (kernel, which) in Kernel::available().flat_map(|kernel| (0..4).map(move |which| (kernel, which))) {
            let (moves, ducks) = (which & 1 == 1, which & 2 == 2);
            let together =
                Together { parts: moves.then_some((&down.0, &up.0)), envelope: ducks.then_some(&envelope.0[..]) };
            let (mut out, mut lanes) = (Tile::SILENCE, Lanes::NOTHING);
            kernel.put_together(tiles.each_ref(), together, &mut out, &mut lanes);
            for (k, actual) in out.0.iter().enumerate() {
                let at = |tile: &Tile| f64::from(tile.0[k]);
                let again = if ducks { 2 } else { 1 };
                let line = |n: usize| match moves {
                    true => at(&tiles[n]) * at(&up) + at(&tiles[n + again]) * at(&down),
                    false => at(&tiles[n]),
                };
                let expected = line(0) + if ducks { line(1) * at(&envelope) } else { 0.0 };
                assert!((f64::from(*actual) / expected - 1.0).abs() < 3e-7, "{kernel:?}, moves {moves}, ducks {ducks}");
            }
            assert_eq!(lanes.measured().peak, out.0[Tile::SAMPLES - 1]);
        }
    }
}
