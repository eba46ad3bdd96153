//! Where prompts come from: [`PromptResolver`], which a host chooses or implements.

use std::{fmt, future::Future, pin::Pin, sync::Arc, time::Duration};

use crate::{
    config::{MediaInfo, ResultInfo},
    stream::Clip,
};

/// The answer of a [`PromptResolver`].
pub type Resolving<'a> = Pin<Box<dyn Future<Output = Result<Clip, PromptError>> + Send + 'a>>;

/// Turns what a client names into audio. There is no default that fetches anything: a host chooses [`NoPrompts`], or an
/// implementation of its own.
///
/// ```
/// use mixminus::{Frame, config::MediaInfo, http::{PromptError, PromptResolver, Resolving}, stream::Clip};
///
/// /// The announcements of the host's own.
/// #[derive(Debug)]
/// struct Announcements;
///
/// impl PromptResolver for Announcements {
///     fn resolve<'a>(&'a self, media: &'a MediaInfo, rate_hz: u32) -> Resolving<'a> {
///         Box::pin(async move {
///             if media.uri != "announcement:beep" {
///                 return Err(PromptError::Refused { reason: "is no announcement of this call".into() });
///             }
///             let beep: Vec<f32> = (0..1600).map(|n| (n as f32 * 0.4).sin() * 0.2).collect();
///             let clip = Clip::new(Frame::mono(&beep), 8000, rate_hz);
///             clip.map_err(|error| PromptError::NotAudio { reason: format!("cannot be played: {error}") })
///         })
///     }
/// }
/// # let media = |uri: &str| MediaInfo { uri: uri.into(), resource_id: None };
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let beep = Announcements.resolve(&media("announcement:beep"), 48_000).await?;
/// assert_eq!(beep.duration_ms(), 200.0);
/// assert!(Announcements.resolve(&media("file:///etc/passwd"), 48_000).await.is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait PromptResolver: fmt::Debug + Send + Sync + 'static {
    /// The audio that a client names, for a mixer of `rate_hz`. Runs on the service's runtime: slow work has to be
    /// awaited, and work that blocks belongs on threads of its own. Dropping the future cancels it.
    ///
    /// # Errors
    /// Why there is no audio; the client reads it in its operation.
    fn resolve<'a>(&'a self, media: &'a MediaInfo, rate_hz: u32) -> Resolving<'a>;
}

impl<R: PromptResolver + ?Sized> PromptResolver for Arc<R> {
    fn resolve<'a>(&'a self, media: &'a MediaInfo, rate_hz: u32) -> Resolving<'a> {
        (**self).resolve(media, rate_hz)
    }
}

/// Refuses all prompts.
#[derive(Debug, Clone, Copy)]
pub struct NoPrompts;

impl PromptResolver for NoPrompts {
    fn resolve<'a>(&'a self, _media: &'a MediaInfo, _rate_hz: u32) -> Resolving<'a> {
        let reason = "is not fetched: this service fetches none";
        Box::pin(async move { Err(PromptError::Refused { reason: reason.into() }) })
    }
}

/// Why there is no audio for a prompt. A `reason` is the rest of a sentence that begins with "the prompt".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PromptError {
    /// Nothing is fetched from there.
    #[error("the prompt {reason}")]
    Refused {
        /// Why, and what would be allowed.
        reason: String,
    },
    /// It cannot be reached.
    #[error("the prompt {reason}")]
    Unreachable {
        /// What has failed.
        reason: String,
    },
    /// Its server has refused it, or wants to send the service elsewhere.
    #[error("the prompt's server answered with status {status}; 200 is needed")]
    Status {
        /// The HTTP status.
        status: u16,
    },
    /// It has not arrived in time.
    #[error("the prompt has not arrived within {} ms", limit.as_millis())]
    TooSlow {
        /// How long it may take.
        limit: Duration,
    },
    /// It has too many bytes.
    #[error("the prompt is longer than {most_bytes} bytes")]
    TooLarge {
        /// How many it may have.
        most_bytes: u64,
    },
    /// It lasts too long.
    #[error("the prompt lasts longer than {} ms", most.as_millis())]
    TooLong {
        /// How long it may last.
        most: Duration,
    },
    /// It is nothing that can be played.
    #[error("the prompt {reason}")]
    NotAudio {
        /// What it is, and what would be right.
        reason: String,
    },
}

impl PromptError {
    /// The result of the failed operation, as clients read it: `code` is an HTTP status, `subcode` the kind of error.
    pub fn info(&self) -> ResultInfo {
        let (code, subcode) = match self {
            Self::Refused { .. } => (403, 5),
            Self::Unreachable { .. } => (502, 6),
            Self::Status { .. } => (502, 7),
            Self::TooSlow { .. } => (504, 8),
            Self::TooLarge { .. } => (413, 9),
            Self::TooLong { .. } => (413, 10),
            Self::NotAudio { .. } => (415, 11),
        };
        ResultInfo { code, subcode, message: self.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_has_its_own_numbers_and_is_a_sentence() {
        let reason = || "is no WAV".to_owned();
        let all = [
            PromptError::Refused { reason: reason() },
            PromptError::Unreachable { reason: reason() },
            PromptError::Status { status: 302 },
            PromptError::TooSlow { limit: Duration::from_secs(5) },
            PromptError::TooLarge { most_bytes: 7 },
            PromptError::TooLong { most: Duration::from_secs(1) },
            PromptError::NotAudio { reason: reason() },
        ];
        let infos = all.map(|error| error.info());
        assert!(infos.iter().zip(5..).all(|(info, subcode)| info.subcode == subcode));
        assert!(infos.iter().all(|info| info.message.starts_with("the prompt")));
        assert_eq!(infos[2].message, "the prompt's server answered with status 302; 200 is needed");
        assert_eq!(infos[3].message, "the prompt has not arrived within 5000 ms");
    }

    #[tokio::test]
    async fn no_prompts_are_fetched_by_default() {
        let media = MediaInfo { uri: "https://h/x.wav".into(), resource_id: None };
        let refused = Arc::new(NoPrompts).resolve(&media, 48_000).await.unwrap_err();
        assert_eq!(refused.to_string(), "the prompt is not fetched: this service fetches none");
    }
}
