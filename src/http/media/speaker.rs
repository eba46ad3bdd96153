//! A player of the service's own in a call: [`Speaker`].

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use crate::{
    Controller, JoinOptions, Routing,
    stream::{Clip, JoinError, Player, PlayerError, PlayerEventKind, PlayerEvents, PlayerOptions, Repeat},
};

/// A participant of the service's own, which plays what clients ask for. It leaves the call with its last owner.
#[derive(Debug)]
pub(super) struct Speaker {
    id: String,
    controller: Controller,
    player: Player,
    events: Mutex<Option<PlayerEvents>>,
    /// The newest mark.
    mark: AtomicU64,
    /// How long the music is that it plays over and over, in ms.
    music_ms: f64,
}

impl Speaker {
    /// The player of prompts, which everybody in the default group hears.
    pub fn for_prompts(controller: &Controller, id: &str, muted: bool) -> Result<Self, SpeakerError> {
        Self::join(controller, id, JoinOptions { muted, ..JoinOptions::default() })
    }

    /// A player that plays a clip over and over, to nobody yet.
    pub fn for_music(controller: &Controller, id: &str, clip: &Clip) -> Result<Self, SpeakerError> {
        let mut speaker =
            Self::join(controller, id, JoinOptions { routing: Routing::Apart, ..JoinOptions::default() })?;
        speaker.music_ms = clip.duration_ms();
        speaker.player.set_repeat(Repeat::Clip)?;
        speaker.player.append(clip)?;
        Ok(speaker)
    }

    fn join(controller: &Controller, id: &str, options: JoinOptions) -> Result<Self, SpeakerError> {
        let player = controller.join_player(id, options, PlayerOptions::default())?;
        let (events, mark) = (Mutex::new(player.events()), AtomicU64::new(0));
        Ok(Self { id: id.to_owned(), controller: controller.clone(), player, events, mark, music_ms: 0.0 })
    }

    /// The id of its participant.
    pub fn id(&self) -> &str {
        &self.id
    }

    pub fn player(&self) -> &Player {
        &self.player
    }

    /// How long the music is that it plays, in ms.
    pub fn music_ms(&self) -> f64 {
        self.music_ms
    }

    /// Whether it is in the call: a host may have taken it out.
    pub fn is_here(&self) -> bool {
        self.controller.participant(&self.id).is_ok_and(|here| here.key == self.player.key())
    }

    /// A mark that it has not had yet.
    pub fn next_mark(&self) -> u64 {
        self.mark.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// What has come of what it plays, since the last time.
    pub fn events(&self) -> Vec<PlayerEventKind> {
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        events.iter_mut().flatten().map(|event| event.kind).collect()
    }
}

impl Drop for Speaker {
    fn drop(&mut self) {
        if self.is_here() {
            // The host may take it out at this moment.
            let _gone = self.controller.leave(&self.id);
        }
    }
}

/// Why nothing is played.
#[derive(Debug, thiserror::Error)]
pub(in crate::http) enum SpeakerError {
    /// The mixer takes no player.
    #[error(transparent)]
    Join(#[from] JoinError),
    /// The player does not take the audio.
    #[error(transparent)]
    Player(#[from] PlayerError),
}
