//! The protocols, and what must hold in them.

mod boxes;
mod figures;
mod generations;
mod taps;

use loom::{
    cell::UnsafeCell,
    model::Builder,
    thread::{self, ThreadId},
};

pub use crate::player::{a_player_frees_nothing, a_player_misses_nothing};
pub use boxes::a_mailbox_gives_back_what_was_done;
pub use figures::{counts_never_go_back, figures_are_whole, talk_events_are_told_or_counted};
pub use generations::{
    a_publication_is_whole_and_comes_back, ticks_before_a_publication_are_counted, what_is_reached_is_final,
};
pub use taps::{a_loss_is_counted, a_reader_who_goes_is_noticed, a_timeline_is_whole, what_is_over_was_read};

/// Runs a protocol in every order with so many preemptions at most, or as many as `LOOM_MAX_PREEMPTIONS` says.
pub(crate) fn explore(preemptions: usize, protocol: impl Fn() + Sync + Send + 'static) {
    let mut builder = Builder::new();
    builder.max_branches = 20_000;
    builder.preemption_bound = builder.preemption_bound.or(Some(preemptions));
    builder.check(protocol);
}

/// Something that its thread makes and must free; and a value that nobody may touch while another does.
#[derive(Debug)]
pub(crate) struct Owned {
    by: ThreadId,
    value: UnsafeCell<u64>,
}

impl Default for Owned {
    fn default() -> Self {
        Self { by: thread::current().id(), value: UnsafeCell::new(0) }
    }
}

// SAFETY: the model checker panics if two threads touch the value at the same time.
#[allow(unsafe_code)]
unsafe impl Send for Owned {}
// SAFETY: as above.
#[allow(unsafe_code)]
unsafe impl Sync for Owned {}

impl Owned {
    #[allow(unsafe_code)]
    pub fn set(&self, value: u64) {
        // SAFETY: the model checker panics if anybody else has it.
        self.value.with_mut(|it| unsafe { *it = value });
    }

    #[allow(unsafe_code)]
    pub fn get(&self) -> u64 {
        // SAFETY: the model checker panics if anybody writes to it.
        self.value.with(|it| unsafe { *it })
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(thread::current().id(), self.by, "freed on another thread than it was made on");
        }
    }
}
