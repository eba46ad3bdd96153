//! When a stream has had too much delay for too long: [`Excess`]. Pure arithmetic; it knows time
//! only as samples.

/// The least wait of the packets in a window of time; if it stays too long, the excess is skipped.
///
/// Steering takes away 1.5 ms a second at most: right for some ms, not for 100 ms. Such an excess
/// arises when the first packets were held up, or when the path has become faster.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Excess {
    figures: ExcessFigures,
    /// The rest of the window, and the least wait in it so far.
    left: u64,
    least: Option<i64>,
    /// The excess to be skipped, and how long a quiet moment may still be waited for.
    due: Option<(u64, u64)>,
}

/// All in samples.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ExcessFigures {
    /// How long a packet should wait.
    pub depth: u64,
    /// How much more than that is left to the steering.
    pub tolerated: u64,
    /// The length of a window.
    pub window: u64,
    /// How long a quiet moment is waited for.
    pub patience: u64,
}

impl Excess {
    pub fn new(figures: ExcessFigures) -> Self {
        Self { figures, left: figures.window, least: None, due: None }
    }

    /// A packet comes this long before its first sample is played.
    pub fn see(&mut self, wait: i64) {
        self.least = Some(self.least.map_or(wait, |least| least.min(wait)));
    }

    /// This many samples have been played.
    pub fn pass(&mut self, samples: u64) {
        if let Some((_, patience)) = &mut self.due {
            *patience = patience.saturating_sub(samples);
        }
        self.left = self.left.saturating_sub(samples);
        if self.left > 0 {
            return;
        }
        let over = self.least.map_or(0, |least| least.saturating_sub_unsigned(self.figures.depth));
        self.due = match u64::try_from(over) {
            // An excess that is due already stays as urgent as it was.
            Ok(over) if over > self.figures.tolerated => {
                Some((over, self.due.map_or(self.figures.patience, |(_, patience)| patience)))
            }
            _ => None,
        };
        (self.left, self.least) = (self.figures.window, None);
    }

    /// How many samples to skip now; `quiet` if a skip is hardly heard.
    pub fn take(&mut self, quiet: bool) -> Option<u64> {
        let (over, _) = self.due.take_if(|(_, patience)| quiet || *patience == 0)?;
        // The path may have become slower again since.
        let now = self.least.map_or(over, |least| u64::try_from(least).unwrap_or(0).saturating_sub(self.figures.depth));
        self.restart();
        Some(over.min(now)).filter(|over| *over > 0)
    }

    /// Whether an excess waits to be skipped.
    pub fn is_due(&self) -> bool {
        self.due.is_some()
    }

    /// The play head has moved.
    pub fn restart(&mut self) {
        *self = Self::new(self.figures);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIGURES: ExcessFigures = ExcessFigures { depth: 10, tolerated: 40, window: 100, patience: 50 };

    #[test]
    fn only_what_lasts_is_an_excess() {
        let mut excess = Excess::new(FIGURES);
        excess.see(70);
        excess.see(50);
        excess.pass(100);
        assert_eq!(excess.take(true), None, "one packet waited no more than is tolerated");
        excess.see(70);
        excess.pass(99);
        assert_eq!(excess.take(true), None, "not yet");
        excess.pass(1);
        assert!(excess.is_due());
        assert_eq!(excess.take(true), Some(60));
        assert!(!excess.is_due());
        excess.pass(100);
        assert_eq!(excess.take(true), None, "nothing came");
    }

    #[test]
    fn a_quiet_moment_is_waited_for_but_not_for_ever() {
        let mut excess = Excess::new(FIGURES);
        excess.see(70);
        excess.pass(100);
        assert_eq!(excess.take(false), None);
        excess.pass(49);
        assert_eq!(excess.take(false), None);
        excess.pass(1);
        assert_eq!(excess.take(false), Some(60));
    }
}
