//! [`LoadShedder`]: chooses what a mixer leaves out, by how long its ticks take. Pure logic: it is told times and has
//! no clock.

use std::time::Duration;

use super::shedding::Shedding;

/// When a [`LoadShedder`] has less mixed, and when more again. Percentages are of a tick's time.
///
/// The time of a tick is what its thread takes for it as a whole: reading the ports, mixing, and what the host does
/// with the mixes. So a host that encodes on that thread is relieved, too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverloadPolicy {
    /// A tick that takes more than this is too long.
    pub over_percent: u32,
    /// After so many ticks in a row that are too long, the next step is taken: at least 1. One alone says nothing: the
    /// system may have run something else.
    pub over_ticks: u32,
    /// A tick that takes less than this has time to spare.
    pub under_percent: u32,
    /// After this long in which every tick had time to spare, the last step is taken back. Where it has to be taken
    /// again within the same time, the next wait is twice as long, up to 64 times this; so a mixer that is a little too
    /// slow for all does not go to and fro.
    pub recover_ms: u32,
    /// What is left out: the first step is the mildest. An empty list leaves out nothing, ever.
    pub steps: Vec<Shedding>,
}

impl Default for OverloadPolicy {
    /// Five ticks in a row over 80 % are too many; 2 s under 50 % are enough. The loudest 16, 8 and 4 sources are heard
    /// beside those that are listed; then these at plain gains, so that mixes are shared; then four in all, which takes
    /// next to no time whatever is configured.
    fn default() -> Self {
        let loudest = |loudest| Shedding { loudest: Some(loudest), ..Shedding::NONE };
        let shared = Shedding { plain_gains: true, ..loudest(4) };
        let least = Shedding { listed_compete: true, ..shared };
        let steps = vec![loudest(16), loudest(8), loudest(4), shared, least];
        Self { over_percent: 80, over_ticks: 5, under_percent: 50, recover_ms: 2000, steps }
    }
}

/// After a step was taken, this long passes before the next one: sources fade out, and rows follow.
const SETTLE_MS: u32 = 400;
/// How many times longer the wait for a recovery is at most.
const LONGEST_WAIT: u32 = 64;

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
    tick_ns: u128,
    /// How many steps are taken.
    step: usize,
    taken: u64,
    /// Ticks in a row that were too long; that had time to spare; and since the last step was taken or taken back.
    over: u32,
    under: u32,
    since: u32,
    /// How many times longer than the policy says the next recovery waits.
    wait: u32,
    /// Whether the last thing was a recovery.
    recovered: bool,
}

impl LoadShedder {
    /// For ticks of this length. Allocates nothing.
    pub fn new(policy: OverloadPolicy, tick: Duration) -> Self {
        let (tick_ns, since) = (tick.as_nanos(), u32::MAX);
        Self { policy, tick_ns, step: 0, taken: 0, over: 0, under: 0, since, wait: 1, recovered: false }
    }

