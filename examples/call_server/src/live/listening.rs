//! Whose word counts for what is encoded for a person: [`Listening`].
//!
//! A person's connections follow each other, and may be on different threads. What an earlier one says late must not end
//! what a later one has begun.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use mixminus::{
    ParticipantKey,
    stream::{CodecKey, EncodeControl, EncodeReadings},
};

/// Somebody who hears, by one of the connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listener {
    pub key: ParticipantKey,
    /// Which of all connections: later ones have greater numbers.
    pub turn: u64,
}

/// Says what is encoded for whom, and by which codec. A clone says it to the same threads.
#[derive(Debug, Clone)]
pub struct Listening {
    control: EncodeControl,
    /// The latest connection that has begun to hear, by the participant's slot in the mixer.
    latest: Arc<Mutex<HashMap<usize, u64>>>,
}

impl Listening {
    pub fn new(control: EncodeControl) -> Self {
        Self { control, latest: Arc::default() }
    }

    /// What this listener hears is encoded by this codec from now on, unless a later connection hears in its place.
    pub fn begin(&self, listener: Listener, codec: CodecKey) {
        self.unless_later(listener, || self.control.listen(listener.key, codec));
    }

    /// It is encoded for this listener no longer, unless a later connection hears in its place.
    pub fn end(&self, listener: Listener) {
        self.unless_later(listener, || self.control.leave(listener.key));
    }

    /// What is encoded, by all codecs.
    pub fn readings(&self) -> EncodeReadings {
        self.control.readings()
    }

    fn unless_later(&self, Listener { key, turn }: Listener, order: impl FnOnce()) {
        // Held until the order is given, so that orders come in the order of their turns.
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let latest = latest.entry(key.index()).or_insert(turn);
        if *latest <= turn {
            *latest = turn;
            order();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mixminus::{
        JoinOptions, MixerConfig,
        stream::{EncodeGroups, EncodeOptions, G711Encoder, Relay, RelayOptions, Silence},
    };

    #[test]
    fn an_earlier_connection_neither_ends_nor_begins_what_a_later_one_hears() {
        let (controller, mut processor) = MixerConfig::default().build().unwrap();
        let key = controller.join("anna", JoinOptions::default()).unwrap();
        let (mut ticks, relay) = Relay::new(&processor, RelayOptions::default()).unwrap();
        let options = EncodeOptions { silence: Silence::Encode, ..EncodeOptions::default() };
        let mut groups = EncodeGroups::new(relay, options).unwrap();
        let control = groups.control();
        let [law, other] = [G711Encoder::mu_law(), G711Encoder::a_law()].map(|codec| control.add_codec(codec).unwrap());
        let (listening, [earlier, later]) = (Listening::new(control), [0, 1].map(|turn| Listener { key, turn }));
        let mut audio = processor.enter();
        let mut heard = || {
            (0..2).for_each(|_| ticks.write(&audio.tick().mix()));
            let mut codecs = Vec::new();
            groups.pass(|packet| codecs.push(packet.codec));
            codecs
        };
        listening.begin(earlier, law);
        assert_eq!(heard(), [law]);
        listening.begin(later, other);
        listening.end(earlier);
        assert_eq!(heard(), [other]);
        listening.begin(earlier, law);
        assert_eq!(heard(), [other]);
        listening.end(later);
        assert_eq!(heard(), []);
    }
}
