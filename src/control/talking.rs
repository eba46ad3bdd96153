//! Speakers: how many are heard, who is dominant, and the stream of talk events.

use super::{ControlError, Controller};
use crate::{
    data::id::Generation,
    data::{
        id::{ParticipantId, ParticipantKey},
        talk::TalkEvents,
    },
};

impl Controller {
    /// Only the loudest sources are heard, at least 1, or all if `None`: see
    /// [`MixerConfig::loudest`](crate::MixerConfig::loudest).
    ///
    /// ```
    /// # use mixminus::{ControlError, MixerConfig};
    /// # let (controller, _processor) = MixerConfig::default().build()?;
    /// controller.set_loudest(Some(3))?;
    /// assert_eq!(controller.set_loudest(Some(0)), Err(ControlError::Loudest));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// See [`Changes::set_loudest`](crate::Changes::set_loudest).
    pub fn set_loudest(&self, loudest: Option<usize>) -> Result<Generation, ControlError> {
        self.change_one(|changes| changes.set_loudest(loudest))
    }

    /// The id of the participant with this key; `None` once the participant has left.
    pub fn id(&self, key: ParticipantKey) -> Option<ParticipantId> {
        self.registry().id(key).cloned()
    }

    /// The dominant speaker, if there is one: see
    /// [`MixerReadings::dominant`](crate::MixerReadings::dominant).
    ///
    /// ```
    /// # use mixminus::{Frame, JoinOptions, MixerConfig};
    /// # let (controller, mut processor) = MixerConfig::default().build()?;
    /// let anna = controller.join("anna", JoinOptions::default())?;
    /// # let mut audio = processor.enter();
    /// let mut tick = audio.tick(); // on the audio thread
    /// tick.send(anna, Frame::from(&[0.25_f32; 480][..]))?;
    /// tick.mix();
    /// assert_eq!(controller.dominant(), Some("anna".into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn dominant(&self) -> Option<ParticipantId> {
        self.mixer_readings().dominant.and_then(|key| self.id(key))
    }

    /// The stream of talk events. There is one, which is handed out once: `None` if it was taken
    /// already, or the mixer was made without
    /// ([`MixerConfig::talk_events`](crate::MixerConfig::talk_events)). Events from before it was
    /// taken are in it, as far as there was room. `stream::Feed` (feature `stream`) lets threads
    /// wait for its events.
    pub fn talk_events(&self) -> Option<TalkEvents> {
        self.registry().talk.take()
    }
}
