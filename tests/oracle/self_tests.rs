//! The model held against the worked rows and the figures of the rules, by hand.

use super::{Ducking, Heard, ListenerConfig, Oracle, OracleConfig};

/// The listener of these tests.
const L: usize = 0;
/// A source whose activity the host states; it sends silence, to leave S alone in the mix.
const D: usize = 1;
/// A source that sends ones, so that the mix is its gain.
const S: usize = 2;

/// 1 kHz, ticks of 10 samples: a sample is a millisecond.
fn config(smoothing: usize) -> OracleConfig {
    OracleConfig { rate: 1000.0, tick: 10, smoothing, threshold_dbfs: -50.0, hangover_ms: 0.0 }
}

fn call(smoothing: usize) -> Oracle {
    let mut oracle = Oracle::new(config(smoothing));
    oracle.join(L, false, true, false);
    oracle.join(D, true, false, true);
    oracle.join(S, true, false, true);
    oracle
}

fn ducking(lower: f64, upper: f64, ramp_ms: f64) -> Option<Ducking> {
    Some(Ducking { ramp_active_ms: ramp_ms, ramp_inactive_ms: 2.0 * ramp_ms, lower, upper })
}

/// A configuration in which D ducks the others, and S is not listed.
fn d_ducks(lower: f64, upper: f64, ramp_ms: f64) -> ListenerConfig {
    let ducking = ducking(lower, upper, ramp_ms);
    ListenerConfig { exclusive: false, ducking, sources: vec![(D, 100.0, true)] }
}

/// S's gain over a tick in which D is active or not.
fn gains(oracle: &mut Oracle, d_active: bool) -> Vec<f64> {
    let heard = oracle.tick(&[(D, vec![0.0; 10], d_active), (S, vec![1.0; 10], false)]);
    only(heard)
}

fn only(heard: Vec<Heard>) -> Vec<f64> {
    let [Heard { listener: L, mix, magnitude, .. }] = <[Heard; 1]>::try_from(heard).unwrap() else {
        panic!("somebody else's mix");
    };
    assert!(mix.iter().zip(&magnitude).all(|(mix, magnitude)| mix.abs() <= *magnitude));
    mix
}

fn assert_near(got: &[f64], want: &[f64]) {
    let near = got.iter().zip(want).all(|(got, want)| (got - want).abs() < 1e-12);
    assert!(near && got.len() == want.len(), "{got:?} is not {want:?}");
}

/// from + slope * k for k = 1..10, no further than to.
fn ramp(from: f64, slope: f64, to: f64) -> Vec<f64> {
    let stop = |x: f64| if slope < 0.0 { x.max(to) } else { x.min(to) };
    (1..=10).map(|k| stop(from + slope * f64::from(k))).collect()
}

#[test]
fn oracle_worked_rows() {
    let listed = |level, duck_others| Some((S, level, duck_others));
    let rows = [
        (listed(50.0, false), true, false, 0.25),
        (listed(50.0, false), true, true, 0.05),
        (listed(80.0, true), true, false, 0.8),
        (listed(80.0, true), false, false, 0.8),
        (listed(80.0, true), true, true, 0.8),
        (listed(80.0, true), false, true, 0.8),
        (None, true, false, 0.0),
        (None, true, true, 0.0),
        (None, false, false, 0.5),
        (None, false, true, 0.1),
    ];
    for (row, exclusive, d_active, gain) in rows {
        let mut oracle = call(4);
        let mut levels = d_ducks(10.0, 50.0, 10.0);
        levels.exclusive = exclusive;
        levels.sources.extend(row);
        oracle.configure(L, levels);
        gains(&mut oracle, d_active);
        assert_near(&gains(&mut oracle, d_active), &[gain; 10]);
    }
}

#[test]
fn oracle_base_moves_over_the_smoothing_time() {
    let mut oracle = call(20);
    assert_near(&gains(&mut oracle, false), &[1.0; 10]);
    oracle.mute(S, true);
    assert_near(&gains(&mut oracle, false), &ramp(1.0, -0.05, 0.0));
    oracle.deafen(L, true);
    oracle.mute(S, false);
    // Another reason for the same target changes nothing of the move.
    assert_near(&gains(&mut oracle, false), &ramp(0.5, -0.05, 0.0));
    oracle.deafen(L, false);
    assert_near(&gains(&mut oracle, false), &ramp(0.0, 0.05, 1.0));
    let levels = ListenerConfig { sources: vec![(S, 80.0, false)], ..ListenerConfig::default() };
    oracle.configure(L, levels);
    assert_near(&gains(&mut oracle, false), &ramp(0.5, 0.3 / 20.0, 0.8));
    assert_near(&gains(&mut oracle, false), &ramp(0.65, 0.3 / 20.0, 0.8));

    let mut at_once = call(0);
    gains(&mut at_once, false);
    at_once.mute(S, true);
    assert_near(&gains(&mut at_once, false), &[0.0; 10]);
}

