//! What can go wrong, each as one line that says what to do about it.

use std::{io, net::SocketAddr, path::PathBuf};

use mixminus::{
    BuildError,
    http::{CallError, CallbackError, JwtError, ServiceError},
    stream::{JoinError, RunnerError},
};

/// Everything that keeps the server from starting, or ends it other than in order.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The options do not parse, or contradict each other.
    #[error("{0}")]
    Usage(String),

    /// Two participants of one name.
    #[error("{0:?} is given twice: every source and listener needs an id of its own")]
    SameId(String),

    /// A file that cannot be read.
    #[error("cannot read {}: {cause}", path.display())]
    Unreadable { path: PathBuf, cause: io::Error },

    /// A file that is no WAV file, or a broken one.
    #[error("{} is no WAV file that can be mixed: {cause}", path.display())]
    NotWav { path: PathBuf, cause: String },

    /// The mixer cannot take what somebody sends: a rate out of range, say.
    #[error("{id:?} cannot join the call: {cause}")]
    Join { id: String, cause: JoinError },

    /// No certificate or key, or none that fit.
    #[error("{} and {} make no TLS server: {cause}", cert.display(), key.display())]
    Tls { cert: PathBuf, key: PathBuf, cause: io::Error },

    /// Another program is there, most often.
    #[error("cannot listen on {address}: {cause}; choose another --listen, where port 0 takes any that is free")]
    Listen { address: SocketAddr, cause: io::Error },

    /// The place for the recordings cannot be made, or a file is there already.
    #[error("cannot write to {}: {cause}; choose another --record", path.display())]
    Unwritable { path: PathBuf, cause: io::Error },

    /// Writing failed while the call went on: a full disk, say. The call went on.
    #[error("writing {} failed: {cause}; it ends there", path.display())]
    WriteFailed { path: PathBuf, cause: io::Error },

    /// A WAV file has no room for more.
    #[error("{} has as much as a WAV file can hold; it ends there", path.display())]
    Full { path: PathBuf },

    /// The mixer could not be made.
    #[error("no mixer: {0}")]
    Mixer(#[from] BuildError),

    /// The thread that ticks.
    #[error(transparent)]
    Runner(#[from] RunnerError),

    /// Another thread of the call, or what runs the server's tasks.
    #[error("the system gives no thread: {0}")]
    Thread(io::Error),

    /// A thread of the call has panicked.
    #[error("the thread {0} has panicked; standard error has what it said")]
    Panicked(&'static str),

    /// The configureMixer service could not be made.
    #[error(transparent)]
    Service(#[from] ServiceError),

    /// The keys that tokens are checked with cannot be had.
    #[error("--jwks: {0}")]
    Keys(#[from] JwtError),

    /// The callback cannot be posted to.
    #[error("--callback: {0}")]
    Callback(#[from] CallbackError),

    /// The service refused the call.
    #[error(transparent)]
    Call(#[from] CallError),

    /// The HTTP server ended by itself.
    #[error("the HTTP server failed: {0}")]
    Serve(io::Error),
}

impl Error {
    /// 2 for what the caller can put right in the arguments and the files that they name, 1 for the rest.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_)
            | Self::SameId(_)
            | Self::Unreadable { .. }
            | Self::NotWav { .. }
            | Self::Join { .. }
            | Self::Tls { .. }
            | Self::Keys(_)
            | Self::Callback(_) => 2,
            _ => 1,
        }
    }

    /// The message on one line, whatever was in the names that it quotes.
    pub fn one_line(&self) -> String {
        self.to_string().chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
    }
}
