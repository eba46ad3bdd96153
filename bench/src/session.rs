//! One run of the program: how much time each case may take, and where the run stands.

use std::time::Duration;

use crate::{
    Result,
    contender::Contender,
    progress::Progress,
    rounds::{Measured, Pace, interleave},
};

/// What every case is handed.
#[derive(Debug)]
pub struct Session {
    /// Whether the run is a quick look.
    pub quick: bool,
    progress: Progress,
}

impl Session {
    /// A run that shows its progress.
    pub fn new(quick: bool, progress: Progress) -> Self {
        Self { quick, progress }
    }

    /// Says which case comes next.
    pub fn begin(&self, case: &'static str) {
        self.progress.begin(case);
    }

    /// Measures contenders side by side for about so many seconds.
    pub fn measure(&self, contenders: Vec<Contender<'_>>, seconds: f64) -> Result<Measured> {
        let pace = if self.quick {
            Pace { budget: Duration::from_secs_f64(seconds / 5.0), least: 5, most: 50 }
        } else {
            Pace { budget: Duration::from_secs_f64(seconds), least: 9, most: 300 }
        };
        interleave(contenders, &pace, |share| self.reached(share))
    }

    /// Says how much of the case is done: from 0 to 1.
    pub fn reached(&self, share: f64) {
        self.progress.reached(share);
    }

    /// The run is over.
    pub fn finish(&self) {
        self.progress.finish();
    }
}
