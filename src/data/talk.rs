//! Talk events: [`TalkEvents`] tells the host who begins and ceases to speak. The control side makes the ring
//! between the audio side and the reader. The end that is dropped last frees the ring: the audio side's end
//! goes back to the control side with the audio side's memory, so the audio thread never frees it.

use super::{
    id::ParticipantKey,
    sync::{Consumer, Producer, RingBuffer},
};

/// A change in who speaks. Events happen at the beginning of a tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TalkEvent {
    /// What has changed.
    #[serde(flatten)]
    pub kind: TalkEventKind,
    /// The position of the tick ([`Mixes::position`](crate::Mixes::position)): samples before it, with those of
    /// skipped ticks.
    pub at_sample: u64,
}

/// What a [`TalkEvent`] tells. [`Controller::id`](crate::Controller::id) resolves the keys of participants
/// who are still in the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[non_exhaustive]
pub enum TalkEventKind {
    /// A source has become active, as its detector says.
    Started {
        /// The source.
        key: ParticipantKey,
    },
    /// A source is not active any more: its hangover has ended, or it was muted, lost its input or left.
    Stopped {
        /// The source.
        key: ParticipantKey,
    },
    /// The dominant speaker has changed.
    Dominant {
        /// The new dominant speaker; `None` if nobody is.
        key: Option<ParticipantKey>,
    },
}

/// The events that nobody has read yet, in their order: the reading end of a mixer's one ring.
/// Reading neither locks nor blocks. For one thread at a time, any thread.
///
/// As an iterator it ends where no event is left for now, and goes on once there are more. To wait
/// for events, with or without a timeout, hand it to a `stream::Feed` (feature `stream`).
///
/// ```
/// use mixminus::{Detector, Frame, JoinOptions, MixerConfig, TalkEventKind};
/// let (controller, mut processor) = MixerConfig::default().build()?;
/// let anna = controller.join("anna", JoinOptions { detector: Detector::Host, ..JoinOptions::default() })?;
/// let mut events = controller.talk_events().expect("nobody has taken them yet");
///
/// # let mut audio = processor.enter();
/// let mut tick = audio.tick(); // on the audio thread
/// tick.send(anna, Frame::from(&[0.25_f32; 480][..]).active(true))?;
/// tick.mix();
///
/// let event = events.try_next().expect("anna began to speak");
/// assert_eq!((event.kind, event.at_sample), (TalkEventKind::Started { key: anna }, 0));
/// assert_eq!(controller.id(anna), Some("anna".into()));
/// assert_eq!(events.next().map(|event| event.kind), Some(TalkEventKind::Dominant { key: Some(anna) }));
/// assert_eq!(events.next(), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct TalkEvents(Consumer<TalkEvent>);

impl TalkEvents {
    /// The oldest event that has not been read yet; `None` if there is none for now.
    pub fn try_next(&mut self) -> Option<TalkEvent> {
        self.0.pop().ok()
    }

    /// The ring itself, for a reader on another thread.
    #[cfg(feature = "stream")]
    pub(crate) fn into_ring(self) -> Consumer<TalkEvent> {
        self.0
    }
}

impl Iterator for TalkEvents {
    type Item = TalkEvent;

    fn next(&mut self) -> Option<TalkEvent> {
        self.try_next()
    }
}

/// The writing end of the ring. It belongs to the audio side.
#[derive(Debug)]
pub(crate) struct TalkSender(Producer<TalkEvent>);

impl TalkSender {
    /// Writes an event, if there is room. Returns whether the event is lost; an event is not lost if the
    /// reading end was dropped. Audio thread: never waits, allocates or frees.
    pub fn tell(&mut self, kind: TalkEventKind, at_sample: u64) -> bool {
        self.0.push(TalkEvent { kind, at_sample }).is_err() && !self.0.is_abandoned()
    }
}

/// Both ends of a ring with room for `events` events; `None` for 0 events. Control side: allocates.
pub(crate) fn ring(events: usize) -> Option<(TalkSender, TalkEvents)> {
    if events == 0 {
        return None;
    }
    let (mut sender, mut reader) = RingBuffer::new(events);
    // All of the ring is written to once, so that the audio thread's first write causes no page fault.
    let nothing = TalkEvent { kind: TalkEventKind::Dominant { key: None }, at_sample: 0 };
    while sender.push(nothing).is_ok() {}
    while reader.pop().is_ok() {}
    Some((TalkSender(sender), TalkEvents(reader)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOBODY: TalkEventKind = TalkEventKind::Dominant { key: None };

    #[test]
    fn the_newest_event_is_lost_if_the_ring_is_full() {
        let (mut sender, reader) = ring(2).unwrap();
        assert_eq!([0, 10, 20].map(|at| sender.tell(NOBODY, at)), [false, false, true]);
        assert_eq!(reader.map(|event| event.at_sample).collect::<Vec<_>>(), [0, 10]);
    }

    #[test]
    fn no_event_counts_as_lost_without_a_reader() {
        let (mut sender, reader) = ring(1).unwrap();
        drop(reader);
        assert_eq!([0, 10].map(|at| sender.tell(NOBODY, at)), [false, false]);
        assert!(ring(0).is_none());
    }

    #[test]
    fn an_event_is_flat_json() {
        let key = ParticipantKey { mixer: 1, slot: 2, stay: 3 };
        let json = |kind| serde_json::to_string(&TalkEvent { kind, at_sample: 480 }).unwrap();
        let key_json = r#"{"mixer":1,"slot":2,"stay":3}"#;
        assert_eq!(
            json(TalkEventKind::Started { key }),
            format!(r#"{{"kind":"started","key":{key_json},"atSample":480}}"#)
        );
        assert_eq!(json(NOBODY), r#"{"kind":"dominant","key":null,"atSample":480}"#);
    }
}
