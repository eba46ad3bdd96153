//! Rows that leave one out, and the sums that they are made of.

use super::{
    super::{AllButOneRow, Kernel, Measured, QUAD, RunningSum, Tile, Tiles},
    assert_measured, assert_near, tile,
};

/// A few signals of some panels.
const TILES: usize = 2;

fn some_tiles() -> Vec<Tile> {
    (0..TILES as u64 * 20).map(|seed| tile(seed, 1.0)).collect()
}

/// One sample of each of some signals, which lie in a tiles_of.
fn samples(
    tiles_of: Tiles<'_>,
    signals: impl Iterator<Item = u32> + Clone,
    at: usize,
) -> impl Iterator<Item = f64> + Clone {
    let sample = move |signal: u32| f64::from(tiles_of.tile(at / Tile::SAMPLES, signal).0[at % Tile::SAMPLES]);
    signals.map(sample)
}

#[test]
fn rows_that_leave_one_out_have_no_trace_of_it() {
    let tiles = some_tiles();
    let (tiles_of, rest) = (Tiles { tiles: &tiles, stride: TILES }, &tiles[19 * TILES..]);
    for (kernel, members) in Kernel::available().flat_map(|kernel| [1, 3, QUAD].map(|members| (kernel, members))) {
        for (gain, missing) in [(1.0, None), (1.0, Some(members / 2)), (0.75, None)] {
            let sources: Vec<u32> = (0..members as u32).map(|n| n * 2 + 1).collect();
            let (mut out, mut measured) = ([Tile::SILENCE; QUAD * TILES], [Measured::default(); QUAD]);
            let rows = out.chunks_mut(TILES).zip(&mut measured).take(members);
            let mut rows = rows.map(|(out, measured)| AllButOneRow { gain, out, measured });
            let mut rows: [Option<AllButOneRow<'_>>; QUAD] = std::array::from_fn(|_| rows.next());
            missing.into_iter().for_each(|missing| rows[missing] = None);
            kernel.add_rows(&mut rows, tiles_of, &sources, rest);
            for (n, out) in out.chunks(TILES).enumerate().take(members) {
                for (k, actual) in Tile::flat(out).iter().enumerate() {
                    let all = sources.iter().enumerate().filter(|(source, _)| *source != n).map(|(_, signal)| *signal);
                    let heard: Vec<u32> = if missing == Some(n) { Vec::new() } else { all.chain([19]).collect() };
                    let expected = samples(tiles_of, heard.into_iter(), k).map(|sample| f64::from(gain) * sample);
                    assert_near(*actual, expected, "the others");
                }
                if missing != Some(n) {
                    assert_measured(measured[n], Tile::flat(out));
                }
            }
        }
    }
}

#[test]
fn a_row_has_the_same_samples_alone_as_among_four() {
    let tiles = some_tiles();
    let (tiles_of, rest) = (Tiles { tiles: &tiles, stride: TILES }, &tiles[19 * TILES..]);
    for kernel in Kernel::available() {
        let (mut among, mut alone) = ([Tile::SILENCE; QUAD * TILES], [Tile::SILENCE; QUAD * TILES]);
        let mut measured = [[Measured::default(); QUAD]; 2];
        let [of_among, of_alone] = &mut measured;
        let mut rows = among.chunks_mut(TILES).zip(of_among);
        let mut rows =
            std::array::from_fn(|_| rows.next().map(|(out, measured)| AllButOneRow { gain: 1.0, out, measured }));
        kernel.add_rows(&mut rows, tiles_of, &[0, 1, 2, 3], rest);
        for (n, (out, measured)) in alone.chunks_mut(TILES).zip(of_alone).enumerate() {
            let mut rows = [const { None }; QUAD];
            rows[n] = Some(AllButOneRow { gain: 1.0, out, measured });
            kernel.add_rows(&mut rows, tiles_of, &[0, 1, 2, 3], rest);
        }
        assert_eq!((among, measured[0]), (alone, measured[1]));
    }
}

#[test]
fn sums_are_added_up_and_left_out() {
    let tiles = some_tiles();
    let (tiles_of, rest) = (Tiles { tiles: &tiles, stride: TILES }, &tiles[19 * TILES..]);
    for (kernel, signals) in Kernel::available().flat_map(|kernel| [&[3, 1, 4, 5][..], &[9, 2]].map(|s| (kernel, s))) {
        let (mut sum, mut out) = ([Tile::SILENCE; TILES], [Tile::SILENCE; QUAD * TILES]);
        kernel.add_quad(tiles_of, signals, &mut sum);
        kernel.add_rests(tiles_of, signals, rest, &mut out);
        for k in 0..TILES * Tile::SAMPLES {
            assert_near(Tile::flat(&sum)[k], samples(tiles_of, signals.iter().copied(), k), "the sum");
            for (n, out) in out.chunks(TILES).enumerate().take(signals.len()) {
                let others = signals.iter().enumerate().filter(|(other, _)| *other != n).map(|(_, signal)| *signal);
                assert_near(Tile::flat(out)[k], samples(tiles_of, others.chain([19]), k), "the others");
            }
        }
    }
}

#[test]
fn running_sums_meet_in_the_middle() {
    let tiles = some_tiles();
    let tiles_of = Tiles { tiles: &tiles, stride: TILES };
    for kernel in Kernel::available() {
        let mut sums = tiles.clone();
        let (mut running, mut before) = ([RunningSum::ZERO; TILES], vec![[RunningSum::ZERO; TILES]; 20]);
        for (sum, before) in sums.chunks(TILES).zip(&mut before) {
            kernel.run_forward(sum, &mut running, before);
        }
        running.fill(RunningSum::ZERO);
        for (sum, before) in sums.chunks_mut(TILES).zip(&before).rev() {
            kernel.run_backward(sum, &mut running, before);
        }
        for (n, rest) in sums.chunks(TILES).enumerate() {
            for (k, actual) in Tile::flat(rest).iter().enumerate() {
                let others = (0..20).filter(|other| *other != n as u32);
                assert_near(*actual, samples(tiles_of, others, k), "all but one");
            }
        }
    }
}
