//! How the factors of a gain move, and multiply.

use super::{D, L, S, assert_near, call, d_ducks, gains, only, ramp};
use crate::oracle::{ListenerConfig, Oracle};

/// A configuration that lists S at this level, in percent.
fn lists(level: f64) -> ListenerConfig {
    ListenerConfig { sources: vec![(S, level, false)], ..ListenerConfig::default() }
}

/// `gain` of the ten samples from number `first` on.
fn samples(first: u8, gain: impl Fn(f64) -> f64) -> Vec<f64> {
    (first..first + 10).map(f64::from).map(gain).collect()
}

/// S's magnitudes over a tick in which it sends `sample` and D is passive.
fn magnitudes(oracle: &mut Oracle, sample: f32) -> Vec<f64> {
    oracle.tick(&[(D, vec![0.0; 10], false), (S, vec![sample; 10], false)]).swap_remove(0).magnitude
}

#[test]
fn oracle_levels_move_over_the_smoothing_time() {
    let mut oracle = call(20);
    assert_near(&gains(&mut oracle, false), &[1.0; 10]);
    oracle.configure(L, lists(80.0));
    assert_near(&gains(&mut oracle, false), &ramp(1.0, -0.01, 0.8));
    // A change during a move starts a new one from the present value; naming the target again changes nothing.
    oracle.configure(L, lists(50.0));
    assert_near(&gains(&mut oracle, false), &ramp(0.9, -0.02, 0.5));
    oracle.configure(L, lists(50.0));
    assert_near(&gains(&mut oracle, false), &ramp(0.7, -0.02, 0.5));
    oracle.configure(L, ListenerConfig { exclusive: true, ..ListenerConfig::default() });
    assert_near(&gains(&mut oracle, false), &ramp(0.5, -0.025, 0.0));

    let mut at_once = call(0);
    gains(&mut at_once, false);
    at_once.mute(S, true);
    assert_near(&gains(&mut at_once, false), &[0.0; 10]);
}

#[test]
fn oracle_moves_multiply() {
    let mut oracle = call(20);
    gains(&mut oracle, false);
    oracle.mute(S, true);
    assert_near(&gains(&mut oracle, false), &ramp(1.0, -0.05, 0.0));
    // present goes back from 0.5 to 1 over 20 samples while hears goes from 1 to 0 over 20.
    oracle.mute(S, false);
    oracle.deafen(L, true);
    assert_near(&gains(&mut oracle, false), &samples(1, |k| (0.5 + 0.025 * k) * (1.0 - 0.05 * k)));
    // And ducked from 1 to 0.4 from here on, which is a third factor.
    oracle.configure(L, lists(40.0));
    let three = |k: f64| (0.75 + 0.025 * k) * (0.5 - 0.05 * k) * (1.0 - 0.03 * k);
    assert_near(&gains(&mut oracle, false), &samples(1, three));
    oracle.deafen(L, false);
    assert_near(&gains(&mut oracle, false), &samples(1, |k| 0.05 * k * (0.7 - 0.03 * k)));
    assert_near(&gains(&mut oracle, false), &samples(11, |k| 0.05 * k * 0.4));
    assert_near(&gains(&mut oracle, false), &[0.4; 10]);
}

#[test]
fn oracle_magnitude_counts_the_greater_end_of_a_move_on_its_way() {
    let mut oracle = call(20);
    gains(&mut oracle, false);
    oracle.configure(L, lists(80.0));
    assert_near(&magnitudes(&mut oracle, -2.0), &[2.0; 10]);
    // From 0.9 to 0.5.
    oracle.configure(L, lists(50.0));
    assert_near(&magnitudes(&mut oracle, 1.0), &[0.9; 10]);
    // hears from 1 to 0 as well; ducked has arrived on its last sample here.
    oracle.deafen(L, true);
    let mut want = [0.9; 10];
    want[9] = 0.5;
    assert_near(&magnitudes(&mut oracle, 1.0), &want);
    let mut want = [0.5; 10];
    want[9] = 0.0;
    assert_near(&magnitudes(&mut oracle, 1.0), &want);
    // The envelope counts at its present value: 5 % a sample down from 100 over 20 samples, D ducking.
    let mut oracle = call(20);
    oracle.configure(L, d_ducks(0.0, 100.0, 20.0));
    gains(&mut oracle, false);
    oracle.mute(S, true);
    let heard = oracle.tick(&[(D, vec![0.0; 10], true), (S, vec![1.0; 10], false)]).swap_remove(0);
    assert_near(&heard.magnitude, &samples(1, |k| 1.0 - 0.05 * k));
    assert_near(&heard.mix, &samples(1, |k| (1.0 - 0.05 * k) * (1.0 - 0.05 * k)));
}

