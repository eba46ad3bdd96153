//! [`LoadShedder`]: chooses what a mixer leaves out, by how long its ticks take. Pure logic: it is told times and has
//! no clock.

use std::time::Duration;

use super::{overload_policy::OverloadPolicy, shedding::Shedding};

/// After a step was taken, this long passes before the next one: sources fade out; or all rows follow.
const FADED_MS: u32 = 100;
const FOLLOWED_MS: u32 = 400;
/// How many times longer the wait for a try is at most.
const LONGEST_WAIT: u32 = 64;
/// One tick in so many may be too long in a calm time.
const CALM: u32 = 20;

/// Chooses what a mixer leaves out, by how long its ticks take. A `stream::Runner` (feature `stream`) has one; a host that
/// ticks by itself tells one how long each tick took, and the mixer what it says:
///
/// ```
/// use std::time::{Duration, Instant};
/// use mixminus::{LoadShedder, MixerConfig, OverloadPolicy, Shedding};
///
/// let (_controller, mut processor) = MixerConfig::default().build()?;
/// let mut shedder = LoadShedder::new(OverloadPolicy::default(), Duration::from_millis(10));
/// let mut audio = processor.enter();
/// for _ in 0..3 {
///     let began = Instant::now();
///     let _mixes = audio.tick().mix();
///     audio.shed(shedder.after_tick(began.elapsed()));
/// }
/// assert_eq!((shedder.step(), audio.shedding()), (0, Shedding::NONE));
/// # Ok::<(), mixminus::BuildError>(())
/// ```
#[derive(Debug, Clone)]
pub struct LoadShedder {
    policy: OverloadPolicy,
    tick_ns: i128,
    /// How many steps are taken.
    step: usize,
    taken: u64,
    /// Ticks in a row that were too long, and how long they took together.
    over: u32,
    over_ns: i128,
    /// Ticks since the last step was taken or taken back, and of those since the last try could have been, how many were
    /// too long.
    since: u32,
    calm: u32,
    long: u32,
    /// How many times longer than the policy says the next try waits.
    wait: u32,
    last: Last,
    /// How long a tick took when the first step was taken.
    before_ns: i128,
}

/// What a [`LoadShedder`] did last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    Nothing,
    TookStep,
    TookBack,
    GaveUp,
}

impl LoadShedder {
    /// For ticks of this length. Allocates nothing.
    pub fn new(policy: OverloadPolicy, tick: Duration) -> Self {
        Self {
            policy,
            tick_ns: signed_ns(tick),
            step: 0,
            taken: 0,
            over: 0,
            over_ns: 0,
            since: 0,
            calm: 0,
            long: 0,
            wait: 1,
            last: Last::Nothing,
            before_ns: 0,
        }
    }

    /// Takes note of how long a tick took, and says what is to be left out of the next one. Real time.
    pub fn after_tick(&mut self, took: Duration) -> Shedding {
        let took_ns = signed_ns(took);
        let is_long = took_ns * 100 > self.tick_ns * i128::from(self.policy.over_percent);
        (self.over, self.over_ns) =
            if is_long { (self.over.saturating_add(1), self.over_ns.saturating_add(took_ns)) } else { (0, 0) };
        self.since = self.since.saturating_add(1);
        (self.calm, self.long) = (self.calm.saturating_add(1), self.long.saturating_add(u32::from(is_long)));
        if self.over >= self.policy.over_ticks.max(1) && self.is_settled() {
            self.relieve();
        } else if self.step > 0 && self.calm >= self.ticks(self.policy.recover_ms).saturating_mul(self.wait) {
            self.try_again();
        }
        self.shedding()
    }

    /// What is left out now.
    pub fn shedding(&self) -> Shedding {
        self.step.checked_sub(1).map_or(Shedding::NONE, |last| self.policy.steps[last])
    }

    /// How many of the policy's steps are taken: 0 if nothing is left out.
    pub fn step(&self) -> usize {
        self.step
    }

    /// How often a step was taken, since the beginning.
    pub fn steps_taken(&self) -> u64 {
        self.taken
    }

