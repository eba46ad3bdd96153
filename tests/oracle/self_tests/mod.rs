//! The model held against the worked rows and figures of the page, computed by hand.

mod envelope;
mod moves;

use super::{Ducking, Heard, ListenerConfig, Oracle, OracleConfig};

/// The listener of these tests.
const L: usize = 0;
/// A source whose activity the host states; it sends silence, to leave S alone in the mix.
const D: usize = 1;
/// A source that sends ones, so that the mix is its gain.
const S: usize = 2;

/// 1 kHz, ticks of 10 samples: a sample is a millisecond.
fn config(smoothing: usize) -> OracleConfig {
    OracleConfig { rate: 1000.0, tick: 10, smoothing, threshold_dbfs: -50.0, hangover_ms: 0.0, floor_dbfs: None }
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

#[test]
fn a_source_under_the_floor_is_there_for_200_ms_after_it_was_over_it() {
    let mut oracle = Oracle::new(OracleConfig { floor_dbfs: Some(-40.0), ..config(10) });
    oracle.join(L, false, true, false);
    oracle.join(S, true, false, true);
    let mut presence = |level: f32| only(oracle.tick(&[(S, vec![level; 10], false)]))[9] / f64::from(level);
    assert_eq!([0.009, 0.011, 0.009].map(&mut presence), [0.0, 1.0, 1.0]);
    let there = (0..30).filter(|_| presence(0.009) == 1.0).count();
    assert_eq!(there, 19, "with the one before, 200 ms");
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
