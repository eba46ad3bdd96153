//! The least of the last values: [`Least`]. Pure arithmetic; it knows time only as the samples that are played.

/// The least value since the last whole window began, and in it: of one window to two.
#[derive(Debug, Clone, Copy)]
pub(super) struct Least {
    window: u64,
    /// Samples until the window ends.
    left: u64,
    now: i64,
    before: i64,
}

impl Least {
    /// Over windows of so many samples, at least one. Until the first has ended, it is 0.
    pub fn new(window: u64) -> Self {
        Self { window: window.max(1), left: window.max(1), now: i64::MAX, before: 0 }
    }

    /// A value that holds for so many samples.
    pub fn see(&mut self, value: i64, samples: u64) {
        self.now = self.now.min(value);
        self.left = self.left.saturating_sub(samples);
        if self.left == 0 {
            (self.before, self.now, self.left) = (self.now, i64::MAX, self.window);
        }
    }

    pub fn get(&self) -> i64 {
        self.now.min(self.before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_forgotten_after_one_window_to_two() {
        let mut least = Least::new(20);
        let mut see = |value| {
            least.see(value, 10);
            least.get()
        };
        assert_eq!([5, 4, 6, 7, 8, 9].map(&mut see), [0, 4, 4, 6, 6, 8]);
    }
}