#[test]
fn oracle_tells_gains_before_and_in_the_tick() {
    let mut oracle = call(20);
    let mut told = |sample: f32| {
        let frames = [(D, vec![0.0; 10], false), (S, vec![sample; 10], false)];
        oracle.tick(&frames).swap_remove(0).gains
    };
    assert_eq!(told(1.0), [(S, 0.0, 1.0)]);
    assert_eq!(told(0.0), []);
    oracle.mute(S, true);
    let told = oracle.tick(&[(S, vec![1.0; 10], false)]).swap_remove(0).gains;
    assert_eq!(told, [(S, 1.0, 0.95)]);
}

#[test]
fn oracle_joins_fade_in_and_gaps_fade_out() {
    let mut oracle = call(20);
    oracle.tick(&[]);
    // S was missing in the first tick.
    assert_near(&gains(&mut oracle, false), &ramp(0.0, 0.05, 1.0));
    assert_near(&gains(&mut oracle, false), &ramp(0.5, 0.05, 1.0));
    let mut last = vec![1.0; 10];
    last[9] = 0.5;
    oracle.tick(&[(S, last, false)]);
    // A gap, then an invalid frame, which is one too: the last sample fades.
    assert_near(&only(oracle.tick(&[])), &ramp(0.5, -0.025, 0.0));
    let invalid = (S, vec![f32::NAN; 10], true);
    assert_near(&only(oracle.tick(&[invalid])), &ramp(0.25, -0.025, 0.0));
    oracle.leave(D);
    oracle.join(3, true, true, false);
    let heard = oracle.tick(&[(S, vec![1.0; 10], false), (3, vec![1.0; 10], false)]);
    assert_near(&heard[0].mix, &ramp(0.0, 0.1, 1.0));
    // The newcomer hears S through two moves, present(S) and its own hears, and never itself.
    assert_eq!(heard[1].listener, 3);
    assert_near(&heard[1].mix, &samples(1, |k| 0.05 * k * (0.05 * k)));
    let ends: Vec<f64> = [1.0; 10].into();
    assert_near(&heard[1].magnitude, &ends);
}

#[test]
fn oracle_pairs_start_at_their_targets() {
    let mut oracle = call(20);
    gains(&mut oracle, false);
    oracle.join(3, true, true, false);
    oracle.configure(3, ListenerConfig { sources: vec![(S, 40.0, false)], ..ListenerConfig::default() });
    oracle.configure(L, ListenerConfig { sources: vec![(3, 60.0, false)], ..ListenerConfig::default() });
    let heard = oracle.tick(&[(S, vec![1.0; 10], false), (3, vec![2.0; 10], false)]);
    // L: S at rest, 3 by present(3) alone, to 0.6. 3: S by hears(3) alone, to 0.4.
    assert_near(&heard[0].mix, &samples(1, |k| 1.0 + 2.0 * 0.6 * 0.05 * k));
    assert_near(&heard[1].mix, &samples(1, |k| 0.4 * 0.05 * k));
}

#[test]
fn oracle_leavers_fade_out_by_presence_alone() {
    let mut oracle = call(20);
    oracle.join(3, true, true, true);
    let mut levels = lists(30.0);
    levels.sources.push((3, 0.0, false));
    oracle.configure(L, levels);
    oracle.tick(&[(S, vec![1.0; 10], false), (3, vec![1.0; 10], false)]);
    // The rows that list them go, and yet S fades from 0.3, and 3 is not heard.
    oracle.leave(S);
    oracle.leave(3);
    assert!(oracle.participants[&L].levels.sources.is_empty());
    // A listener that comes later has never listed them: it fades in as both fade out.
    oracle.join(4, false, true, false);
    let heard = oracle.tick(&[]);
    assert_near(&heard[0].mix, &ramp(0.3, -0.015, 0.0));
    assert_near(&heard[1].mix, &samples(1, |k| 2.0 * (0.05 * k) * (1.0 - 0.05 * k)));
    assert_eq!(heard.len(), 2, "those who left hear nothing");
    oracle.configure(L, ListenerConfig { exclusive: true, ..ListenerConfig::default() });
    assert_near(&oracle.tick(&[])[0].mix, &ramp(0.15, -0.015, 0.0));
    assert_eq!(oracle.participants.keys().copied().collect::<Vec<_>>(), [L, D, 4]);
    assert_eq!(oracle.tick(&[])[0].mix, [0.0; 10]);
}

#[test]
fn oracle_a_leaver_keeps_the_moves_that_it_had() {
    let mut oracle = call(20);
    gains(&mut oracle, false);
    oracle.configure(L, lists(20.0));
    assert_near(&gains(&mut oracle, false), &ramp(1.0, -0.04, 0.2));
    oracle.leave(S);
    // ducked goes on from 0.6 to 0.2, present goes from 1 to 0.
    let tail = oracle.tick(&[(D, vec![0.0; 10], false)]);
    assert_near(&only(tail), &samples(1, |k| (0.6 - 0.04 * k) * (1.0 - 0.05 * k)));
    assert_near(&only(oracle.tick(&[])), &samples(11, |k| 0.2 * (1.0 - 0.05 * k)));
}
