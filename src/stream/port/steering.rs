//! How fast a stream is consumed, or made, so that its buffer keeps its depth: [`Steering`]. Pure
//! arithmetic; it is told the time.

/// How much faster, in ppm, for each ms of depth too much.
const PROPORTIONAL: f64 = 30.0;
/// How much that grows in each second, in ppm, for each ms too much. The loop is critically damped:
/// PROPORTIONAL² = 4000 * INTEGRAL, nearly. Twice as fast would settle twice as soon, and take
/// twice as much of the jitter for drift.
const INTEGRAL: f64 = 0.2;
/// The time over which the measured depth is smoothed: far above the time between packets, far
/// below that of the loop (70 s).
const SMOOTHING_MS: f64 = 4000.0;
/// Not heard as a change of pitch, and five times the drift of a bad clock.
const MOST_PPM: f64 = 1500.0;

/// A controller with a proportional and an integral part. The integral comes to rest at the drift
/// between the two clocks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Steering {
    target_ms: f64,
    smoothed_ms: f64,
    drift_ppm: f64,
    ppm: f64,
}

impl Steering {
    pub fn new(target_ms: f64) -> Self {
        Self { target_ms, smoothed_ms: target_ms, drift_ppm: 0.0, ppm: 0.0 }
    }

    /// `depth_ms` was measured, or is the last measurement, and `time_ms` have gone by.
    pub fn steer(&mut self, depth_ms: f64, time_ms: f64) {
        self.smoothed_ms += (self.smoothed_ms - depth_ms) * (-time_ms / SMOOTHING_MS).exp_m1();
        let error = self.smoothed_ms - self.target_ms;
        let wanted = PROPORTIONAL * error + self.drift_ppm;
        self.ppm = wanted.clamp(-MOST_PPM, MOST_PPM);
        // While it is at its limit, the integral does not wind up.
        if self.ppm == wanted || (self.ppm > 0.0) != (error > 0.0) {
            let grown = self.drift_ppm + INTEGRAL * error * time_ms / 1000.0;
            self.drift_ppm = grown.clamp(-MOST_PPM, MOST_PPM);
        }
    }

    /// Nothing can be measured: only the drift is made up for.
    pub fn hold(&mut self) {
        self.ppm = self.drift_ppm;
    }

    /// The buffer has its depth anew. The drift stays known.
    pub fn restart(&mut self) {
        self.smoothed_ms = self.target_ms;
        self.hold();
    }

    /// The buffer was made less deep by this much at once.
    pub fn lower(&mut self, by_ms: f64) {
        self.smoothed_ms -= by_ms;
    }

    /// By how much faster than nominal the buffer is to be emptied, in ppm: -1500 to 1500.
    pub fn ppm(&self) -> f64 {
        self.ppm
    }

    /// By how much the clock that fills the buffer is faster than the one that empties it, in ppm,
    /// as far as is known.
    pub fn drift_ppm(&self) -> f64 {
        self.drift_ppm
    }

    /// The depth, smoothed.
    pub fn smoothed_ms(&self) -> f64 {
        self.smoothed_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The depth after `seconds` in steps of `tick_ms`, when the buffer fills by `drift` ppm too
    /// fast.
    fn run(steering: &mut Steering, mut depth: f64, drift: f64, tick_ms: f64, seconds: f64) -> f64 {
        for _ in 0..(seconds * 1000.0 / tick_ms) as usize {
            steering.steer(depth, tick_ms);
            depth += (drift - steering.ppm()) * 1e-6 * tick_ms;
        }
        depth
    }

    #[test]
    fn it_comes_to_rest_at_the_target_and_knows_the_drift() {
        for drift in [-300.0, 0.0, 300.0] {
            let mut steering = Steering::new(60.0);
            let depth = run(&mut steering, 75.0, drift, 10.0, 1200.0);
            assert!((depth - 60.0).abs() < 0.01, "{depth} ms at {drift} ppm");
            assert!((steering.drift_ppm() - drift).abs() < 0.1 && (steering.ppm() - drift).abs() < 0.1);
        }
    }

    #[test]
    fn the_length_of_a_tick_does_not_matter() {
        let after = |tick_ms| run(&mut Steering::new(60.0), 80.0, 100.0, tick_ms, 30.0);
        let exact = after(1.0);
        assert!([5.0, 10.0, 20.0, 60.0].iter().all(|tick_ms| (after(*tick_ms) - exact).abs() < 0.3));
    }

    #[test]
    fn it_does_not_wind_up() {
        let mut steering = Steering::new(60.0);
        run(&mut steering, 2000.0, 1500.0, 10.0, 60.0);
        assert_eq!((steering.ppm(), steering.drift_ppm() < 200.0), (1500.0, true));
        steering.restart();
        let depth = run(&mut steering, 60.0, 0.0, 10.0, 10.0);
        assert!((depth - 60.0).abs() < 2.0, "{depth}");
    }

    #[test]
    fn when_nothing_is_measured_it_goes_on_with_the_drift() {
        let mut steering = Steering::new(60.0);
        run(&mut steering, 70.0, 50.0, 10.0, 20.0);
        steering.lower(3.0);
        steering.hold();
        assert_eq!(steering.ppm(), steering.drift_ppm());
    }
}