    /// Takes note of how long a tick took, and says what is to be left out of the next one. Real time.
    pub fn after_tick(&mut self, took: Duration) -> Shedding {
        // Neither product overflows: a Duration is less than 2^94 ns.
        let (took, percent) = (took.as_nanos() * 100, |percent: u32| self.tick_ns * u128::from(percent));
        let (over, under) = (took > percent(self.policy.over_percent), took < percent(self.policy.under_percent));
        self.over = if over { self.over.saturating_add(1) } else { 0 };
        self.under = if under { self.under.saturating_add(1) } else { 0 };
        self.since = self.since.saturating_add(1);
        let settled = self.since >= self.ticks(SETTLE_MS);
        if self.over >= self.policy.over_ticks.max(1) && settled && self.step < self.policy.steps.len() {
            self.take_step();
        } else if self.step > 0 && self.under >= self.ticks(self.policy.recover_ms).saturating_mul(self.wait) {
            self.take_back();
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

    fn take_step(&mut self) {
        let too_early = self.recovered && self.since < self.ticks(self.policy.recover_ms);
        self.wait = match self.recovered {
            true if too_early => LONGEST_WAIT.min(2 * self.wait),
            true => 1,
            false => self.wait,
        };
        (self.step, self.taken) = (self.step + 1, self.taken + 1);
        self.begin_anew(false);
    }

    fn take_back(&mut self) {
        // The one before has held.
        self.wait = if self.recovered { 1 } else { self.wait };
        self.step -= 1;
        self.begin_anew(true);
    }

    fn begin_anew(&mut self, recovered: bool) {
        (self.over, self.under, self.since, self.recovered) = (0, 0, 0, recovered);
    }

    /// How many ticks so much time is: at least 1.
    fn ticks(&self, ms: u32) -> u32 {
        let ticks = u128::from(ms) * 1_000_000 / self.tick_ns.max(1);
        u32::try_from(ticks).unwrap_or(u32::MAX).max(1)
    }
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
        assert_eq!([5, 39, 1, 40, 40, 40, 400].map(|ticks| run(&mut shedder, ticks, 81)), [1, 1, 2, 3, 4, 5, 5]);
        assert_eq!((shedder.shedding(), shedder.steps_taken()), (*OverloadPolicy::default().steps.last().unwrap(), 5));
    }

    #[test]
    fn after_two_seconds_with_time_to_spare_a_step_is_taken_back() {
        let mut shedder = shedder();
        assert_eq!([run(&mut shedder, 5, 81), run(&mut shedder, 199, 49)], [1, 1]);
        assert_eq!([run(&mut shedder, 1, 50), run(&mut shedder, 199, 49), run(&mut shedder, 1, 49)], [1, 1, 0]);
        assert_eq!(run(&mut shedder, 1000, 79), 0);
    }

    #[test]
    fn where_a_step_has_to_be_taken_again_soon_the_next_wait_is_twice_as_long() {
        let mut shedder = shedder();
        run(&mut shedder, 5, 81);
        for wait in [1, 2, 4, 8, 16, 32, 64, 64] {
            assert_eq!([run(&mut shedder, 200 * wait - 1, 10), run(&mut shedder, 1, 10)], [1, 0], "{wait}");
            assert_eq!(run(&mut shedder, 40, 90), 1);
        }
        run(&mut shedder, 64 * 200, 10);
        run(&mut shedder, 200, 10);
        assert_eq!([run(&mut shedder, 5, 90), run(&mut shedder, 200, 10)], [1, 0], "it held for longer this time");
    }

    #[test]
    fn once_a_recovery_has_held_the_next_ones_wait_no_longer_than_the_policy_says() {
        let mut shedder = shedder();
        assert_eq!(run(&mut shedder, 85, 90), 3);
        for wait in [1, 2] {
            assert_eq!([run(&mut shedder, 200 * wait, 10), run(&mut shedder, 40, 90)], [2, 3], "{wait}");
        }
        assert_eq!([799, 1, 799, 1, 199, 1].map(|ticks| run(&mut shedder, ticks, 10)), [3, 2, 2, 1, 1, 0]);
    }

    #[test]
    fn odd_policies_do_no_harm() {
        let none = OverloadPolicy { steps: Vec::new(), ..OverloadPolicy::default() };
        assert_eq!(run(&mut LoadShedder::new(none, TICK), 100, 900), 0);
        let default = OverloadPolicy::default;
        let zeros = OverloadPolicy { over_percent: 0, over_ticks: 0, under_percent: 0, recover_ms: 0, ..default() };
        assert_eq!(run(&mut LoadShedder::new(zeros.clone(), TICK), 41, 1), 2, "a tick of any length is too long");
        assert_eq!(run(&mut LoadShedder::new(zeros, Duration::ZERO), 9, 0), 0);
        let most = OverloadPolicy { over_percent: u32::MAX, recover_ms: u32::MAX, ..default() };
        let mut shedder = LoadShedder::new(most, Duration::MAX);
        shedder.after_tick(Duration::MAX);
        assert_eq!((run(&mut shedder, 9, 1), shedder.ticks(u32::MAX)), (0, 1));
    }
}
