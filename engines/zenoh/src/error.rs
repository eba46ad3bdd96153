//! Why an engine can not be opened: [`ZenohError`].

use std::io;

/// Why [`ZenohEngine::open`](crate::ZenohEngine::open) fails.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ZenohError {
    /// The cluster's name has other characters than a name of a node may have.
    #[error("{name:?} is no name of a cluster: 1 to 64 of a-z, A-Z, 0-9, - _ .")]
    ClusterName {
        /// The name.
        name: String,
    },
    /// Zenoh does not take a list of endpoints.
    #[error(
        "zenoh does not take {endpoints:?} as {setting}: {reason}; an endpoint is PROTOCOL/HOST:PORT, like udp/10.0.0.1:7447?rel=1;mixed_rel=1"
    )]
    Endpoints {
        /// The setting of zenoh's configuration.
        setting: &'static str,
        /// The list.
        endpoints: Vec<String>,
        /// What zenoh says.
        reason: zenoh::Error,
    },
    /// Zenoh opens no session: an address is taken, a certificate can not be read.
    #[error("zenoh opens no session: {0}")]
    Open(zenoh::Error),
    /// Zenoh has opened a session, which does not take a subscription or a token.
    #[error("zenoh does not declare {key}: {reason}")]
    Declare {
        /// The key expression.
        key: String,
        /// What zenoh says.
        reason: zenoh::Error,
    },
    /// The system starts no thread.
    #[error("no thread for what is sent: {0}")]
    Thread(#[from] io::Error),
}
