//! Whether a tick can be planned like the one before: most are, for gains rest most of the time, and planning is half
//! of the work where few speak.
//!
//! What a plan depends on is what was published, who is audible at which presence, who is active, and which gains
//! move or have just come to rest. While nothing of it has changed, the groups and their recipes are those of the
//! tick before. Envelopes may be on their way meanwhile, for listeners of one group have the same envelope, until one of them
//! arrives.

/// What is known of the last plan.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct PlanCache {
    /// No gain moved in it but for envelopes; and whether any of these did.
    rests: bool,
    envelopes_move: bool,
    /// The tick that the plan was made for was mixed.
    mixed: bool,
}

impl PlanCache {
    /// Whether the plan of the tick before holds, given whether anything has changed, and whether an envelope that
    /// was on its way has arrived.
    pub fn ask(&mut self, changed: bool, has_arrived: impl FnOnce() -> bool) -> bool {
        let known = std::mem::take(&mut self.mixed) && self.rests && !changed;
        known && (!self.envelopes_move || !has_arrived())
    }

    /// Notes that a plan was made, whether any gain in it moves, and whether any envelope does.
    pub fn note(&mut self, gains_move: bool, envelopes_move: bool) {
        (self.rests, self.envelopes_move) = (!gains_move, envelopes_move);
    }

    /// Notes that the tick was mixed.
    pub fn note_mixed(&mut self) {
        self.mixed = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_holds_while_nothing_changes() {
        let mut cache = PlanCache::default();
        assert!(!cache.ask(false, || false), "there is none");
        cache.note(false, false);
        assert!(!cache.ask(false, || false), "it was not mixed");
        cache.note(false, true);
        cache.note_mixed();
        assert!(cache.ask(false, || false));
        cache.note_mixed();
        assert!(!cache.ask(false, || true), "an envelope has arrived");
        cache.note(true, false);
        cache.note_mixed();
        assert!(!cache.ask(false, || false), "a gain moves");
        cache.note(false, false);
        cache.note_mixed();
        assert!(!cache.ask(true, || false));
    }
}
