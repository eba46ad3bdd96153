//! The lock-free protocols of mixminus under the model checker [`loom`]: its own files, with `src/sync` in the place of its
//! `src/data/sync.rs`, in every order that the steps of their threads may take, and with every value that the memory model
//! lets a load have.
//!
//! Each function of [`checks`] is a protocol with what must hold in it, and says which faults it catches: `.ci/model` makes
//! each of them in a copy of the sources. What the checker does not see: it has a read-modify-write, such as the taking of a
//! mailbox, always read the newest value. `tests/stress.rs` runs the same protocols with real threads.
#![allow(dead_code, unexpected_cfgs, unused_imports, reason = "the files are used in part, and without features")]

#[path = "../../../src/data"]
mod data {
    pub(crate) mod channels;
    pub(crate) mod id;
    pub(crate) mod level;
    pub(crate) mod loudness;
    #[path = "../../tests/model/src/sync/mod.rs"]
    pub(crate) mod sync;
    pub(crate) mod talk;
    pub(crate) mod tap;
    pub(crate) mod ports {
        mod figure;
        pub(crate) use figure::Figure;
    }
}

#[path = "../../../src/link"]
mod link {
    pub(crate) mod hand_over;
    pub(crate) mod mailbox;
    pub(crate) mod readings;
    pub(crate) mod ring;
    pub(crate) mod tap;
}

/// The queue of a player, with clips that are nothing but a length.
#[path = "../../../src/stream/player"]
mod player {
    #[path = "../../../tests/model/src/player/check.rs"]
    mod check;
    #[path = "../../../tests/model/src/player/clip.rs"]
    pub(crate) mod clip;
    mod counters;
    mod cursor;
    mod error;
    mod item;
    mod note;
    mod options;
    mod order;
    mod queue;

    pub use check::{a_player_frees_nothing, a_player_misses_nothing};
}

pub mod checks;
