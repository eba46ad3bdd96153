//! What the media of a call work with: [`Parts`].

use std::{sync::Arc, time::Duration};

use tokio_util::task::AbortOnDropHandle;

use super::{PromptResolver, unplayed::Unplayed};
use crate::{Controller, config::MediaInfo, http::calls::Ledger, stream::Clip};

/// The parts of a call that its media need.
#[derive(Debug, Clone)]
pub(in crate::http) struct Parts {
    pub controller: Controller,
    pub ledger: Arc<Ledger>,
    pub resolver: Arc<dyn PromptResolver>,
    /// How long an operation may wait for the mixer.
    pub time_limit: Duration,
    /// How much music of their own those on hold may have in all.
    pub most_music: Duration,
}

impl Parts {
    /// The audio of a prompt, for this call's mixer. A resolver that panics fails this prompt alone.
    pub async fn resolve(&self, media: &MediaInfo) -> Result<Clip, Unplayed> {
        let (format, _) = self.controller.format();
        let (resolver, media) = (Arc::clone(&self.resolver), media.clone());
        let asked = AbortOnDropHandle::new(tokio::spawn(async move { resolver.resolve(&media).await }));
        let pcm = asked.await.map_err(|_panic| Unplayed::Resolver)??;
        // Takes milliseconds a minute of audio.
        let clip = tokio::task::spawn_blocking(move || pcm.clip(format.rate_hz)).await;
        Ok(clip.map_err(|_| Unplayed::Unconverted)??)
    }
}
