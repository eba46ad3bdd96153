//! Sums of a few named signals, and of many.

use super::*;

const TILES: usize = 4;

fn terms(first: u32, count: usize, moves: bool) -> Vec<Term> {
    let term = |signal: u32| {
        let (start, gain) = (noise(u64::from(signal) + 77).abs(), noise(u64::from(signal) + 99).abs());
        let moves = moves && !signal.is_multiple_of(3);
        Term { signal, gain, delta: if moves { start - gain } else { 0.0 }, over: signal * 7 % SMOOTHING }
    };
    (first..first + count as u32).map(term).collect()
}

/// The products of terms at a sample of the tick, each with the magnitude that counts for it.
fn products(terms: &[Term], tiles: Signals<'_>, k: usize, factor: f64) -> Vec<(f64, f64)> {
    let product = |term: &Term| {
        let sample = f64::from(tiles.tile(k / Tile::SAMPLES, term.signal).0[k % Tile::SAMPLES]) * factor;
        (gain_at(term.gain, term.delta, term.over, k) * sample, greatest(term.gain, term.delta) * sample.abs())
    };
    terms.iter().map(product).collect()
}

/// Sums of (open, ducked) terms, at rest and on lines that began at different times, with and without curves.
pub fn check_any(tiles: usize, counts: [usize; 2], curved: [bool; 2], sign: f32) {
    let sources = signals(counts.iter().sum::<usize>().max(1), tiles, sign);
    let curve = |n: usize| (0..tiles * Tile::SAMPLES).map(|k| 1.0 - (k + 50 * n) as f32 / 600.0).collect::<Vec<_>>();
    let (open, ducked) = (terms(0, counts[0], true), terms(counts[0] as u32, counts[1], true));
    let (remaining, curves) = (Remaining::new(SMOOTHING, tiles * Tile::SAMPLES), [curve(0), curve(1)]);
    let named = Signals { sources: Tiles { tiles: &sources, stride: tiles }, shared: Tiles::NOTHING };
    let curves = [0, 1].map(|n| curved[n].then_some(&curves[n][..]));
    let sum = AnySum { open: &open, ducked: &ducked, curves, remaining: &remaining, at: 0 };
    let factor = |curve: Option<&[f32]>, k: usize| curve.map_or(1.0, |curve| f64::from(curve[k]));
    for kernel in Kernel::available() {
        let (mut out, mut lanes) = (vec![Tile::SILENCE; tiles], Lanes::NOTHING);
        kernel.add_any(&mut out, named, &sum, &mut lanes);
        for (k, sample) in Tile::flat(&out).iter().enumerate() {
            let [of_open, of_ducked] = curves.map(|curve| factor(curve, k));
            let all = [products(&open, named, k, of_open), products(&ducked, named, k, of_ducked)].concat();
            assert_sum(*sample, all.into_iter(), &format!("{kernel:?}, sample {k} of {counts:?}"));
        }
        assert_measured(lanes.measured(), Tile::flat(&out));
        // The last tile alone is the same.
        let (last, mut alone, mut lanes) = (tiles - 1, [Tile::SILENCE], Lanes::NOTHING);
        let at = last * Tile::SAMPLES;
        let sum = AnySum { curves: curves.map(|curve| curve.map(|curve| &curve[at..])), at, ..sum };
        kernel.add_any(&mut alone, named.starting_at(last), &sum, &mut lanes);
        assert_eq!(alone[0], out[last]);
    }
}

