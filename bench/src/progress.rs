//! A progress bar on standard error, if that is a terminal.

use std::cell::Cell;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Parts of the bar that one case moves through.
const PARTS: u64 = 100;

/// A bar over all cases of a run.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    begun: Cell<u64>,
}

fn bar(length: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{msg:16} {bar:40.cyan/dim} {percent:>3} %  {elapsed}") {
        bar.set_style(style.progress_chars("━╸─"));
    }
    bar
}

/// A bar that several threads move, a step at a time.
pub fn counting(what: &'static str, steps: u64) -> ProgressBar {
    let bar = bar(steps);
    bar.set_message(what);
    bar.tick();
    bar
}

impl Progress {
    /// A bar over so many cases.
    pub fn new(cases: usize) -> Self {
        Self { bar: bar(cases as u64 * PARTS), begun: Cell::new(0) }
    }

    /// The next case begins. Its rooms are made first.
    pub fn begin(&self, case: &'static str) {
        self.bar.set_position(self.begun.get() * PARTS);
        self.bar.set_message(case);
        self.begun.set(self.begun.get() + 1);
        self.bar.tick();
    }

    /// So much of the case is done: from 0 to 1.
    pub fn reached(&self, share: f64) {
        let parts = (share.clamp(0.0, 1.0) * PARTS as f64) as u64;
        self.bar.set_position(self.begun.get().saturating_sub(1) * PARTS + parts);
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