#[test]
fn oracle_joins_fade_in_leaves_and_gaps_fade_out() {
    let mut oracle = call(20);
    let silent = (D, vec![0.0; 10], false);
    oracle.tick(&[]);
    // S was missing in the first tick.
    assert_near(&gains(&mut oracle, false), &ramp(0.0, 0.05, 1.0));
    assert_near(&gains(&mut oracle, false), &ramp(0.5, 0.05, 1.0));
    let mut last = vec![0.0; 10];
    last[9] = 0.5;
    oracle.tick(&[silent.clone(), (S, last, false)]);
    // A gap, then an invalid frame, which is one too: the last sample, held, fades.
    assert_near(&only(oracle.tick(&[])), &ramp(0.5, -0.025, 0.0));
    let invalid = (S, vec![f32::NAN; 10], true);
    assert_near(&only(oracle.tick(&[invalid])), &ramp(0.25, -0.025, 0.0));
    oracle.leave(D);
    oracle.join(3, true, true, false);
    let heard = oracle.tick(&[(S, vec![1.0; 10], false), (3, vec![1.0; 10], false)]);
    assert_near(&heard[0].mix, &ramp(0.0, 0.1, 1.0));
    // The one who comes hears S fade in, and not itself.
    assert_eq!(heard[1].listener, 3);
    assert_near(&heard[1].mix, &ramp(0.0, 0.05, 1.0));
    assert_eq!(heard[1].mix, heard[1].magnitude);
    // It goes half way: a new move takes it from 0.5 to 0 over 20 samples, while S goes on to 1.
    oracle.leave(3);
    assert_near(&gains_without_d(&mut oracle), &ramp(1.0, 0.025, 1.25));
    assert_near(&gains_without_d(&mut oracle), &ramp(1.25, -0.025, 1.0));
    assert!(!oracle.participants.contains_key(&3));
    oracle.leave(S);
    assert_near(&only(oracle.tick(&[])), &ramp(1.0, -0.05, 0.0));
    assert_near(&only(oracle.tick(&[])), &ramp(0.5, -0.05, 0.0));
    assert_eq!(only(oracle.tick(&[])), [0.0; 10]);
}

/// As `gains`, in a tick in which D has no frame.
fn gains_without_d(oracle: &mut Oracle) -> Vec<f64> {
    only(oracle.tick(&[(S, vec![1.0; 10], false)]))
}

#[test]
fn oracle_envelope_runs_by_slope() {
    let mut oracle = call(4);
    oracle.configure(L, d_ducks(10.0, 50.0, 20.0));
    // The activity of the first tick steers it from the first sample on: 2 % a sample down, 1 % up.
    assert_near(&gains(&mut oracle, true), &ramp(0.5, -0.02, 0.1));
    assert_near(&gains(&mut oracle, false), &ramp(0.3, 0.01, 0.5));
    assert_near(&gains(&mut oracle, true), &ramp(0.4, -0.02, 0.1));
    assert_near(&gains(&mut oracle, true), &ramp(0.2, -0.02, 0.1));
    // Muted, missing and gone, a ducker ducks nobody; D's leaving takes its row.
    oracle.mute(D, true);
    assert_near(&gains(&mut oracle, true), &ramp(0.1, 0.01, 0.5));
    oracle.mute(D, false);
    assert_near(&gains(&mut oracle, true), &ramp(0.2, -0.02, 0.1));
    assert_near(&gains_without_d(&mut oracle), &ramp(0.1, 0.01, 0.5));
    oracle.leave(D);
    assert_near(&gains_without_d(&mut oracle), &ramp(0.2, 0.01, 0.5));
    assert!(oracle.participants[&L].levels.sources.is_empty());
    // A ramp of 0 ms takes the smoothing time.
    let mut oracle = call(4);
    oracle.configure(L, d_ducks(10.0, 50.0, 0.0));
    assert_near(&gains(&mut oracle, true), &ramp(0.5, -0.1, 0.1));
    let mut oracle = call(0);
    oracle.configure(L, d_ducks(10.0, 50.0, 0.0));
    assert_near(&gains(&mut oracle, true), &[0.1; 10]);
}