    /// Whether what was done last has had its effect.
    fn is_settled(&self) -> bool {
        self.since
            >= match self.last {
                Last::Nothing | Last::TookBack => 0,
                Last::TookStep if self.shedding().plain_gains => self.ticks(FOLLOWED_MS),
                Last::TookStep => self.ticks(FADED_MS),
                Last::GaveUp => self.ticks(self.policy.recover_ms).saturating_mul(LONGEST_WAIT),
            }
    }

    /// How long the ticks took that were too long in a row.
    fn long_tick_ns(&self) -> i128 {
        self.over_ns / i128::from(self.over.max(1))
    }

    /// Takes the next step; after the last one, takes back all of them if they were of no use.
    fn relieve(&mut self) {
        if self.step < self.policy.steps.len() {
            self.take_step();
        } else if self.step > 0 && (self.before_ns - self.long_tick_ns()) * 10 < self.tick_ns {
            self.step = 0;
            self.begin_anew(Last::GaveUp);
        }
    }

    fn take_step(&mut self) {
        if self.step == 0 {
            self.before_ns = self.long_tick_ns();
        }
        if self.last == Last::TookBack {
            let held = self.since >= self.ticks(self.policy.recover_ms);
            self.wait = if held { 1 } else { LONGEST_WAIT.min(2 * self.wait) };
        }
        (self.step, self.taken) = (self.step + 1, self.taken + 1);
        self.begin_anew(Last::TookStep);
    }

    /// Takes the last step back, unless too many ticks were too long.
    fn try_again(&mut self) {
        if self.long > self.calm / CALM {
            (self.calm, self.long) = (0, 0);
            return;
        }
        // The try before has held.
        self.wait = if self.last == Last::TookBack { 1 } else { self.wait };
        self.step -= 1;
        self.begin_anew(Last::TookBack);
    }

    fn begin_anew(&mut self, last: Last) {
        (self.over, self.over_ns) = (0, 0);
        (self.since, self.calm, self.long, self.last) = (0, 0, 0, last);
    }

    /// How many ticks so much time is: at least 1.
    fn ticks(&self, ms: u32) -> u32 {
        let ticks = i128::from(ms) * 1_000_000 / self.tick_ns.max(1);
        u32::try_from(ticks).unwrap_or(u32::MAX).max(1)
    }
}

