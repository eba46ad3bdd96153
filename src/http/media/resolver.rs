//! Where the audio of prompts comes from: [`PromptResolver`], which a host implements or chooses.

use std::{fmt, future::Future, pin::Pin, sync::Arc};

use super::prompt_error::PromptError;
use crate::{config::MediaInfo, stream::Pcm};

/// The answer of a [`PromptResolver`]: see [`PromptResolver::resolve`].
pub type PromptAudio<'a> = Pin<Box<dyn Future<Output = Result<Pcm, PromptError>> + Send + 'a>>;

/// Finds the audio of a prompt that a client names.
///
/// Nothing is fetched by default: a host chooses [`NoPrompts`], `HttpsPrompts` (feature `http-prompts`), which fetches them,
/// or an implementation of its own, which has them in memory or in a store.
///
/// ```
/// use mixminus::{config::MediaInfo, http::{PromptAudio, PromptError, PromptResolver}, stream::{Pcm, StreamFormat}};
///
/// /// The host's own prompts.
/// #[derive(Debug)]
/// struct Beeps;
///
/// impl PromptResolver for Beeps {
///     fn resolve<'a>(&'a self, media: &'a MediaInfo) -> PromptAudio<'a> {
///         Box::pin(async move {
///             match media.uri.as_str() {
///                 "beep" => Ok(Pcm { format: StreamFormat::mono(8000), samples: vec![0.25; 800] }),
///                 _ => Err(PromptError::Refused { reason: "is not here: there is a beep, and nothing else".into() }),
///             }
///         })
///     }
/// }
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let beep = MediaInfo { uri: "beep".into(), resource_id: None };
/// assert_eq!(Beeps.resolve(&beep).await?.duration_ms(), 100.0);
/// # Ok::<(), PromptError>(()) }).unwrap();
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait PromptResolver: fmt::Debug + Send + Sync + 'static {
    /// The audio that a client names, whole. It is asked once for each prompt, on the service's runtime: slow work must be
    /// awaited, and work that blocks belongs on threads of its own. Dropping the future cancels it.
    ///
    /// # Errors
    /// Why there is none; the client reads it in its operation.
    fn resolve<'a>(&'a self, media: &'a MediaInfo) -> PromptAudio<'a>;
}

impl<R: PromptResolver + ?Sized> PromptResolver for Arc<R> {
    fn resolve<'a>(&'a self, media: &'a MediaInfo) -> PromptAudio<'a> {
        (**self).resolve(media)
    }
}

/// Refuses all prompts.
#[derive(Debug, Clone, Copy)]
pub struct NoPrompts;

impl PromptResolver for NoPrompts {
    fn resolve<'a>(&'a self, _media: &'a MediaInfo) -> PromptAudio<'a> {
        let reason = "is not fetched: this service fetches none";
        Box::pin(async move { Err(PromptError::Refused { reason: reason.into() }) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn no_prompts_are_fetched_by_default() {
        let media = MediaInfo { uri: "https://h/x.wav".into(), resource_id: None };
        let refused = Arc::new(NoPrompts).resolve(&media).await.unwrap_err();
        assert_eq!(refused.to_string(), "the prompt is not fetched: this service fetches none");
    }
}
