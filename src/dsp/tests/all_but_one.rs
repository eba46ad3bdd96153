//! Rows that leave one out, and the sums that they are made of.

use super::{
    super::{Kernel, Measured, Other, QUAD, Running, Stack, Tile},
    assert_measured, assert_near, tile,
};

/// A few signals of some panels.
const PANELS: usize = 2;

fn some_tiles() -> Vec<Tile> {
    (0..PANELS as u64 * 20).map(|seed| tile(seed, 1.0)).collect()
}

/// One sample of each of some signals, which lie in a stack.
fn samples(
    stack: Stack<'_>,
    signals: impl Iterator<Item = u32> + Clone,
    at: usize,
) -> impl Iterator<Item = f64> + Clone {
    let sample = move |signal: u32| f64::from(stack.get(at / Tile::SAMPLES, signal).0[at % Tile::SAMPLES]);
    signals.map(sample)
}

#[test]
fn rows_that_leave_one_out_have_no_trace_of_it() {
    let tiles = some_tiles();
    let (stack, outside) = (Stack { tiles: &tiles, stride: PANELS }, &tiles[19 * PANELS..]);
    for (kernel, members) in Kernel::available().flat_map(|kernel| [1, 3, QUAD].map(|members| (kernel, members))) {
        for (gain, missing) in [(1.0, None), (1.0, Some(members / 2)), (0.75, None)] {
            let sources: Vec<u32> = (0..members as u32).map(|n| n * 2 + 1).collect();
            let (mut out, mut measured) = ([Tile::SILENCE; QUAD * PANELS], [Measured::default(); QUAD]);
            let rows = out.chunks_mut(PANELS).zip(&mut measured).take(members);
            let mut rows = rows.map(|(out, measured)| Other { gain, out, measured });
            let mut rows: [Option<Other<'_>>; QUAD] = std::array::from_fn(|_| rows.next());
            missing.into_iter().for_each(|missing| rows[missing] = None);
            kernel.add_others(&mut rows, stack, &sources, outside);
            for (n, out) in out.chunks(PANELS).enumerate().take(members) {
                for (k, actual) in Tile::flat(out).iter().enumerate() {
                    let all = sources.iter().enumerate().filter(|(source, _)| *source != n).map(|(_, signal)| *signal);
                    let heard: Vec<u32> = if missing == Some(n) { Vec::new() } else { all.chain([19]).collect() };
                    let expected = samples(stack, heard.into_iter(), k).map(|sample| f64::from(gain) * sample);
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
    let (stack, outside) = (Stack { tiles: &tiles, stride: PANELS }, &tiles[19 * PANELS..]);
    for kernel in Kernel::available() {
        let (mut among, mut alone) = ([Tile::SILENCE; QUAD * PANELS], [Tile::SILENCE; QUAD * PANELS]);
        let mut measured = [[Measured::default(); QUAD]; 2];
        let [of_among, of_alone] = &mut measured;
        let mut rows = among.chunks_mut(PANELS).zip(of_among);
        let mut rows = std::array::from_fn(|_| rows.next().map(|(out, measured)| Other { gain: 1.0, out, measured }));
        kernel.add_others(&mut rows, stack, &[0, 1, 2, 3], outside);
        for (n, (out, measured)) in alone.chunks_mut(PANELS).zip(of_alone).enumerate() {
            let mut rows = [const { None }; QUAD];
            rows[n] = Some(Other { gain: 1.0, out, measured });
            kernel.add_others(&mut rows, stack, &[0, 1, 2, 3], outside);
        }
        assert_eq!((among, measured[0]), (alone, measured[1]));
    }
}

#[test]
fn sums_are_added_up_and_left_out() {
    let tiles = some_tiles();
    let (stack, outside) = (Stack { tiles: &tiles, stride: PANELS }, &tiles[19 * PANELS..]);
    for (kernel, signals) in Kernel::available().flat_map(|kernel| [&[3, 1, 4, 5][..], &[9, 2]].map(|s| (kernel, s))) {
        let (mut sum, mut out) = ([Tile::SILENCE; PANELS], [Tile::SILENCE; QUAD * PANELS]);
        kernel.sum_up(stack, signals, &mut sum);
        kernel.leave_out(stack, signals, outside, &mut out);
        for k in 0..PANELS * Tile::SAMPLES {
            assert_near(Tile::flat(&sum)[k], samples(stack, signals.iter().copied(), k), "the sum");
            for (n, out) in out.chunks(PANELS).enumerate().take(signals.len()) {
                let others = signals.iter().enumerate().filter(|(other, _)| *other != n).map(|(_, signal)| *signal);
                assert_near(Tile::flat(out)[k], samples(stack, others.chain([19]), k), "the others");
            }
        }
    }
}

#[test]
fn running_sums_meet_in_the_middle() {
    let tiles = some_tiles();
    let stack = Stack { tiles: &tiles, stride: PANELS };
    for kernel in Kernel::available() {
        let mut sums = tiles.clone();
        let (mut running, mut before) = ([Running::NOTHING; PANELS], vec![[Running::NOTHING; PANELS]; 20]);
        for (sum, before) in sums.chunks(PANELS).zip(&mut before) {
            kernel.run_on(sum, &mut running, before);
        }
        running.fill(Running::NOTHING);
        for (sum, before) in sums.chunks_mut(PANELS).zip(&before).rev() {
            kernel.run_back(sum, &mut running, before);
        }
        for (n, outside) in sums.chunks(PANELS).enumerate() {
            for (k, actual) in Tile::flat(outside).iter().enumerate() {
                let others = (0..20).filter(|other| *other != n as u32);
                assert_near(*actual, samples(stack, others, k), "all but one");
            }
        }
    }
}
