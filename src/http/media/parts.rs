//! What the media of a call work with: [`Parts`], and the audio of prompts on its way into them: [`Fetched`].

use std::{sync::Arc, time::Duration};

use tokio_util::task::AbortOnDropHandle;

use super::{PromptResolver, names::Names, unplayed::Unplayed};
#[cfg(feature = "cluster")]
use crate::http::calls::Following;
use crate::{
    Controller,
    config::MediaInfo,
    http::{
        calls::Ledger,
        shares::{Share, Shares},
    },
    stream::{Clip, Pcm},
};

/// The parts of a call that its media need.
#[derive(Debug, Clone)]
pub(in crate::http) struct Parts {
    /// The call's id.
    pub call: String,
    /// The ids of those that play.
    pub names: Names,
    pub controller: Controller,
    pub ledger: Arc<Ledger>,
    /// The changes of the conference that the call is, if it is on several nodes.
    #[cfg(feature = "cluster")]
    pub following: Option<Arc<Following>>,
    pub resolver: Arc<dyn PromptResolver>,
    /// The turns at fetching and converting prompts, of all calls.
    pub turns: Arc<Shares<String>>,
    /// How long a prompt may wait for its turn.
    pub patience: Duration,
    /// How long an operation may wait for the mixer.
    pub time_limit: Duration,
    /// How much music of their own those on hold may have in all.
    pub most_music: Duration,
}

/// A turn at fetching a prompt. It is held as long as its audio takes memory that nothing else bounds.
#[derive(Debug)]
pub(in crate::http) struct Turn {
    _share: Share,
}

/// Audio that was fetched, with its turn.
#[derive(Debug)]
pub(in crate::http) struct Fetched<A> {
    pub audio: A,
    turn: Turn,
}

impl Parts {
    /// Waits until it is this call's turn to fetch a prompt: other calls have theirs whatever this one asks for.
    pub async fn turn(&self) -> Result<Turn, Unplayed> {
        let limit = self.patience;
        let share = tokio::time::timeout(limit, self.turns.wait(&self.call)).await;
        share.map(|share| Turn { _share: share }).map_err(|_too_long| Unplayed::NoTurn { limit })
    }

    /// The audio of a prompt. A resolver that panics fails this prompt alone.
    pub async fn fetch(&self, media: &MediaInfo, turn: Turn) -> Result<Fetched<Pcm>, Unplayed> {
        let (resolver, media) = (Arc::clone(&self.resolver), media.clone());
        let asked = AbortOnDropHandle::new(tokio::spawn(async move { (resolver.resolve(&media).await, turn) }));
        let (audio, turn) = asked.await.map_err(|_panic| Unplayed::Resolver)?;
        Ok(Fetched { audio: audio?, turn })
    }

    /// Audio for this call's mixer.
    pub async fn convert(&self, fetched: Fetched<Pcm>) -> Result<Fetched<Clip>, Unplayed> {
        let (format, _) = self.controller.format();
        let Fetched { audio, turn } = fetched;
        // Takes milliseconds a minute of audio, and goes on when nobody waits for it any more.
        let converted = tokio::task::spawn_blocking(move || (audio.clip(format.rate_hz), turn)).await;
        let (audio, turn) = converted.map_err(|_| Unplayed::Unconverted)?;
        Ok(Fetched { audio: audio?, turn })
    }
}
