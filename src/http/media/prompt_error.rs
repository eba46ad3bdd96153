//! Why there is no prompt: [`PromptError`].

use std::{net::IpAddr, time::Duration};

use crate::config::ResultInfo;
#[cfg(feature = "http-prompts")]
use crate::stream::WavError;

/// Why a prompt was not fetched. Nothing of a URI is in it but scheme, host and port: a path or a query may have a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PromptError {
    /// The host does not play it.
    #[error("the prompt {reason}")]
    Refused {
        /// Why, as the rest of a sentence that begins with "the prompt".
        reason: String,
    },
    /// The URI cannot be read.
    #[error("the prompt's URI cannot be read: {reason}")]
    Uri {
        /// What is wrong.
        reason: String,
    },
    /// Prompts come by https only.
    #[error("the scheme of the prompt's URI is {scheme}; https is required")]
    Scheme {
        /// The scheme.
        scheme: String,
    },
    /// The URI has a user name or a password in it.
    #[error("the prompt's URI has a user name or a password in it, and none is sent")]
    UserInfo,
    /// The host, or where it sends on to, is at an address that is not public.
    #[error("{host} cannot be asked for a prompt: {address} is {kind}, and only public addresses are asked")]
    Address {
        /// The host.
        host: String,
        /// Its address.
        address: IpAddr,
        /// What the address is.
        kind: &'static str,
    },
    /// There was no whole answer.
    #[error("the prompt cannot be fetched: {reason}")]
    Connection {
        /// Why.
        reason: String,
    },
    /// The host did not give all of it in time.
    #[error("the prompt was not there within {limit:?}")]
    Late {
        /// The time limit.
        limit: Duration,
    },
    /// The answer is not 200.
    #[error("{host} answered {status} for the prompt, and 200 is required")]
    Status {
        /// The host.
        host: String,
        /// The status.
        status: u16,
    },
    /// The host sends on to another place, and that once more, too often.
    #[error("{host} sends on to another place for the prompt, which is more than {most} redirects")]
    Redirects {
        /// The host that sent on last.
        host: String,
        /// How many are followed.
        most: usize,
    },
    /// It is compressed.
    #[error("{host} compressed the prompt ({encoding}) though it was asked not to")]
    Compressed {
        /// The host.
        host: String,
        /// Its `Content-Encoding`.
        encoding: String,
    },
    /// It has too many bytes.
    #[error("the prompt is longer than {most} bytes")]
    Bytes {
        /// The most.
        most: usize,
    },
    /// It is no WAV file that can be played. With the feature `http-prompts`.
    #[cfg(feature = "http-prompts")]
    #[error("the prompt is no WAV file that can be played: {cause}; it was sent as {content_type}")]
    NotWav {
        /// What is wrong with it, as a sentence about "it".
        #[source]
        cause: WavError,
        /// What the host says that it is.
        content_type: String,
    },
}

impl PromptError {
    /// The result of the failed operation, as clients read it: `code` is an HTTP status, `subcode` the kind of error.
    pub fn info(&self) -> ResultInfo {
        let (code, subcode) = match self {
            Self::Refused { .. } => (403, 5),
            Self::Uri { .. } => (400, 6),
            Self::Scheme { .. } => (403, 7),
            Self::UserInfo => (403, 8),
            Self::Address { .. } => (403, 9),
            Self::Connection { .. } => (502, 10),
            Self::Late { .. } => (504, 11),
            Self::Status { .. } => (502, 12),
            Self::Redirects { .. } => (502, 13),
            Self::Compressed { .. } => (415, 14),
            Self::Bytes { .. } => (413, 15),
            #[cfg(feature = "http-prompts")]
            Self::NotWav { .. } => (415, 16),
        };
        ResultInfo { code, subcode, message: self.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_has_its_own_numbers() {
        let text = || "x".to_owned();
        let all = [
            PromptError::Refused { reason: text() },
            PromptError::Uri { reason: text() },
            PromptError::Scheme { scheme: text() },
            PromptError::UserInfo,
            PromptError::Address { host: text(), address: [127, 0, 0, 1].into(), kind: "of this machine" },
            PromptError::Connection { reason: text() },
            PromptError::Late { limit: Duration::from_secs(5) },
            PromptError::Status { host: text(), status: 404 },
            PromptError::Redirects { host: text(), most: 3 },
            PromptError::Compressed { host: text(), encoding: text() },
            PromptError::Bytes { most: 7 },
        ];
        assert!(all.iter().zip(5..).all(|(error, subcode)| error.info().subcode == subcode));
        assert_eq!(all[6].info().message, "the prompt was not there within 5s");
    }
}
