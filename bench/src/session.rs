//! One run of the program: the instruction set that is measured, how much time each case may take,
//! and how far the run has come.

use std::time::Duration;

use mixminus::InstructionSet;

use crate::{
    Result,
    contender::Contender,
    progress::Progress,
    rounds::{Measured, Pace, interleave},
};

/// What every case is given.
#[derive(Debug)]
pub struct Session {
    /// The instruction set of the mixer, of gemm and of the peak of the core.
    pub kernel: InstructionSet,
    /// Whether the run is a quick look.
    pub quick: bool,
    progress: Progress,
}

impl Session {
    /// A run that shows its progress.
    pub fn new(kernel: InstructionSet, quick: bool, progress: Progress) -> Self {
        Self { kernel, quick, progress }
    }

    /// The next case begins.
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

    /// So much of the case is done: from 0 to 1.
    pub fn reached(&self, share: f64) {
        self.progress.reached(share);
    }

    /// The run is over.
    pub fn finish(&self) {
        self.progress.finish();
    }
}