/// Less than 2^94: no product of it here overflows.
fn signed_ns(time: Duration) -> i128 {
    time.as_nanos().cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TICK: Duration = Duration::from_millis(10);

    fn shedder() -> LoadShedder {
        LoadShedder::new(OverloadPolicy::default(), TICK)
    }

    /// So many ticks that take this share of their time. The step afterwards.
    fn run(shedder: &mut LoadShedder, ticks: u32, percent: u32) -> usize {
        for _ in 0..ticks {
            let said = shedder.after_tick(TICK * percent / 100);
            assert_eq!(said, shedder.shedding());
        }
        shedder.step()
    }

    /// Ticks whose length is what each step leaves of the time that all takes. The steps that were taken and held.
    fn play(shedder: &mut LoadShedder, ticks: u32, percents: [u32; 6]) -> usize {
        (0..ticks).for_each(|_| _ = run(shedder, 1, percents[shedder.step()]));
        shedder.step()
    }

    #[test]
    fn a_few_long_ticks_are_no_overload() {
        let mut shedder = shedder();
        for _ in 0..100 {
            assert_eq!((run(&mut shedder, 4, 300), run(&mut shedder, 1, 80)), (0, 0));
        }
        assert_eq!(shedder.shedding(), Shedding::NONE);
    }

    #[test]
    fn steps_are_taken_one_after_the_other_each_once_the_last_has_had_its_effect() {
        let mut shedder = shedder();
        assert_eq!([5, 9, 1, 9, 1, 10].map(|ticks| run(&mut shedder, ticks, 130)), [1, 1, 2, 2, 3, 4]);
        assert_eq!([39, 1].map(|ticks| run(&mut shedder, ticks, 110)), [4, 5], "rows take longer to follow");
        assert_eq!((shedder.shedding(), shedder.steps_taken()), (*OverloadPolicy::default().steps.last().unwrap(), 5));
        assert_eq!(run(&mut shedder, 1000, 110), 5, "they are of use, though not enough");
    }

    #[test]
    fn after_two_seconds_with_hardly_a_long_tick_a_step_is_taken_back() {
        let mut shedder = shedder();
        assert_eq!([run(&mut shedder, 5, 81), run(&mut shedder, 199, 79), run(&mut shedder, 1, 79)], [1, 1, 0]);
        run(&mut shedder, 5, 81);
        // It was taken again at once: the wait is twice as long. In it, one tick in fifteen is too long.
        (0..26).for_each(|_| assert_eq!((run(&mut shedder, 9, 20), run(&mut shedder, 1, 300)), (1, 1)));
        assert_eq!([140, 399, 1].map(|ticks| run(&mut shedder, ticks, 20)), [1, 1, 0]);
    }

    #[test]
    fn where_a_step_has_to_be_taken_again_soon_the_next_wait_is_twice_as_long() {
        let mut shedder = shedder();
        run(&mut shedder, 5, 81);
        for wait in [1, 2, 4, 8, 16, 32, 64, 64] {
            assert_eq!([run(&mut shedder, 200 * wait - 1, 10), run(&mut shedder, 1, 10)], [1, 0], "{wait}");
            assert_eq!([run(&mut shedder, 4, 90), run(&mut shedder, 1, 90)], [0, 1], "at once");
        }
        run(&mut shedder, 64 * 200, 10);
        run(&mut shedder, 200, 10);
        assert_eq!([run(&mut shedder, 5, 90), run(&mut shedder, 200, 10)], [1, 0], "it held for longer this time");
    }

    #[test]
    fn once_a_try_has_held_the_next_ones_wait_no_longer_than_the_policy_says() {
        let mut shedder = shedder();
        assert_eq!(run(&mut shedder, 25, 90), 3);
        for wait in [1, 2] {
            assert_eq!([run(&mut shedder, 200 * wait, 10), run(&mut shedder, 5, 90)], [2, 3], "{wait}");
        }
        assert_eq!([799, 1, 799, 1, 199, 1].map(|ticks| run(&mut shedder, ticks, 10)), [3, 2, 2, 1, 1, 0]);
    }

    #[test]
    fn a_load_that_comes_and_goes_leaves_nothing_out_for_good() {
        let mut shedder = shedder();
        // All takes too long, the third step is enough, and later all fits again.
        assert_eq!(play(&mut shedder, 100, [150, 130, 110, 60, 60, 60]), 3);
        play(&mut shedder, 100_000, [150, 130, 110, 60, 60, 60]);
        assert!(shedder.step() >= 2, "each try goes one step back");
        assert_eq!(play(&mut shedder, 30_000, [75, 70, 65, 60, 60, 60]), 0);
    }

    #[test]
    fn steps_that_save_nothing_are_taken_back_and_tried_again_after_the_longest_wait() {
        let mut shedder = shedder();
        assert_eq!([run(&mut shedder, 75, 90), run(&mut shedder, 41, 90)], [5, 0]);
        assert_eq!([run(&mut shedder, 64 * 200 - 10, 90), run(&mut shedder, 10, 90)], [0, 1]);
    }

    #[test]
    fn odd_policies_do_no_harm() {
        let none = OverloadPolicy { steps: Vec::new(), ..OverloadPolicy::default() };
        assert_eq!(run(&mut LoadShedder::new(none, TICK), 100, 900), 0);
        let default = OverloadPolicy::default;
        let zeros = OverloadPolicy { over_percent: 0, over_ticks: 0, recover_ms: 0, ..default() };
        assert_eq!(run(&mut LoadShedder::new(zeros.clone(), TICK), 11, 1), 2, "a tick of any length is too long");
        assert_eq!(run(&mut LoadShedder::new(zeros, Duration::ZERO), 9, 0), 0);
        let most = OverloadPolicy { over_percent: u32::MAX, recover_ms: u32::MAX, ..default() };
        let mut shedder = LoadShedder::new(most, Duration::MAX);
        shedder.after_tick(Duration::MAX);
        assert_eq!((run(&mut shedder, 9, 1), shedder.ticks(u32::MAX)), (0, 1));
    }
}
