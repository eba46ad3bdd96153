use super::*;

/// A sample is a millisecond.
const FIGURES: TargetFigures = TargetFigures { least: 15, most: 500, ms: 1.0 };

/// A packet each 20 ms with this transit.
fn run(target: &mut TargetDelay, ms: std::ops::Range<i64>, transit: impl Fn(i64) -> i64) {
    for at in ms.step_by(20) {
        target.see(transit(at));
        target.pass(20);
    }
}

#[test]
fn a_steady_path_has_the_least_delay_whatever_its_transit() {
    for transit in [-100_000, 0, 7] {
        let mut target = TargetDelay::new(FIGURES);
        run(&mut target, 0..2000, |_| transit);
        assert_eq!((target.lag(), target.least(), target.spread()), (transit + 15, transit, 0));
    }
}

#[test]
fn jitter_raises_it_at_once_to_the_greatest_transit_and_a_margin() {
    let mut target = TargetDelay::new(FIGURES);
    run(&mut target, 0..4000, |at| at * 7 % 100);
    assert_eq!((target.least(), target.lag()), (0, 80 + 25), "transits of 0 to 80");
}

#[test]
fn what_came_once_is_forgotten_in_seconds_and_what_recurs_is_kept() {
    let mut target = TargetDelay::new(FIGURES);
    run(&mut target, 0..10_000, |_| 0);
    target.see(200);
    assert!(target.lag() > 200);
    run(&mut target, 0..1600, |_| 0);
    assert_eq!(target.lag(), 15);
    run(&mut target, 0..1000, |_| 0);
    target.see(190);
    run(&mut target, 0..7000, |_| 0);
    assert!(target.lag() > 190, "it came twice in 2.6 s");
    run(&mut target, 0..3500, |_| 0);
    assert_eq!(target.lag(), 15, "ten seconds are over");
}

#[test]
fn a_clock_that_is_fast_does_not_leave_its_old_transits_behind() {
    for ppm in [3000, -3000] {
        let mut target = TargetDelay::new(FIGURES);
        run(&mut target, 0..30_000, |at| -at * ppm / 1_000_000);
        let transit = -30_000 * ppm / 1_000_000;
        assert!((target.lag() - transit).abs() <= 22, "{} of {transit}", target.lag());
        assert!((target.drift() * 1e6 + ppm as f64).abs() < 300.0, "{}", target.drift());
    }
}

#[test]
fn it_keeps_the_hosts_bounds() {
    let fixed = TargetFigures { least: 60, most: 60, ms: 1.0 };
    let mut target = TargetDelay::new(fixed);
    run(&mut target, 0..5000, |at| at * 7 % 300);
    assert_eq!(target.lag(), target.least() + 60);
    target.restart();
    assert!(!target.knows());
}

#[test]
fn a_transit_comes_back_that_is_not_away_for_long_beside_the_time_between() {
    let comes_back = |last, first, others| Reached { last, first, others }.comes_back();
    // Four times the time between two, and a window.
    assert!(comes_back(5.0, 6.0, 1.0) && !comes_back(6.0, 7.0, 1.0) && !comes_back(9.0, 10.0, 1.0));
    assert!(comes_back(3.0, 4.0, 2.0) && !comes_back(4.0, 5.0, 2.0));
    assert!(!comes_back(0.0, 0.0, 0.0), "it came once");
}

#[test]
fn a_packet_later_than_all_counts_at_once_and_one_among_the_others_changes_nothing() {
    let mut target = TargetDelay::new(FIGURES);
    assert!(!target.knows());
    target.see(0);
    assert_eq!((target.knows(), target.lag(), target.least(), target.recent()), (true, 15, 0, 0));
    target.see(100);
    // With a margin of 5 ms and a quarter of the spread.
    assert_eq!((target.lag(), target.recent()), (100 + 30, 100));
    target.see(50);
    assert_eq!((target.lag(), target.least(), target.spread()), (130, 0, 100));
    target.see(-10);
    assert_eq!(target.least(), -10);
}

#[test]
fn a_decoder_may_have_the_quickest_wait_longer_but_not_past_the_bound() {
    for (asked, waits) in [(10, 15), (40, 40), (600, 500)] {
        let mut target = TargetDelay::new(FIGURES);
        target.wait_at_least(asked);
        run(&mut target, 0..1000, |_| 7);
        assert_eq!(target.lag(), 7 + waits);
    }
}

#[test]
fn the_margin_is_of_the_usual_spread_and_at_first_of_the_greatest() {
    let lag = |transit: i64| {
        // At 8 kHz: 8 samples are a millisecond.
        let mut target = TargetDelay::new(TargetFigures { least: 120, most: 4000, ms: 8.0 });
        target.see(1000);
        target.see(1000 + transit);
        target.lag() - 1000
    };
    assert_eq!(lag(320), 320 + 40 + 80, "5 ms and a quarter of 40");
    assert_eq!(lag(1600), 1600 + 320, "a fifth of 200 ms, which is over the most of 30");
    assert_eq!(lag(3200), 3200 + 480, "at most twice 30");
}

#[test]
fn the_quickest_packets_of_a_slower_clock_are_those_of_now() {
    let mut target = TargetDelay::new(FIGURES);
    run(&mut target, 0..30_000, |at| at * 3000 / 1_000_000);
    // 3 samples in 1,000: in the three seconds of the windows it is 9.
    assert!((target.least() - 90).abs() <= 3, "{}", target.least());
}

#[test]
fn what_is_recent_is_forgotten_after_three_windows() {
    let mut target = TargetDelay::new(FIGURES);
    target.see(80);
    run(&mut target, 0..1500, |_| 0);
    assert_eq!(target.recent(), 80);
    run(&mut target, 0..500, |_| 0);
    assert_eq!(target.recent(), 0);
    // A window is half a second at any rate.
    let mut at_8_khz = TargetDelay::new(TargetFigures { ms: 8.0, ..FIGURES });
    at_8_khz.see(0);
    let known = [80_000, 3_999, 1].map(|samples| (at_8_khz.pass(samples), at_8_khz.knows()).1);
    assert_eq!(known, [true, true, false]);
    // After ten seconds without a packet nothing is known.
    target.pass(9_500);
    assert!(target.knows());
    target.pass(500);
    assert!(!target.knows());
}