/// Makes rows of 1 to 12 terms by `make` over spans of a tick, and holds each against its sum.
fn check_rows(moves: bool, make: impl Fn(Kernel, &[SparseRow], &[Term], Signals<'_>, &mut MixTiles<'_>)) {
    const OVER: u32 = 20;
    let (sources, shared) = (signals(20, TILES, 1.0), signals(10, TILES, 1.0));
    let mut terms: Vec<Term> = terms(0, FEW, moves).into_iter().map(|term| Term { over: OVER, ..term }).collect();
    terms.iter_mut().step_by(3).for_each(|term| term.signal = Signals::shared(term.signal as usize / 3));
    let row = |n: u32| SparseRow { mix: 2 * n, from: FEW as u32 - n, count: n, over: OVER };
    let rows: Vec<SparseRow> = (1..=FEW as u32).map(row).collect();
    for kernel in Kernel::available() {
        for span in [0..1, 1..3, 0..TILES, 3..4] {
            let mut mixes = vec![Tile::SILENCE; 2 * (FEW + 1) * TILES];
            let (mut lanes, mut measured) =
                (vec![Lanes::NOTHING; 2 * (FEW + 1)], vec![Measured::default(); 2 * (FEW + 1)]);
            let named = Signals {
                sources: Tiles { tiles: &sources, stride: TILES },
                shared: Tiles { tiles: &shared, stride: TILES },
            };
            let meters = if span == (0..TILES) { Meters::Whole(&mut measured) } else { Meters::Spans(&mut lanes) };
            let mut out = MixTiles { tiles: &mut mixes, stride: TILES, span: span.clone(), meters };
            make(kernel, &rows, &terms, named.starting_at(span.start), &mut out);
            for row in &rows {
                let mix = &mixes[row.mix as usize * TILES..][..TILES];
                let of_row = &terms[row.from as usize..][..row.count as usize];
                for k in 0..TILES * Tile::SAMPLES {
                    let actual = Tile::flat(mix)[k];
                    match span.contains(&(k / Tile::SAMPLES)) {
                        true => assert_sum(actual, products(of_row, named, k, 1.0).into_iter(), "a row of a few"),
                        false => assert_eq!(actual, 0.0),
                    }
                }
                let whole = span == (0..TILES);
                let seen = if whole { measured[row.mix as usize] } else { lanes[row.mix as usize].measured() };
                assert_measured(seen, Tile::flat(&mix[span.clone()]));
            }
        }
    }
}

#[test]
fn rows_of_a_few_at_rest_are_the_sum() {
    check_rows(false, |kernel, rows, terms, signals, out| kernel.add_rest(rows, terms, signals, out));
}

#[test]
fn rows_of_a_few_on_lines_are_the_sum() {
    let remaining = Remaining::new(SMOOTHING, TILES * Tile::SAMPLES);
    check_rows(true, |kernel, rows, terms, signals, out| kernel.add_lines(rows, terms, signals, &remaining, out));
}

#[test]
fn a_few_that_are_ducked_are_the_sum_as_any_row() {
    let sources = signals(FEW + 6, TILES, 1.0);
    let named = Signals { sources: Tiles { tiles: &sources, stride: TILES }, shared: Tiles::NOTHING };
    let curve: Vec<f32> = (0..TILES * Tile::SAMPLES).map(|k| 1.0 - k as f32 / 300.0).collect();
    for kernel in Kernel::available() {
        for (count, open) in (1..=FEW).flat_map(|count| [0, 1, 2, 6].map(|open| (count, open))) {
            let (open, ducked) = (terms(0, open, false), terms(6, count, false));
            let (mut out, mut lanes) = ([Tile::SILENCE; TILES], Lanes::NOTHING);
            kernel.add_curved(&mut out, named, &open, &ducked, &curve, &mut lanes);
            for (k, sample) in Tile::flat(&out).iter().enumerate() {
                let factor = f64::from(curve[k]);
                let all = [products(&open, named, k, 1.0), products(&ducked, named, k, factor)].concat();
                assert_sum(*sample, all.into_iter(), &format!("{kernel:?}, {} and {count}", open.len()));
            }
            assert_measured(lanes.measured(), Tile::flat(&out));
        }
    }
}

#[test]
fn a_single_signal_at_gain_1_stays_as_it_is() {
    let sources = signals(2, 1, 0.0);
    let named = Signals { sources: Tiles { tiles: &sources, stride: 1 }, shared: Tiles::NOTHING };
    let (one, gone) = (Term::at_rest(0, 1.0), Term { signal: 1, gain: 0.0, delta: 0.0, over: 3 });
    let (remaining, curve) = (Remaining::new(SMOOTHING, Tile::SAMPLES), [0.3; Tile::SAMPLES]);
    for kernel in Kernel::available() {
        let mut out = [Tile::SILENCE];
        let sum =
            AnySum { open: &[one, gone], ducked: &[], curves: [None, Some(&curve)], remaining: &remaining, at: 0 };
        kernel.add_any(&mut out, named, &sum, &mut Lanes::NOTHING.clone());
        assert_eq!(out[0], sources[0], "{kernel:?}");
    }
}
