//! How a ducking envelope runs.

use super::{D, L, S, assert_near, call, d_ducks, gains, only, ramp};
use crate::oracle::{ListenerConfig, Oracle};

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
fn oracle_a_source_becomes_a_ducker_and_back() {
    let mut oracle = call(20);
    oracle.configure(L, d_ducks(20.0, 60.0, 0.0));
    gains(&mut oracle, false);
    let mut levels = d_ducks(20.0, 60.0, 0.0);
    levels.sources.push((S, 100.0, true));
    oracle.configure(L, levels);
    // open from 0 to 1 and ducked from 1 to 0, beneath an envelope of 0.6.
    assert_near(&gains(&mut oracle, false), &ramp(0.6, 0.02, 1.0));
    oracle.configure(L, d_ducks(20.0, 60.0, 0.0));
    assert_near(&gains(&mut oracle, false), &ramp(0.8, -0.01, 0.6));
}
