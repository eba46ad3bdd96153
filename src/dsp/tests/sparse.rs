//! Rows of a few signals: many of them at a time, over some of the panels.

use super::*;

const PANELS: usize = 4;

/// Rows of 0 to 17 signals, of which a third are derived: the last one is of too many, and left as it is.
#[test]
fn each_row_is_the_sum_of_its_signals() {
    let (frames, derived) = (tiles(20, PANELS), tiles(10, PANELS));
    let signal = |n: usize| if n.is_multiple_of(3) { Signals::derived(n / 3) } else { n as u32 };
    let weights: Vec<Weight> =
        (0..FEW + 1).map(|n| Weight { signal: signal(n), gain: noise(n as u64 + 7).abs() }).collect();
    let rows: Vec<FewRow> =
        (0..=FEW + 1).map(|n| FewRow { number: 2 * n as u32, from: (FEW + 1 - n) as u32, count: n as u32 }).collect();
    for kernel in Kernel::available() {
        for panels in [0..1, 1..3, 0..PANELS, 3..4] {
            let mut mixes = vec![Tile::SILENCE; 2 * rows.len() * PANELS];
            let mut lanes = vec![Lanes::NOTHING; 2 * rows.len()];
            let signals = Signals {
                frames: Stack { tiles: &frames, stride: PANELS }.after(panels.start),
                derived: Stack { tiles: &derived, stride: PANELS }.after(panels.start),
            };
            let outs = &mut Outs { mixes: &mut mixes, stride: PANELS, panels: panels.clone(), lanes: &mut lanes };
            kernel.add_few(&rows, &weights, signals, outs);
            if panels == (0..PANELS) {
                let (mut again, mut measured) =
                    (vec![Tile::SILENCE; mixes.len()], vec![Measured::default(); rows.len()]);
                kernel.add_few_whole(&rows, &weights, signals, PANELS, &mut again, &mut measured);
                assert_eq!(again, mixes);
                let gone_on = rows.iter().map(|row| lanes[row.number as usize].measured());
                assert!(gone_on.eq(measured));
            }
            for (number, mix) in mixes.chunks(PANELS).enumerate() {
                let row =
                    rows.iter().find(|row| row.number as usize == number && (1..=FEW).contains(&(row.count as usize)));
                let written = if row.is_some() { panels.clone() } else { 0..0 };
                for (panel, tile) in mix.iter().enumerate() {
                    if !written.contains(&panel) {
                        assert_eq!(*tile, Tile::SILENCE);
                    }
                }
                let Some(row) = row else { continue };
                for (panel, k) in written.clone().flat_map(|panel| (0..Tile::SAMPLES).map(move |k| (panel, k))) {
                    let product = |weight: &Weight| {
                        let tile = signals.after(panel - panels.start).get(weight.signal);
                        f64::from(weight.gain) * f64::from(tile.0[k])
                    };
                    let products = weights[row.from as usize..][..row.count as usize].iter().map(product);
                    assert_near(mix[panel].0[k], products, &format!("{kernel:?}, {} signals", row.count));
                }
                assert_measured(lanes[number].measured(), Tile::flat(&mix[written]));
            }
        }
    }
}

fn tiles(signals: usize, panels: usize) -> Vec<Tile> {
    (0..signals * panels).map(|seed| tile((signals * 100 + seed) as u64, 1.0)).collect()
}

#[test]
fn a_few_that_are_ducked_are_the_sum_as_any_row() {
    let frames = tiles(FEW + FEW_OPEN, PANELS);
    let stack = Stack { tiles: &frames, stride: PANELS };
    let envelope: Vec<f32> = (0..PANELS * Tile::SAMPLES).map(|k| 1.0 - k as f32 / 300.0).collect();
    let curve = FadeCurve::new(&TIMING);
    for kernel in Kernel::available() {
        for (count, open) in (1..=FEW).flat_map(|count| [0, 1, 2, 3, FEW_OPEN].map(|open| (count, open))) {
            let (open, ducked) = (weights(0, open), weights(FEW_OPEN as u32, count));
            let (mut out, mut again) = ([Tile::SILENCE; PANELS], [Tile::SILENCE; PANELS]);
            let (signals, mut lanes) = (Signals { frames: stack, derived: Stack::NOTHING }, Lanes::NOTHING);
            kernel.add_few_ducked(&mut out, signals, [&open, &ducked], &envelope, &mut lanes);
            // A kernel that is held against an f64 sum.
            let terms = Terms { open: &open, ducked: &ducked, envelope: &envelope, ..Terms::of(&curve) };
            kernel.add_row(&mut again, stack, &terms);
            assert_eq!(out, again, "{kernel:?}, {} and {count}", open.len());
            assert_measured(lanes.measured(), Tile::flat(&out));
            // The same panel by panel, from where the first signals are derived ones.
            let (mut pieces, mut gone_on) = ([Tile::SILENCE; PANELS], Lanes::NOTHING);
            let derived = |weight: &Weight| Weight { signal: Signals::derived(weight.signal as usize), ..*weight };
            let open: Vec<Weight> = open.iter().map(derived).collect();
            for panel in 0..PANELS {
                let signals = Signals { frames: stack, derived: stack }.after(panel);
                let envelope = &envelope[panel * Tile::SAMPLES..][..Tile::SAMPLES];
                kernel.add_few_ducked(&mut pieces[panel..=panel], signals, [&open, &ducked], envelope, &mut gone_on);
            }
            assert_eq!(pieces, out);
            assert_eq!(gone_on, lanes);
        }
    }
}
