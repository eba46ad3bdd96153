//! Why a [`JwtAuthorizer`](super::JwtAuthorizer) could not be made, or has no keys: [`JwtError`].

use std::{io, path::PathBuf};

/// Why there is no authorizer, or why it has no keys now.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JwtError {
    /// Nobody was named who may issue tokens.
    #[error("JwtOptions::issuers is empty or has an empty name: name who issues the tokens, as their \"iss\" has it")]
    NoIssuer,
    /// Nobody was named whom tokens may be meant for.
    #[error("JwtOptions::audiences is empty or has an empty name: name this service, as the tokens' \"aud\" has it")]
    NoAudience,
    /// The file with the keys could not be read.
    #[error("cannot read the JWKS in {}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        error: io::Error,
    },
    /// The URL of the keys is none to fetch keys from.
    #[error("cannot fetch a JWKS from {url}: {problem}")]
    Url {
        /// The URL, without a password.
        url: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// There is no HTTP client to fetch keys with.
    #[error("no HTTP client for a JWKS: {0}")]
    Client(#[source] reqwest::Error),
    /// There are no keys yet.
    #[error("no keys to check tokens with: {problem}")]
    NoKeysYet {
        /// What became of the last fetch.
        problem: String,
    },
    /// The keys could not be fetched.
    #[error("cannot fetch the JWKS: {problem}")]
    Fetch {
        /// Why not.
        problem: String,
    },
    /// What was given or fetched is no JWKS.
    #[error("this is no JWKS, an object with a list \"keys\": {error}")]
    NotJwks {
        /// What the parser said.
        #[source]
        error: serde_json::Error,
    },
    /// No key of the JWKS can be used.
    #[error("none of the {keys} keys of the JWKS is for RS256 or ES256 signatures: {problems}")]
    NoKey {
        /// How many there are.
        keys: usize,
        /// What is wrong with the first of them.
        problems: String,
    },
}
