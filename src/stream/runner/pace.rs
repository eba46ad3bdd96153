//! When to tick: [`Pace`], which is told the time and says what to do. It has no clock, so that
//! tests can give it any time.

/// The deadlines of a mixer's ticks: the first one at 0, and each a tick's time after the one
/// before. All are computed from their number, so that no error adds up where a tick is no whole
/// number of nanoseconds.
#[derive(Debug, Clone)]
pub(super) struct Pace {
    rate_hz: u128,
    tick_samples: u128,
    /// How many ticks that are late by a whole tick or more may be made in a row.
    catch_up: u32,
    /// The number of the tick that is made next.
    next: u64,
    /// How many late ticks were made in a row.
    late: u32,
}

/// What to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Wait for this long.
    Wait {
        /// Nanoseconds.
        ns: u64,
    },
    /// Make a tick whose deadline was this long ago.
    Tick {
        /// Nanoseconds.
        late_ns: u64,
    },
    /// Count this many ticks as not made.
    Skip {
        /// One or more.
        ticks: u64,
    },
}

const NS_PER_S: u128 = 1_000_000_000;

impl Pace {
    pub fn new(rate_hz: u32, tick_samples: usize, catch_up: u32) -> Self {
        Self { rate_hz: rate_hz.into(), tick_samples: tick_samples as u128, catch_up, next: 0, late: 0 }
    }

    /// What to do at a time: nanoseconds since the first deadline, which never go back.
    pub fn step(&mut self, now_ns: u64) -> Step {
        let late_ns = match now_ns.checked_sub(self.deadline_ns(self.next)) {
            Some(late_ns) => late_ns,
            None => return Step::Wait { ns: self.deadline_ns(self.next) - now_ns },
        };
        let behind = self.due(now_ns).saturating_sub(self.next + 1);
        if behind > 0 && self.late >= self.catch_up {
            self.next += behind;
            self.late = 0;
            return Step::Skip { ticks: behind };
        }
        self.late = if behind > 0 { self.late + 1 } else { 0 };
        self.next += 1;
        Step::Tick { late_ns }
    }

    /// When a tick is due: rounded down to a whole nanosecond.
    fn deadline_ns(&self, tick: u64) -> u64 {
        saturated(u128::from(tick) * self.tick_samples * NS_PER_S / self.rate_hz)
    }

    /// How many deadlines have passed by a time, including one at that very time.
    fn due(&self, now_ns: u64) -> u64 {
        saturated(((u128::from(now_ns) + 1) * self.rate_hz).div_ceil(self.tick_samples * NS_PER_S))
    }

    /// The length of a tick, in nanoseconds.
    pub fn tick_ns(&self) -> u64 {
        self.deadline_ns(1)
    }
}

