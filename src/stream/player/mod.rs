//! Audio from memory, played into a mix: announcements, hold music, beeps, synthesized speech.
//!
//! ```text
//!  any thread                                            audio thread                       any thread
//!
//!  Clip::new ---------> Player::append, play --------->  items, one after the other         PlayerEvents, Feed::player
//!  ClipStream::piece     append_mark                     marks                               started, finished, flushed,
//!   any rate and kind,                                     |                                  reached, dropped
//!   converted here      Player::flush, pause ... ------> orders, at the next tick               ^
//!                                                          |                                    |
//!                                                        place in the queue ---- notes ---------+
//!                                                          + what was flushed, fading
//!                                                          x level x pause ---> mix
//! ```
//!
//! A [`Player`] is a participant who only sends: [`Controller::join_player`](crate::Controller::join_player). Its audio is
//! there as a whole, or as far as it was made: there is no network, no jitter buffer and no clock but the mixer's.
//!
//! The rules are those of [`Player`].
//!
//! # Words
//! - **item**: a clip or a mark in the queue. Its number grows by one with each.
//! - **order**: everything else that the handle tells the audio side.
//! - **note**: what the audio side tells of an item; an event is made of it for the host.
//! - **place**: what is played next. **Tail**: what was flushed while it was heard.
//! - **present**: in the mixes, as of any source.

mod clip;
mod counters;
mod cursor;
mod error;
mod events;
mod fading;
mod handle;
mod item;
mod join;
mod log;
mod note;
mod options;
mod order;
mod output;
mod pcm;
mod pieces;
mod playback;
mod queue;
mod render;

pub use clip::{Clip, ClipError};
pub use counters::PlayerReadings;
pub use error::PlayerError;
pub use events::{PlayerEvent, PlayerEventKind, PlayerEvents, QueueNumber};
pub use handle::Player;
pub use options::{PlayerOptions, PlayerOptionsError};
pub use order::Repeat;
pub use pcm::Pcm;
pub use pieces::ClipStream;