#[test]
fn oracle_envelope_moves_into_a_new_range() {
    let mut oracle = call(20);
    gains(&mut oracle, true);
    oracle.configure(L, d_ducks(10.0, 50.0, 20.0));
    assert_near(&gains(&mut oracle, true), &ramp(1.0, -0.025, 0.5));
    // The same nearest bound: the move goes on; then the slope takes over.
    oracle.configure(L, d_ducks(40.0, 50.0, 10.0));
    assert_near(&gains(&mut oracle, true), &ramp(0.75, -0.025, 0.5));
    assert_near(&gains(&mut oracle, true), &ramp(0.5, -0.01, 0.4));
    // From below, to the lower bound; half way there, it is inside the next one.
    oracle.configure(L, d_ducks(60.0, 80.0, 10.0));
    assert_near(&gains(&mut oracle, true), &ramp(0.4, 0.01, 0.6));
    oracle.configure(L, d_ducks(40.0, 60.0, 20.0));
    assert_near(&gains(&mut oracle, true), &ramp(0.5, -0.01, 0.4));
    oracle.configure(L, ListenerConfig::default());
    assert_near(&gains(&mut oracle, true), &ramp(0.4, 0.03, 1.0));
    oracle.configure(L, ListenerConfig::default());
    assert_near(&gains(&mut oracle, true), &ramp(0.7, 0.03, 1.0));
    assert_eq!(gains(&mut oracle, true), [1.0; 10]);
}

#[test]
fn oracle_exemption_moves() {
    let mut oracle = call(20);
    oracle.configure(L, d_ducks(20.0, 60.0, 0.0));
    gains(&mut oracle, false);
    let mut levels = d_ducks(20.0, 60.0, 0.0);
    levels.sources.push((S, 100.0, true));
    oracle.configure(L, levels);
    // duck = w + (1 - w) * 0.6
    assert_near(&gains(&mut oracle, false), &ramp(0.6, 0.02, 1.0));
    oracle.configure(L, d_ducks(20.0, 60.0, 0.0));
    assert_near(&gains(&mut oracle, false), &ramp(0.8, -0.01, 0.6));
}

#[test]
fn oracle_energy_detector() {
    let mut oracle = Oracle::new(OracleConfig { hangover_ms: 24.0, ..config(0) });
    oracle.join(L, false, true, false);
    oracle.join(D, true, false, false);
    oracle.configure(L, d_ducks(0.0, 50.0, 0.0));
    let mut active = |sample: Option<f32>| {
        let frames: Vec<_> = sample.map(|x| (D, vec![x; 10], true)).into_iter().collect();
        oracle.tick(&frames);
        oracle.participants[&D].active
    };
    // -50 dBFS is an RMS of 0.003162; 24 ms are 2 ticks.
    assert!(!active(Some(0.003_16)));
    assert!(active(Some(-0.003_17)));
    assert!(active(Some(0.0)));
    assert!(!active(None));
    assert!(!active(Some(0.0)));
    assert!(active(Some(1.0)));
    assert!(!active(None));
    assert!(active(Some(0.0)));
    assert!(!active(Some(0.0)));
}

/// The same input, events and activity in ticks of several lengths: the same samples.
#[test]
fn oracle_does_not_depend_on_the_tick() {
    let run = |tick: usize| {
        let mut oracle = Oracle::new(OracleConfig { tick, ..config(28) });
        for id in [L, D, S] {
            oracle.join(id, true, id != D, true);
        }
        let mut mix = Vec::new();
        for at in (0..240).step_by(tick) {
            match at {
                40 => oracle.configure(L, d_ducks(10.0, 50.0, 37.0)),
                60 => oracle.mute(S, true),
                80 => oracle.configure(L, d_ducks(60.0, 70.0, 5.0)),
                100 => oracle.mute(S, false),
                200 => oracle.leave(D),
                _ => {}
            }
            let signal = |id: usize| (at..at + tick).map(|k| ((k * k + id) as f32).sin()).collect();
            let mut senders = vec![L, S, D];
            senders.truncate(if at >= 200 { 2 } else { 3 });
            senders.retain(|&id| id != S || !(120..140).contains(&at));
            let frames: Vec<_> = senders.iter().map(|&id| (id, signal(id), at / 20 % 3 == 1)).collect();
            mix.extend(oracle.tick(&frames).swap_remove(0).mix);
        }
        mix
    };
    let want = run(20);
    for tick in [1, 2, 5, 10] {
        assert_near(&run(tick), &want);
    }
}
