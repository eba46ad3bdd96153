//! How long after its sender made it a sample is to be played: [`TargetDelay`], from the arrivals of the packets.
//! Pure arithmetic; it knows time only as the samples that are played.
//!
//! The *transit* of a packet is the time of its arrival less its position in the stream: what it is compared with
//! has no zero, and only differences matter. A packet is in time if its transit is no more than the *lag*, the time
//! less the position of the play head. So the target is the greatest transit that is to be expected, and a margin.
//!
//! The greatest transit of each half second is kept for ten seconds, as NetEq resamples its histogram of delays
//! (WebRTC, `relative_arrival_delay_tracker` and `delay_manager`). NetEq takes their 95th percentile and forgets over
//! minutes. Here a transit is expected again if it *recurs*: it was reached in several windows, and the time since
//! the last of them is not long beside the time between them; or if it came in the last five seconds and others at least
//! half as great recur. What came alone is expected for a second, and for four while the stream is young.

/// Windows that are kept.
const WINDOWS: usize = 20;
/// The length of a window.
const WINDOW_MS: f64 = 500.0;
/// Transits that differ by less are the same.
const ALIKE_MS: f64 = 5.0;
/// A transit that came back every so often is expected again for this many times as long, and a window.
const PATIENCE: f64 = 4.0;
/// For how many windows a transit is expected again that does not recur: among others that do; alone; and alone while
/// nothing is known of the network yet.
const AMONG_OTHERS: f64 = 10.0;
const ALONE: f64 = 2.0;
const WHILE_YOUNG: f64 = 8.0;
/// A stream is young for so many windows.
const YOUNG: u32 = 12;
/// The margin over the greatest transit: this, and a share of the usual spread, up to a most.
const MARGIN_MS: f64 = 5.0;
const MARGIN_SHARE: f64 = 0.25;
const MARGIN_MOST_MS: f64 = 30.0;
/// The share in the first two windows, in which the spread is not known yet.
const FIRST_SHARE: f64 = 0.2;
/// The quickest packets are those of so many windows in which any came: a path that became slower is known then.
const LEAST_WINDOWS: usize = 6;
/// How late packets may be is counted from the quickest of so many.
const BOUND_WINDOWS: usize = 2;
/// Windows of which the clock's drift is measured, at least and at most.
const DRIFT_WINDOWS: std::ops::RangeInclusive<usize> = 6..=16;
/// The greatest drift that is believed, in samples for each sample.
const MOST_DRIFT: f64 = 0.0035;

/// All in samples.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TargetFigures {
    /// How much later than the quickest packet could be, at least and at most.
    pub least: i64,
    pub most: i64,
    /// A millisecond.
    pub ms: f64,
}

/// In which windows a transit was reached: the ages of the last one and of the first, and how many others there were.
#[derive(Debug, Clone, Copy)]
struct Reached {
    last: f64,
    first: f64,
    others: f64,
}

impl Reached {
    /// Whether the time since the last is not long beside the time between them.
    fn comes_back(&self) -> bool {
        self.others > 0.0 && self.last <= PATIENCE * (self.first - self.last) / self.others + 1.0
    }
}

/// The least and the greatest transit of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Window {
    least: i64,
    most: i64,
}

