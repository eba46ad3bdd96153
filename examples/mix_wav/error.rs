//! What can go wrong, each as one line that says what to do about it.

use std::{io, path::PathBuf};

use mixminus::config::{Faults, Malformed};

/// Everything that ends the program early.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The options do not parse, or contradict each other.
    #[error("{0}")]
    Usage(String),

    /// An id that could not be the name of a file.
    #[error(
        "the id {0:?} cannot name a file: use letters, digits, spaces and . _ - @ +, at most 100 of them, \
         beginning and ending with something other than a dot or a space"
    )]
    UnsafeId(String),

    /// Two participants of one name.
    #[error("{0:?} is given twice: every source and listener needs an id of its own")]
    SameId(String),

    /// A file that cannot be read.
    #[error("cannot read {}: {cause}", path.display())]
    Unreadable { path: PathBuf, cause: io::Error },

    /// A file that is no WAV file, or a broken one.
    #[error("{} is no WAV file that can be mixed: {cause}", path.display())]
    NotWav { path: PathBuf, cause: String },

    /// A WAV file of more than two channels.
    #[error("{} has {channels} channels, and one or two can be mixed: convert it with `{sox}` or `{ffmpeg}`", path.display())]
    TooManyChannels { path: PathBuf, channels: u16, sox: String, ffmpeg: String },

    /// A rate that the mixer's ports do not take.
    #[error("{0}")]
    Stream(String),

    /// A script that is no JSON, or not the JSON of a script.
    #[error("{}: {cause}", path.display())]
    MalformedScript { path: PathBuf, cause: Malformed },

    /// An event that asks for something that cannot be.
    #[error("{}: [{index}] (atMs {at_ms}): {reason}", path.display())]
    Event { path: PathBuf, index: usize, at_ms: f64, reason: String },

    /// A request inside an event that breaks the rules of the interface.
    #[error("{}: [{index}].configureMixer (atMs {at_ms}): {faults}", path.display())]
    Request { path: PathBuf, index: usize, at_ms: f64, faults: Faults },

    /// Nobody sends anything.
    #[error("there is nothing to mix: the recordings are empty")]
    NothingToMix,

    /// Longer than a WAV file can hold.
    #[error("the call is {seconds:.0} s long: a WAV file cannot hold it")]
    TooLong { seconds: f64 },

    /// An output that would overwrite what is read, or another output.
    #[error("{} would be written over {what}: choose another --out or --plot", path.display())]
    Overwrites { path: PathBuf, what: &'static str },

    /// The place for the results cannot be made.
    #[error("cannot write to {}: {cause}", path.display())]
    Unwritable { path: PathBuf, cause: io::Error },

    /// Writing failed while the call was mixed: a full disk, say.
    #[error("writing {} failed: {cause}", path.display())]
    WriteFailed { path: PathBuf, cause: io::Error },

    /// The picture could not be drawn.
    #[error("drawing the picture failed: {0}")]
    Picture(String),

    /// The report could not be printed.
    #[error("printing the report failed: {0}")]
    Stdout(io::Error),

    /// The mixer refused what the scene asks of it.
    #[error("the mixer refused {what}: {cause}")]
    Mixer { what: String, cause: String },
}

impl Error {
    /// 2 for what the caller can put right in the input, 1 for what failed half way.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::WriteFailed { .. } | Self::Picture(_) | Self::Stdout(_) | Self::Mixer { .. } => 1,
            _ => 2,
        }
    }

    /// The same, with what it is about in front if that is a stream: the mixer does not know of files and options.
    pub fn about(self, what: impl std::fmt::Display) -> Self {
        match self {
            Self::Stream(cause) => Self::Stream(format!("{what}: {cause}")),
            other => other,
        }
    }

    /// The message on one line, whatever was in the names that it quotes.
    pub fn one_line(&self) -> String {
        self.to_string().chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
    }
}
