//! Where the audio of prompts comes from: [`PromptResolver`], which a host implements or chooses. The default,
//! [`HttpsPrompts`], trusts neither those who name a URI nor those who answer for it.

mod address;
mod error;
mod https;
mod names;
mod options;

use std::{fmt, future::Future, pin::Pin};

pub use address::{IpRange, IpRangeError};
pub use error::PromptError;
pub use https::{HttpsPrompts, PromptClientError};
pub use options::PromptOptions;

use crate::stream::Pcm;

/// The answer of a [`PromptResolver`]: see [`PromptResolver::resolve`].
pub type PromptAudio<'a> = Pin<Box<dyn Future<Output = Result<Pcm, PromptError>> + Send + 'a>>;

/// Finds the audio of a prompt by its URI (`mediaInfo.uri`).
///
/// It is asked once for each prompt, on the server's threads: slow work must be awaited. A host that has its prompts in
/// memory, or in a store of its own, implements this; [`HttpsPrompts`] fetches them.
///
/// ```
/// use mixminus::{http::{PromptAudio, PromptError, PromptResolver}, stream::{Pcm, StreamFormat}};
///
/// /// The host's own prompts.
/// #[derive(Debug)]
/// struct Beeps;
///
/// impl PromptResolver for Beeps {
///     fn resolve<'a>(&'a self, uri: &'a str) -> PromptAudio<'a> {
///         Box::pin(async move {
///             match uri {
///                 "beep" => Ok(Pcm { format: StreamFormat::mono(8000), samples: vec![0.25; 800] }),
///                 _ => Err(PromptError::Uri { reason: "there is a beep, and nothing else".into() }),
///             }
///         })
///     }
/// }
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// assert_eq!(Beeps.resolve("beep").await?.duration_ms(), 100.0);
/// # Ok::<(), PromptError>(()) }).unwrap();
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait PromptResolver: fmt::Debug + Send + Sync + 'static {
    /// The audio that a URI names, whole.
    ///
    /// # Errors
    /// Why there is none.
    fn resolve<'a>(&'a self, uri: &'a str) -> PromptAudio<'a>;
}