fn saturated(number: u128) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Step::*, *};

    /// Ticks of 10 ns.
    fn tens(catch_up: u32) -> Pace {
        Pace::new(1_000_000_000, 10, catch_up)
    }

    #[test]
    fn on_time_it_ticks_and_waits_by_turns() {
        let mut pace = tens(5);
        assert_eq!(pace.step(0), Tick { late_ns: 0 });
        assert_eq!(pace.step(3), Wait { ns: 7 });
        assert_eq!(pace.step(9), Wait { ns: 1 });
        assert_eq!(pace.step(10), Tick { late_ns: 0 });
        assert_eq!(pace.step(22), Tick { late_ns: 2 });
        assert_eq!(pace.step(22), Wait { ns: 8 });
    }

    #[test]
    fn a_little_late_is_made_good_without_a_skip() {
        let mut pace = tens(5);
        pace.step(0);
        let steps: Vec<_> = (0..5).map(|_| pace.step(43)).collect();
        let late = [33, 23, 13, 3].map(|late_ns| Tick { late_ns });
        assert_eq!(steps, [&late[..], &[Wait { ns: 7 }]].concat());
    }

    #[test]
    fn past_the_catch_up_it_skips_to_the_tick_that_is_due() {
        let mut pace = tens(2);
        pace.step(0);
        let steps: Vec<_> = (0..5).map(|_| pace.step(65)).collect();
        let late = |late_ns| Tick { late_ns };
        assert_eq!(steps, [late(55), late(45), Skip { ticks: 3 }, late(5), Wait { ns: 5 }]);
        assert_eq!((pace.step(85), pace.step(85), pace.step(85)), (late(15), late(5), Wait { ns: 5 }), "and anew");
    }

    #[test]
    fn without_catch_up_only_what_is_due_is_made() {
        let mut pace = tens(0);
        pace.step(0);
        assert_eq!([pace.step(19), pace.step(30)], [Tick { late_ns: 9 }, Skip { ticks: 1 }]);
        assert_eq!([pace.step(30), pace.step(30)], [Tick { late_ns: 0 }, Wait { ns: 10 }]);
    }

    #[test]
    fn who_is_always_too_slow_skips_what_there_is_no_time_for() {
        let (mut pace, mut now, mut made, mut skipped) = (tens(5), 0, 0, 0);
        while now < 15_000 {
            match pace.step(now) {
                Wait { ns } => now += ns,
                Tick { .. } => (now, made) = (now + 15, made + 1),
                Skip { ticks } => skipped += ticks,
            }
        }
        assert_eq!(made, 1000, "one after the other");
        assert!((495..=505).contains(&skipped), "{skipped}");
    }

    #[test]
    fn a_clock_that_jumps_by_an_hour_costs_an_hour_less_the_catch_up() {
        const HOUR_NS: u64 = 3_600_000_000_000;
        let mut pace = Pace::new(48_000, 480, 5);
        pace.step(0);
        let steps: Vec<_> = (0..8).map(|_| pace.step(HOUR_NS)).collect();
        assert!(steps[..5].iter().all(|step| matches!(step, Tick { .. })));
        assert_eq!(steps[5..], [Skip { ticks: 359_994 }, Tick { late_ns: 0 }, Wait { ns: 10_000_000 }]);
    }

    #[test]
    fn it_waits_out_a_clock_that_went_back() {
        let mut pace = tens(5);
        pace.step(0);
        pace.step(10);
        assert_eq!(pace.step(5), Wait { ns: 15 });
    }

    #[test]
    fn the_end_of_time_is_no_overflow() {
        let mut pace = Pace::new(1000, 120, 0);
        assert!(matches!(pace.step(u64::MAX), Skip { .. }));
        assert!((0..3).all(|_| matches!(pace.step(u64::MAX), Tick { .. })));
    }

    /// Ticks for a day, each as early as it may; how many, and the last deadline.
    fn day(rate_hz: u32, tick_samples: usize) -> (u64, u64) {
        const DAY_NS: u64 = 86_400_000_000_000;
        let (mut pace, mut now, mut ticks, mut last) = (Pace::new(rate_hz, tick_samples, 5), 0, 0, 0);
        while now < DAY_NS {
            match pace.step(now) {
                Wait { ns } => now += ns,
                Tick { late_ns } => {
                    assert_eq!(late_ns, 0);
                    (ticks, last) = (ticks + 1, now);
                }
                Skip { .. } => panic!("nothing is late"),
            }
        }
        (ticks, last)
    }

    #[test]
    fn a_day_has_as_many_ticks_as_its_samples_make() {
        assert_eq!(day(44_100, 441), (8_640_000, 86_399_990_000_000));
        // 11.6099773... ms each.
        assert_eq!(day(44_100, 512), (7_441_875, 86_399_988_390_022));
    }

    proptest! {
        #[test]
        fn deadlines_and_what_is_due_agree(
            rate in 1000_u32..768_000, samples in 1_usize..5760, tick in 0_u64..1 << 30
        ) {
            let pace = Pace::new(rate, samples, 5);
            let deadline = pace.deadline_ns(tick);
            prop_assert_eq!(pace.due(deadline), tick + 1);
            if deadline > 0 {
                prop_assert_eq!(pace.due(deadline - 1), tick);
            }
        }
    }
}
