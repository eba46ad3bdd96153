//! The sums of eight, of seven of them and of two, and running sums.

use super::*;

#[test]
fn a_segment_is_its_sum_and_the_sums_of_the_others() {
    for (kernel, tiles_each) in Kernel::available().flat_map(|kernel| [1, 3].map(|tiles_each| (kernel, tiles_each))) {
        let tiles = signals(SEGMENT, tiles_each, 1.0);
        for count in 1..=SEGMENT {
            for room in [0, count] {
                check_segment(kernel, tiles_each, &tiles[..count * tiles_each], room);
            }
        }
    }
}

fn check_segment(kernel: Kernel, tiles_each: usize, tiles: &[Tile], room: usize) {
    let mut sources: [&[Tile]; SEGMENT] = [&[]; SEGMENT];
    sources.iter_mut().zip(tiles.chunks(tiles_each)).for_each(|(source, tiles)| *source = tiles);
    let (mut sum, mut others) = (vec![Tile::SILENCE; tiles_each], vec![Tile::SILENCE; room * tiles_each]);
    let mut twos = vec![Tile::SILENCE; room.div_ceil(2) * tiles_each];
    kernel.add_segment(&sources, &mut sum, &mut others, !0, &mut twos);
    let sample = |tiles: &[Tile], n: usize, k: usize| tiles[n * tiles_each + k / Tile::SAMPLES].0[k % Tile::SAMPLES];
    let count = tiles.len() / tiles_each;
    for k in 0..tiles_each * Tile::SAMPLES {
        let but = |left_out: usize| {
            let heard = (0..count).filter(move |n| *n != left_out);
            heard.map(|n| f64::from(sample(tiles, n, k))).collect::<Vec<_>>().into_iter()
        };
        assert_near(sample(&sum, 0, k), but(SEGMENT), "the sum");
        for n in 0..room {
            assert_near(sample(&others, n, k), but(n), "the others");
        }
        for n in 0..room.div_ceil(2) {
            let second = if 2 * n + 1 < count { sample(tiles, 2 * n + 1, k) } else { 0.0 };
            assert_eq!(sample(&twos, n, k), sample(tiles, 2 * n, k) + second);
        }
    }
}

#[test]
fn what_nobody_names_is_not_made() {
    let tiles = signals(SEGMENT, 2, 1.0);
    let sources = std::array::from_fn(|n| &tiles[2 * n..][..2]);
    for kernel in Kernel::available() {
        let (mut sum, mut all, mut some) =
            ([Tile::SILENCE; 2], [Tile::SILENCE; 2 * SEGMENT], [Tile::SILENCE; 2 * SEGMENT]);
        kernel.add_segment(&sources, &mut sum, &mut all, !0, &mut []);
        kernel.add_segment(&sources, &mut sum, &mut some, 0b1010_0001, &mut []);
        for (n, (all, some)) in all.chunks(2).zip(some.chunks(2)).enumerate() {
            assert_eq!(some, if [0, 5, 7].contains(&n) { all } else { &[Tile::SILENCE; 2] });
        }
    }
}

#[test]
fn running_sums_run_for_long() {
    for (kernel, tiles_each) in Kernel::available().flat_map(|kernel| [1, 2].map(|tiles_each| (kernel, tiles_each))) {
        let tiles = signals(1, tiles_each, 1.0).repeat(10_000);
        let mut out = vec![Tile::SILENCE; tiles.len()];
        for backwards in [false, true] {
            kernel.run(&tiles, &mut out, tiles_each, backwards);
            for at in [0, 1, 4711, 10_000 * tiles_each - 1] {
                let n = at / tiles_each;
                let count = if backwards { 10_000 - n } else { n + 1 } as f64;
                for (sum, sample) in out[at].0.iter().zip(tiles[at].0) {
                    assert!((f64::from(*sum) / f64::from(sample) / count - 1.0).abs() < 1e-7);
                }
            }
        }
    }
}
