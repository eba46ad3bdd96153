//! The audio side: everything that runs in a tick. It takes what the control side has published, and knows nothing
//! else of it.
//!
//! A tick is a straight line of steps, each in a folder of its own; [`engine::Engine`] takes them in their order, and
//! each hands on a value of its own type:
//!
//! | step | when | from | to |
//! | --- | --- | --- | --- |
//! | [`apply`] | the tick is begun | the published matrix | [`Listener`](apply::Listener)s with targets |
//! | [`receive`] | a frame is sent; `prepare` | frames | [`Audible`](receive::Audible) sources and their signals |
//! | [`plan`] | `prepare` | listeners and sources | [`Groups`](plan::Groups) with a [`Recipe`](plan::Recipe) for each channel, and their outputs |
//! | [`mix`] | in parts | groups | the samples of each [`Output`](deliver::Output), limited and measured |
//! | [`deliver`] | `finish` | outputs | their identities; each listener's meters and limiter state |
//! | [`taps`] | `finish` | signals and outputs | copies for other threads |
//!
//! A sample is copied once, from the frame to the signal of the source's slot; while the presence of a source moves, a
//! second signal has it at its presence. From a listener to its samples: slot, group, output, mix of a channel.
//!
//! Nothing here allocates, frees, locks or makes a system call: all memory was made by the control side and goes back
//! to it.
//!
//! # Words
//! - **slot**: the number of a participant's place in a mixer. A slot that is reused has a new *stay*.
//! - **signal**: one tick of samples of one channel: of a source at its presence, or a shared sum. It is cut into
//!   **tiles** of 48 samples.
//! - **level**: the gain that a row gives to a source, before ducking.
//! - **ramp**: the way of a ducking **envelope** between its two levels, at a constant slope.
//! - **class**: sources that every listener routes alike: by the default group, or by a role. A row has one level for all
//!   sources of a class that it does not list.
//! - **row**: all gains of one listener. A **pair** is one listener and one source that the row lists: its *open*
//!   gain, which the envelope does not multiply, and its *ducked* gain, which it does. A *passing* pair is of a source
//!   that is not listed and has changed class: it goes from the level of one to that of the other by itself.
//! - **floor**: the mean square under which a source is **quiet**: it counts as silent.
//! - **presence**: the factor of a source in all mixes; **hears**: the factor of a listener's whole mix.
//! - **line**: a gain on its way over one tick; **remaining**: what is still to come of its move, sample by sample.
//! - **curve**: what a half of a row is multiplied by, sample by sample, where `hears` or the envelope moves.
//! - **plan**: who hears the same, and how that is made. It holds from tick to tick while nothing changes.
//! - **cohort**: listeners whose rows say the same and rest; they are planned as one.
//! - **recipe**: how a mix is made. *Sparse*: a weighted sum of a few named signals; *shared sums* are signals that
//!   many sparse rows name; a *section* is classes that follow each other and have one gain in a row; *all but one*: everybody but one at one gain; *dense*: a gain for every audible source.
//! - **group**: listeners whose recipes are the same. **Output**: those of a group whose limiters are in the same
//!   state: a mix.
//! - **identity**: what a mix has from the tick in which it begins to that in which it ends: its id. A mix *claims* the
//!   mix of the last tick that most of its listeners heard: one of those who claim the same *goes on*, the others are
//!   *forked*. A listener whose mix has another id than in the last tick has **moved**.
//! - **position**: the samples of a mixer's timeline before a tick, with those of *skipped* ticks, which are not mixed.
//! - **epoch**: a counter that rises whenever the list of audible sources changes.
//! - **generation**: the number of a publication. **Matrix**: all that is published. **Mailbox**: how memory comes and
//!   goes back.
//! - **belongings**: what a participant brings along, and gets back. **Wanted**: of a source, listed by a row at a gain
//!   greater than 0 or as a ducker.
//! - **tap**: a copy of what a source sends, or of what a listener hears, for another thread. **Sum**: of a tap, a mix
//!   before its limiter.
//! - **steer**: to give something that moves another target. **Settle**: to forget moves that are over.

mod apply;
mod belongings;
mod deliver;
mod engine;
mod link;
mod mix;
mod mixes;
mod pair;
mod plan;
mod processor;
mod published;
mod receive;
mod row_memory;
#[cfg_attr(not(feature = "stream"), allow(dead_code, reason = "taps come with the feature"))]
mod taps;

pub use mixes::{Mix, Mixes};
pub use processor::{AudioThread, Part, Prepared, Processor, Tick};

pub(crate) use belongings::{Belongings, Wiring};
pub(crate) use deliver::Limiter;
pub(crate) use engine::Engine;
pub(crate) use link::{Link, Matrix};
#[cfg(feature = "stream")]
pub(crate) use published::Rewired;
pub(crate) use published::{HeardClasses, Row, RowIdentity, Slot};
pub(crate) use row_memory::{ClassLevel, Listed, PairKind, RowMemory};
pub(crate) use taps::{PublishedTap, PublishedTaps, Taps};
