//! How much more or less than nominal is made for a receiver with a clock of its own, so that its
//! buffer keeps its depth: [`Pursuit`]. Pure arithmetic; it is told the time.

/// How much more, in ppm, for each ms that is missing.
const PROPORTIONAL: f64 = 30.0;
/// How much that grows in each second, in ppm, for each ms that is missing. Near its target the loop
/// is critically damped: PROPORTIONAL² = 4000 * INTEGRAL, nearly.
const INTEGRAL: f64 = 0.2;
/// Where it is off by this much, in ms, the first of them doubles, and the second is four times as
/// much: near its target the loop takes little of the jitter for drift (25 ppm of 30 ms), and far
/// from it, it is in time.
const NEAR_MS: f64 = 5.0;
/// How much more, in ppm, for each ms of depth after the buffer ran dry. So a receiver that is 0.3 %
/// too fast is followed after a minute and about 15 gaps; one that is 0.1 % too fast after 3 gaps.
const DRY: f64 = 5.0;
/// The time over which the measured depth is smoothed: far above the time between pulls, far below
/// that of the loop.
const SMOOTHING_MS: f64 = 2000.0;
/// Ten times the drift of a bad clock, and a little more, to make up for what is off.
const MOST_PPM: f64 = 3500.0;

/// A controller with a proportional and an integral part. The integral comes to rest at the drift
/// between the two clocks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pursuit {
    target_ms: f64,
    smoothed_ms: f64,
    drift_ppm: f64,
    ppm: f64,
}

impl Pursuit {
    pub fn new(target_ms: f64) -> Self {
        Self { target_ms, smoothed_ms: target_ms, drift_ppm: 0.0, ppm: 0.0 }
    }

    /// `fill_ms` was measured, for a depth of `target_ms`, and `time_ms` have gone by.
    pub fn steer(&mut self, fill_ms: f64, target_ms: f64, time_ms: f64) {
        self.target_ms = target_ms;
        self.smoothed_ms += (self.smoothed_ms - fill_ms) * (-time_ms / SMOOTHING_MS).exp_m1();
        let missing = target_ms - self.smoothed_ms;
        let haste = 1.0 + missing.abs() / NEAR_MS;
        let wanted = PROPORTIONAL * haste * missing + self.drift_ppm;
        self.ppm = limited(wanted);
        // While it is at its limit, the integral does not wind up.
        if self.ppm == wanted || (self.ppm > 0.0) != (missing > 0.0) {
            self.drift_ppm = limited(self.drift_ppm + INTEGRAL * haste * haste * missing * time_ms / 1000.0);
        }
    }

    /// Nothing can be measured, or the buffer has its depth anew: only the drift is made up for.
    pub fn restart(&mut self) {
        (self.smoothed_ms, self.ppm) = (self.target_ms, self.drift_ppm);
    }

    /// The buffer ran dry before the measured depth had shown it.
    pub fn ran_dry(&mut self) {
        self.drift_ppm = limited(self.drift_ppm + DRY * self.target_ms);
    }

    /// How much more is to be made, in ppm: -3500 to 3500.
    pub fn ppm(&self) -> f64 {
        self.ppm
    }

    /// By how much the clock that empties the buffer is faster than the one that fills it, in ppm, as
    /// far as is known.
    pub fn drift_ppm(&self) -> f64 {
        self.drift_ppm
    }
}

fn limited(ppm: f64) -> f64 {
    ppm.clamp(-MOST_PPM, MOST_PPM)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fill after `seconds` in steps of `tick_ms`, when it is emptied by `drift` ppm too fast.
    fn run(pursuit: &mut Pursuit, mut fill: f64, drift: f64, tick_ms: f64, seconds: f64) -> f64 {
        for _ in 0..(seconds * 1000.0 / tick_ms) as usize {
            pursuit.steer(fill, 40.0, tick_ms);
            fill += (pursuit.ppm() - drift) * 1e-6 * tick_ms;
        }
        fill
    }

    #[test]
    fn it_comes_to_rest_at_the_target_and_knows_the_drift() {
        for drift in [-3000.0, -50.0, 0.0, 300.0, 3000.0] {
            let mut pursuit = Pursuit::new(40.0);
            let fill = run(&mut pursuit, 45.0, drift, 10.0, 1200.0);
            assert!((fill - 40.0).abs() < 0.01, "{fill} ms at {drift} ppm");
            assert!((pursuit.drift_ppm() - drift).abs() < 0.1 && (pursuit.ppm() - drift).abs() < 0.1);
        }
    }

    #[test]
    fn the_length_of_a_tick_does_not_matter() {
        let after = |tick_ms| run(&mut Pursuit::new(40.0), 50.0, 100.0, tick_ms, 30.0);
        let exact = after(1.0);
        assert!([5.0, 10.0, 20.0, 60.0].iter().all(|tick_ms| (after(*tick_ms) - exact).abs() < 0.3));
    }

    #[test]
    fn it_does_not_wind_up_and_keeps_the_drift() {
        let mut pursuit = Pursuit::new(40.0);
        run(&mut pursuit, 2000.0, 0.0, 10.0, 60.0);
        assert_eq!((pursuit.ppm(), pursuit.drift_ppm() > -500.0), (-3500.0, true));
        pursuit.ran_dry();
        pursuit.restart();
        assert_eq!(pursuit.ppm(), pursuit.drift_ppm());
    }
}
