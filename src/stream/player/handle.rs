//! The handle of a player: [`Player`].

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    clip::Clip,
    counters::PlayerReadings,
    error::PlayerError,
    events::{PlayerEvents, QueueNumber},
    order::{Order, Repeat},
    queue::Queue,
};
use crate::data::{id::ParticipantKey, level::Gain};

/// Plays audio from memory into a mix: announcements, hold music, beeps, synthesized speech. It is a participant like any
/// other who only sends: levels, ducking, mutes and routes of it are set by its id.
///
/// What is queued is played in its order, by the mixer's clock, without a gap and bit for bit; only where a gain moves are
/// samples changed.
///
/// Its methods may be called from any number of threads but the audio thread: they take a lock that the audio thread
/// never takes, allocate, and free clips that were played before. Dropping the handle changes nothing: what is queued is played
/// to its end, or for ever if it repeats, and the participant stays until it [leaves](crate::Controller::leave).
///
/// # Rules
/// - A [`Clip`] has the mixer's rate. It is converted when it is made, on the thread that makes it; at equal rates its
///   samples are those that were given.
/// - What is queued is played in its order and without a gap, bit for bit, wherever in a tick one clip ends and the next
///   begins. The tick has no influence on it: the same calls at the same samples give the same samples.
/// - Calls take effect with the next tick: those of one thread in their order, and [`play`](Self::play) as a whole.
/// - Four gains move, each linearly: the level and the pause of the player over its smoothing time, what was flushed over
///   its own fade, and the presence of the participant in the mixes over the mixer's smoothing time. They multiply.
/// - A player that sends nothing costs next to nothing. When it has something to play again it becomes present first: its
///   sound begins after the mixer's smoothing time (10 ms), and is not faded in. It sends nothing once it was silent for
///   200 ms with nothing to play, or paused.
/// - In a mixer with a [floor](field@crate::MixerConfig::floor) what is under it counts as silence, as of any source; but
///   digital silence between sounds over the floor does not, so that what follows is not faded in. (It is told as the floor
///   itself: a detector whose threshold is no higher takes that for activity.)
/// - While more than the bound would be queued a clip is refused whole ([`PlayerError::Full`]). Nothing else is ever
///   dropped but by a flush. Where nothing is there to follow it is silent, counts that
///   ([`PlayerReadings::ran_dry`]), and goes on when more comes.
/// - A flush that comes while four others still fade out waits until one of them is over, and calls behind it with it.
/// - Mutes and holds do not stop it: what it plays meanwhile is not heard. [`pause`](Self::pause) keeps the place.
/// - It is heard even where only the [loudest](crate::MixerConfig::loudest) are, and takes no seat.
///
/// ```
/// use mixminus::{Frame, JoinOptions, MixerConfig, stream::{Clip, PlayerEventKind, PlayerOptions}};
/// let (controller, mut processor) = MixerConfig::default().build()?;
/// controller.join("caller", JoinOptions::default())?;
/// let player = controller.join_player("announcements", JoinOptions::default(), PlayerOptions::default())?;
/// let mut events = player.events().expect("nobody has taken them yet");
///
/// let welcome = Clip::new(Frame::mono(&[0.25_f32; 16_000]), 16_000, 48_000)?; // a second
/// let clip = player.append(&welcome)?;
/// player.append_mark(7)?;
/// let mut audio = processor.enter();
/// for _ in 0..50 {
///     audio.tick().mix(); // on the audio thread
/// }
/// // The caller begins to speak: the player falls silent within 30 ms.
/// player.flush(30.0)?;
/// audio.tick().mix();
///
/// // It became present in 10 ms, and was heard for 490.
/// let kinds: Vec<_> = events.by_ref().map(|event| (event.kind, event.at_sample)).collect();
/// assert_eq!(kinds, [
///     (PlayerEventKind::Started { clip }, 480),
///     (PlayerEventKind::Flushed { clip, heard_samples: 49 * 480 }, 50 * 480),
///     (PlayerEventKind::Dropped { mark: 7 }, 50 * 480),
/// ]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Player {
    key: ParticipantKey,
    queue: Arc<Queue>,
    /// Until somebody takes them.
    events: Mutex<Option<PlayerEvents>>,
}

impl Player {
    pub(super) fn new(key: ParticipantKey, queue: Arc<Queue>, events: PlayerEvents) -> Self {
        Self { key, queue, events: Mutex::new(Some(events)) }
    }

    /// What the audio side calls the participant.
    pub fn key(&self) -> ParticipantKey {
        self.key
    }

