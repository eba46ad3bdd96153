//! Why a [`JwtAuthorizer`](super::JwtAuthorizer) could not be made, or has no keys: [`JwtError`].

use std::{io, path::PathBuf};

/// Why an authorizer could not be made, or has no keys now.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JwtError {
    /// No issuer was named.
    #[error("JwtOptions::issuers is empty or has an empty name: name who issues the tokens, as their \"iss\" has it")]
    NoIssuer,
    /// No audience was named.
    #[error("JwtOptions::audiences is empty or has an empty name: name this service, as the tokens' \"aud\" has it")]
    NoAudience,
    /// The file with the keys could not be read.
    #[error("cannot read the JWKS in {}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        #[source]
        error: io::Error,
    },
    /// The URL of the keys cannot be used.
    #[error("cannot fetch a JWKS from {url}: {problem}")]
    Url {
        /// The URL, without its password.
        url: String,
        /// What is wrong with the URL.
        problem: &'static str,
    },
    /// The HTTP client that fetches the keys could not be made.
    #[error("no HTTP client for a JWKS: {0}")]
    Client(#[source] reqwest::Error),
    /// No keys have been fetched yet.
    #[error("no keys to check tokens with: {problem}")]
    NoKeysYet {
        /// The result of the last fetch.
        problem: String,
    },
    /// The keys could not be fetched.
    #[error("cannot fetch the JWKS: {problem}")]
    Fetch {
        /// Why they could not be fetched.
        problem: String,
    },
    /// The given or fetched text is no JWKS.
    #[error("this is no JWKS, an object with a list \"keys\": {error}")]
    NotJwks {
        /// The error of the parser.
        #[source]
        error: serde_json::Error,
    },
    /// The JWKS has no usable key.
    #[error("none of the {keys} keys of the JWKS is for RS256 or ES256 signatures: {problems}")]
    NoKey {
        /// How many keys the JWKS has.
        keys: usize,
        /// What is wrong with the first of the keys.
        problems: String,
    },
}
