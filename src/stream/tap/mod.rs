//! Taps: what one participant sends, or hears, for a thread that records or recognises it. [`Tap`] is the reader's end;
//! what the audio thread does is in `audio/taps`, and the ring between them in `link/tap`.
//!
//! [`making`] makes both ends, [`conversion`] puts frames of another rate at their places.
//!
//! # Words
//! - **content**: what a tap has at a place: sound, or why there is none. **Span**: a piece of one content.
//! - **frame**: one sample of each channel, at the rate of the tap. **Position**: the number of a frame, from the beginning
//!   of the mixer's timeline.

mod conversion;
mod made;
mod making;
mod options;
mod reader;
mod span;

pub use crate::data::tap::TapContent;
pub use options::{TapError, TapOptions, Tapped};
pub use reader::{Tap, TapReadings};
pub use span::TapSpan;
