//! The progress bar, on standard error, and only if that is a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar over all ticks of all runs.
pub struct Progress(ProgressBar);

impl Progress {
    /// A bar of `ticks` steps. It is not drawn if `hidden`, for output to machines, or if standard
    /// error is no terminal.
    pub fn new(ticks: usize, hidden: bool) -> Self {
        let target = if hidden { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(Some(ticks as u64), target);
        let style = ProgressStyle::with_template("{msg:10} {bar:40.cyan/dim} {percent:>3} %  {eta} left");
        if let Ok(style) = style {
            bar.set_style(style.progress_chars("━╸─"));
        }
        Self(bar)
    }

    /// Shows what the program does now.
    pub fn say(&self, what: &'static str) {
        self.0.set_message(what);
    }

    /// Adds one tick.
    pub fn step(&self) {
        self.0.inc(1);
    }

    /// Removes the bar.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}
