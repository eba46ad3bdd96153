//! Joining as a player: the controller's methods for it.

use std::sync::Arc;

use super::{
    events::PlayerEvents,
    handle::Player,
    item::{Item, What},
    options::PlayerOptions,
    playback::Playback,
    queue::{LineFigures, ORDERS, Queue},
};
use crate::{
    control::{Changes, Controller, JoinOptions},
    data::{direction::Direction, figures::Figures, id::ParticipantId},
    stream::{JoinError, ring::ring},
};

impl Controller {
    /// Lets in a participant who plays audio from memory: see [`Player`]. It only sends, whatever the options say, and is
    /// heard even where only the [loudest](crate::MixerConfig::loudest) are. Its detector works as for everybody: with an
    /// energy detector it is active while it is heard, so that others can be ducked by it, and it by others.
    ///
    /// When the participant leaves, what it plays fades out over the mixer's smoothing time, and the handle says
    /// [`Gone`](super::PlayerError::Gone) once a controller has taken the memory back ([`reclaim`](Self::reclaim)). So it
    /// does when the processor was dropped.
    ///
    /// ```
    /// use mixminus::{Frame, JoinOptions, MixerConfig, stream::{Clip, PlayerOptions, Repeat}};
    /// let (controller, mut processor) = MixerConfig::default().build()?;
    /// let caller = controller.join("caller", JoinOptions::default())?;
    /// let music = controller.join_player("music", JoinOptions::default(), PlayerOptions::default())?;
    /// music.set_repeat(Repeat::Clip)?;
    /// music.append(&Clip::new(Frame::mono(&[0.125_f32; 441]), 44_100, 48_000)?)?;
    ///
    /// let mut audio = processor.enter();
    /// audio.tick().mix();
    /// let mixes = audio.tick().mix();
    /// assert!(mixes.get(caller).is_some_and(|mix| mix.samples()[100] > 0.1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`JoinError::Control`], [`JoinError::Player`]: nobody joined.
    pub fn join_player(
        &self,
        id: impl Into<ParticipantId>,
        options: JoinOptions,
        player: PlayerOptions,
    ) -> Result<Player, JoinError> {
        self.change(|changes| changes.join_player(id, options, player)).0
    }
}

impl Changes<'_> {
    /// Lets in a participant who plays audio from memory: see [`Controller::join_player`].
    ///
    /// # Errors
    /// [`JoinError::Control`], [`JoinError::Player`].
    pub fn join_player(
        &mut self,
        id: impl Into<ParticipantId>,
        options: JoinOptions,
        player: PlayerOptions,
    ) -> Result<Player, JoinError> {
        player.check().map_err(JoinError::Player).inspect_err(|error| self.note_refused("join", error))?;
        let (playback, queue, notes) = make(&self.figures(), &player);
        let options = JoinOptions { direction: Direction::Source, ..options };
        let key = self.join_from_memory(id.into(), options, Box::new(playback))?;
        let events = PlayerEvents::new(key, notes, Arc::clone(&queue));
        Ok(Player::new(key, queue, events))
    }
}

/// Makes both sides of a player, and the end at which its notes are read. Allocates.
pub(super) fn make(
    figures: &Figures,
    options: &PlayerOptions,
) -> (Playback, Arc<Queue>, rtrb::Consumer<super::note::Note>) {
    let head = Item::new(0, 0, What::Nothing);
    let (to_orders, orders) = ring(ORDERS);
    let (to_notes, notes) = ring(options.events);
    let line = LineFigures { rate_hz: figures.timing.rate, bound_ms: options.bound_ms };
    let queue = Queue::new(line, to_orders, Arc::clone(&head));
    let smoothing = figures.timing.samples(options.smoothing_ms).round() as u32;
    let playback = Playback::new(figures, smoothing, head, orders, to_notes, Arc::clone(&queue));
    (playback, queue, notes)
}
