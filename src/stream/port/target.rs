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
mod tests;