impl Window {
    fn with(window: Option<Self>, transit: i64) -> Self {
        match window {
            Some(Self { least, most }) => Self { least: least.min(transit), most: most.max(transit) },
            None => Self { least: transit, most: transit },
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct TargetDelay {
    figures: TargetFigures,
    /// The newest last. A window in which nothing came is `None`.
    windows: [Option<Window>; WINDOWS],
    now: Option<Window>,
    /// Samples until the window ends.
    left: i64,
    /// How many windows there were.
    age: u32,
    /// What follows from all that.
    target: i64,
    expected: i64,
    least: i64,
    usual: i64,
    recent: i64,
    drift: f64,
}

impl TargetDelay {
    pub fn new(figures: TargetFigures) -> Self {
        Self {
            figures,
            windows: [None; WINDOWS],
            now: None,
            left: samples(&figures, WINDOW_MS),
            age: 0,
            target: 0,
            expected: i64::MIN,
            least: 0,
            usual: 0,
            recent: 0,
            drift: 0.0,
        }
    }

    /// Forgets everything: another stream, or another path, follows.
    pub fn restart(&mut self) {
        *self = Self::new(self.figures);
    }

    /// From now on the quickest packets wait for so long at least, but for no longer than the host lets them.
    pub fn wait_at_least(&mut self, least: i64) {
        self.figures.least = self.figures.least.max(least.min(self.figures.most));
    }

    /// A packet came.
    pub fn see(&mut self, transit: i64) {
        let known = self.now.is_some_and(|now| now.least <= transit && transit <= now.most);
        self.now = Some(Window::with(self.now, transit));
        if !known {
            self.judge(transit);
        }
    }

    /// So many samples have been played.
    pub fn pass(&mut self, samples: u64) {
        self.left -= samples as i64;
        while self.left <= 0 {
            self.left += self::samples(&self.figures, WINDOW_MS);
            self.windows.rotate_left(1);
            self.windows[WINDOWS - 1] = self.now.take();
            self.age = self.age.saturating_add(1);
            self.drift = self.measure_drift();
            self.judge(i64::MIN);
        }
    }

    /// The lag that is wanted.
    pub fn lag(&self) -> i64 {
        self.target
    }

    /// The transit of the quickest packets.
    pub fn least(&self) -> i64 {
        self.least
    }

    /// The greatest transit of the last one and a half to two seconds: a packet that is not there by then is later
    /// than any of its time.
    pub fn recent(&self) -> i64 {
        self.recent
    }

    /// By how much the transits of most windows differ.
    pub fn spread(&self) -> i64 {
        self.usual - self.least
    }

    /// By how much transits grow with each sample: how much slower the sender's clock is.
    pub fn drift(&self) -> f64 {
        self.drift
    }

    /// Whether anything has come in the last ten seconds.
    pub fn knows(&self) -> bool {
        self.now.is_some() || self.windows.iter().any(Option::is_some)
    }

    /// The greatest transits with their ages in windows, as they would be now if they went on with the drift of a faster
    /// clock.
    fn transits(&self) -> impl Iterator<Item = (f64, i64)> + '_ {
        let window = samples(&self.figures, WINDOW_MS) as f64;
        let old = self.windows.iter().rev().zip(1..).filter_map(move |(window_of, age)| {
            let grown = self.drift.min(0.0) * window * f64::from(age);
            window_of.map(|of| (f64::from(age), of.most + grown as i64))
        });
        self.now.map(|of| (0.0, of.most)).into_iter().chain(old)
    }

    /// The least transits, as they would be now if they went on with the drift of a slower clock.
    fn least_transits(&self) -> impl Iterator<Item = i64> + '_ {
        let window = samples(&self.figures, WINDOW_MS) as f64;
        let old = self.windows.iter().rev().zip(1..).filter_map(move |(window_of, age)| {
            let grown = self.drift.max(0.0) * window * f64::from(age);
            window_of.map(|of| of.least + grown as i64)
        });
        self.now.map(|of| of.least).into_iter().chain(old).take(LEAST_WINDOWS)
    }

    /// Makes up its mind; `newest` is the transit of a packet that came, if one did.
    fn judge(&mut self, newest: i64) {
        let Some(least) = self.least_transits().min() else { return };
        let mut greatest = [0; WINDOWS + 1];
        let mut count = 0;
        for (place, (_, transit)) in greatest.iter_mut().zip(self.transits()) {
            *place = transit;
            count += 1;
        }
        let greatest = &mut greatest[..count];
        greatest.sort_unstable();
        // What was forgotten stays so until a packet comes that is as late.
        let most = self.expected.max(newest);
        let mut known = greatest.iter().rev().copied().filter(|transit| *transit <= most);
        let expected = known.find(|transit| self.recurs(*transit)).unwrap_or(greatest[0].min(most));
        self.expected = expected;
        self.recent = self.transits().filter(|(age, _)| *age <= 3.0).map(|(_, most)| most).max().unwrap_or(expected);
        (self.least, self.usual) = (least, greatest[count / 2]);
        let TargetFigures { least: figure, most, .. } = self.figures;
        let bound = most + self.least_transits().take(BOUND_WINDOWS).min().unwrap_or(least);
        self.target = (least + figure).max(expected + self.margin(expected, count)).min(bound);
    }

    fn margin(&self, expected: i64, windows: usize) -> i64 {
        let share = MARGIN_SHARE * (self.usual - self.least).max(0) as f64;
        let most = MARGIN_MOST_MS * self.figures.ms;
        let margin = (MARGIN_MS * self.figures.ms + share).min(most);
        let first = if windows <= 2 { FIRST_SHARE * (expected - self.least) as f64 } else { 0.0 };
        margin.max(first.min(2.0 * most)) as i64
    }

    /// Whether a transit is to be expected again: if it recurs itself, or came lately, among others of at least half its
    /// size that recur.
    fn recurs(&self, transit: i64) -> bool {
        let reached = self.reached(transit);
        if self.reached(self.least + (transit - self.least) / 2).comes_back() {
            return reached.comes_back() || reached.last <= AMONG_OTHERS;
        }
        reached.last <= if self.age < YOUNG { WHILE_YOUNG } else { ALONE }
    }

    /// In which windows a transit was reached.
    fn reached(&self, transit: i64) -> Reached {
        let alike = transit - samples(&self.figures, ALIKE_MS);
        let ages = self.transits().filter(|(_, most)| *most >= alike).map(|(age, _)| age);
        let none = Reached { last: f64::INFINITY, first: 0.0, others: -1.0 };
        ages.fold(none, |Reached { last, first, others }, age| Reached {
            last: last.min(age),
            first: first.max(age),
            others: others + 1.0,
        })
    }

    /// The slope of the least transits, by least squares.
    fn measure_drift(&self) -> f64 {
        let window = samples(&self.figures, WINDOW_MS) as f64;
        let points = || {
            let places = self.windows.iter().enumerate().skip(WINDOWS - DRIFT_WINDOWS.end());
            places.filter_map(|(at, of)| of.map(|of| (at as f64, (of.least - self.least) as f64)))
        };
        let count = points().count();
        if !DRIFT_WINDOWS.contains(&count) {
            return 0.0;
        }
        let mean = |of: fn((f64, f64)) -> f64| points().map(of).sum::<f64>() / count as f64;
        let (x, y) = (mean(|point| point.0), mean(|point| point.1));
        let (over, under) =
            points().fold((0.0, 0.0), |(over, under), at| (over + (at.0 - x) * (at.1 - y), under + (at.0 - x).powi(2)));
        (over / under / window).clamp(-MOST_DRIFT, MOST_DRIFT)
    }
}

fn samples(figures: &TargetFigures, ms: f64) -> i64 {
    (ms * figures.ms).round().max(1.0) as i64
}

#[cfg(test)]
mod tests {
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
}
