//! The errors, each a message of one line that says what to do about it.

use std::{io, net::SocketAddr, path::PathBuf};

use mixminus::{
    BuildError,
    cluster::NodeError,
    http::{CallError, CallbackError, JwtError, PromptClientError, ServiceError},
    stream::{CodecError, JoinError, RelayError, RunnerError, TapError},
};

use crate::wav::Fault;

/// Everything that keeps the server from starting, or ends it before it is told to stop.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The options cannot be parsed, or contradict each other.
    #[error("{0}")]
    Usage(String),

    /// Two participants with the same id.
    #[error("{0:?} is given twice: every source and listener needs an id of its own")]
    SameId(String),

    /// A file that cannot be read.
    #[error("cannot read {}: {cause}", path.display())]
    Unreadable { path: PathBuf, cause: io::Error },

    /// A file that is not a WAV file, or a damaged one.
    #[error("{} is no WAV file that can be mixed: {cause}", path.display())]
    NotWav { path: PathBuf, cause: Fault },

    /// The mixer refused a participant, for instance because of the rate of its recording.
    #[error("{id:?} cannot join the call: {cause}")]
    Join { id: String, cause: JoinError },

    /// A decoder does not fit the port that was made for it.
    #[error("no decoder: {0}")]
    Decoder(String),

    /// The mixes cannot be encoded.
    #[error("no encoder: {0}")]
    Codec(String),

    /// The mixes cannot be encoded in packets of this length.
    #[error("no encoder: {0}")]
    Encode(#[from] CodecError),

    /// The mixes cannot be copied for those who encode them.
    #[error("no relay: {0}")]
    Relay(#[from] RelayError),

    /// Somebody cannot be recorded.
    #[error("no tap: {0}")]
    Tap(#[from] TapError),

    /// No UDP port can be used.
    #[error("no UDP port of {address} is free: {cause}; choose others by --rtp-ports")]
    Udp { address: String, cause: io::Error },

    /// The certificate or the key is missing, or they do not belong together.
    #[error("{} and {} make no TLS server: {cause}", cert.display(), key.display())]
    Tls { cert: PathBuf, key: PathBuf, cause: io::Error },

    /// The address cannot be used, most often because another program uses it.
    #[error("cannot listen on {address}: {cause}; choose another --listen, where port 0 takes any that is free")]
    Listen { address: SocketAddr, cause: io::Error },

    /// The directory for the recordings cannot be created, or a file of that name exists.
    #[error("cannot write to {}: {cause}; choose another --record", path.display())]
    Unwritable { path: PathBuf, cause: io::Error },

    /// Writing failed during the call, for instance because the disk is full. The call went on.
    #[error("writing {} failed: {cause}; it ends there", path.display())]
    WriteFailed { path: PathBuf, cause: io::Error },

    /// The mixer could not be made.
    #[error("no mixer: {0}")]
    Mixer(#[from] BuildError),

    /// The thread that ticks could not be started, or has ended.
    #[error(transparent)]
    Runner(#[from] RunnerError),

    /// Another thread of the call, or the runtime of the server's tasks, could not be started.
    #[error("the system gives no thread: {0}")]
    Thread(io::Error),

    /// A thread of the call has panicked.
    #[error("the thread {0} has panicked; standard error has what it said")]
    Panicked(&'static str),

    /// The configureMixer service could not be made.
    #[error(transparent)]
    Service(#[from] ServiceError),

    /// The keys that check tokens cannot be read or fetched.
    #[error("--jwks: {0}")]
    Keys(#[from] JwtError),

    /// The callback is not a usable URL.
    #[error("--callback: {0}")]
    Callback(#[from] CallbackError),

    /// Prompts could not be fetched, most often because of a certificate that is none.
    #[error("--prompts-authority: {0}")]
    Prompts(PromptClientError),

    /// The service refused the call.
    #[error(transparent)]
    Call(#[from] CallError),

    /// The mixer cannot be a node of a cluster.
    #[error(transparent)]
    Node(#[from] NodeError),

    /// The call cannot be on several servers.
    #[error("--cluster: {0}")]
    Cluster(String),

    /// The HTTP server has failed.
    #[error("the HTTP server failed: {0}")]
    Serve(io::Error),
}

impl Error {
    /// 2 for errors that the caller can correct in the arguments or the files that they name, 1 for
    /// the rest.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_)
            | Self::SameId(_)
            | Self::Unreadable { .. }
            | Self::NotWav { .. }
            | Self::Join { .. }
            | Self::Unwritable { .. }
            | Self::Tls { .. }
            | Self::Cluster(_)
            | Self::Keys(_)
            | Self::Callback(_)
            | Self::Prompts(_) => 2,
            _ => 1,
        }
    }

    /// The message in one line, also if a quoted name has control characters.
    pub fn one_line(&self) -> String {
        self.to_string().chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
    }
}