    /// Plays a clip instead of what is queued, which is flushed: what is heard of it fades out under the clip, which
    /// begins at once and at its full level. `fade_ms` is 0 to 10,000 ms.
    ///
    /// # Errors
    /// [`PlayerError`]: nothing has changed.
    pub fn play(&self, clip: &Clip, fade_ms: f64) -> Result<QueueNumber, PlayerError> {
        let number = self.queue.replace(Some(clip), fade_ms)?;
        Ok(QueueNumber(number.unwrap_or_default()))
    }

    /// Plays a clip behind what is queued, without a gap.
    ///
    /// # Errors
    /// [`PlayerError`]: nothing of it is queued. [`PlayerError::Full`] tells how much is queued.
    pub fn append(&self, clip: &Clip) -> Result<QueueNumber, PlayerError> {
        self.queue.append(clip).map(QueueNumber)
    }

    /// Puts a mark behind what is queued: [`PlayerEventKind::Reached`](super::PlayerEventKind::Reached) tells when all
    /// before it was heard, [`Dropped`](super::PlayerEventKind::Dropped) that it was flushed. Marks need not differ.
    ///
    /// # Errors
    /// [`PlayerError::Gone`], [`PlayerError::Hollow`].
    pub fn append_mark(&self, mark: u64) -> Result<(), PlayerError> {
        self.queue.mark(mark)
    }

    /// Drops everything that is queued. What is heard fades out over `fade_ms`, 0 to 10,000 ms, while what is appended
    /// afterwards begins at once. The events tell how much was heard, and which marks were not reached.
    ///
    /// # Errors
    /// [`PlayerError::Gone`], [`PlayerError::Fade`], [`PlayerError::Busy`].
    pub fn flush(&self, fade_ms: f64) -> Result<(), PlayerError> {
        self.queue.replace(None, fade_ms).map(|_| ())
    }

    /// Fades out over [`PlayerOptions::smoothing_ms`](super::PlayerOptions::smoothing_ms), while the clip goes on, and
    /// then stops, in its place. What was flushed and still fades out is not heard any more then.
    ///
    /// # Errors
    /// [`PlayerError::Gone`], [`PlayerError::Busy`].
    pub fn pause(&self) -> Result<(), PlayerError> {
        self.queue.order(Order::Paused(true))
    }

    /// Goes on from the sample at which it stopped. In the midst of a clip it fades in over the smoothing time.
    ///
    /// # Errors
    /// [`PlayerError::Gone`], [`PlayerError::Busy`].
    pub fn resume(&self) -> Result<(), PlayerError> {
        self.queue.order(Order::Paused(false))
    }

    /// What follows where a clip, or the queue, ends.
    ///
    /// # Errors
    /// [`PlayerError::Gone`], [`PlayerError::Busy`].
    pub fn set_repeat(&self, repeat: Repeat) -> Result<(), PlayerError> {
        self.queue.order(Order::Repeat(repeat))
    }

    /// The level of all that it plays. It moves over the smoothing time; at once where nothing is heard. What a detector
    /// and the meters see is behind it: it is part of what the participant sends.
    ///
    /// # Errors
    /// [`PlayerError::Gone`], [`PlayerError::Busy`].
    pub fn set_level(&self, level: Gain) -> Result<(), PlayerError> {
        self.queue.order(Order::Level(level.factor()))
    }

    /// How much is left to be played, in ms, as of the last tick and with all that was appended or flushed since.
    /// A queue that repeats is counted to its end.
    pub fn left_ms(&self) -> f64 {
        self.queue.lengths_ms()[0]
    }

    /// Its events, for one reader: `None` if they were taken already. Those from before are in it, as far as there was
    /// room.
    pub fn events(&self) -> Option<PlayerEvents> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// What it has counted and measured.
    pub fn readings(&self) -> PlayerReadings {
        let [left_ms, queued_ms] = self.queue.lengths_ms();
        let counters = &self.queue.counters;
        PlayerReadings {
            left_ms,
            queued_ms,
            played_samples: counters.played.get(),
            ran_dry: counters.ran_dry.get(),
            dry_samples: counters.dry.get(),
            lost_events: counters.lost_events.get() + self.queue.line().lost_flushes(),
        }
    }

    /// Whether it still leads to a mixer: `false` once its participant has left, or the mixer is gone, and a controller
    /// has taken the memory back.
    pub fn is_connected(&self) -> bool {
        self.queue.is_connected()
    }
}

impl fmt::Debug for Player {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Player").field("key", &self.key).field("readings", &self.readings()).finish_non_exhaustive()
    }
}
