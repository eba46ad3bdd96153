//! Recordings for the examples: one WAV file for each participant, all on one timeline, and an index that says who was
//! when in the call.
//!
//! - [`Track`] has what one tap has in a file: what a participant said, its *stem*, or its mix.
//! - [`WavFile`] grows while the call goes on, is readable at any time, also after the program was killed, and may be
//!   larger than 4 GiB (RF64). What is silent takes no room on a disk whose file system knows holes.
//! - [`Index`] is written as JSON beside the files: the stays of each participant, and the gaps in what was recorded.
//! - [`interleave`] makes one file of many channels from many files.
//!
//! The files are written here, and not by a library: hound writes no RF64, and bwavfile's sizes are right only once a file
//! is closed.

mod header;
mod index;
mod interleaving;
mod track;
mod wav_file;

pub use header::{Sample, Spec};
pub use index::{Gap, Index, Interval, Participant, Timeline};
pub use interleaving::interleave;
pub use track::{Of, Track};
pub use wav_file::WavFile;
