//! Who is in a mix: for those who tell the receivers, as the list of contributing sources of an RTP packet does. Reads what the tick was planned with.

use super::{
    Arena, Clock, NONE,
    compose::{Heard, base, ducked},
    listener::Listener,
    plan::heard,
};
use crate::data::fade::Fade;

impl Arena {
    /// Whether a source is heard in the mix of the listener that has a place.
    pub fn is_in_mix(&self, source: u32, slot: u32, clock: &Clock<'_>) -> bool {
        let heard = heard(&self.sources, &self.audible, &self.positions, &self.signals, clock);
        self.positions[source as usize] != NONE && heard.is_in_mix(source, &self.listeners[slot as usize], slot)
    }
}

impl Heard<'_> {
    /// Whether an audible source has a gain over 0, at any time of the tick, in the mix of a listener that has this place.
    fn is_in_mix(&self, source: u32, listener: &Listener, slot: u32) -> bool {
        source != slot
            && if listener.is_unsettled() { self.moves_in(source, listener) } else { self.rests_in(source, listener) }
    }

    /// The same where no gain of the row moves, but perhaps the envelope.
    fn rests_in(&self, source: u32, listener: &Listener) -> bool {
        let gains = &listener.gains;
        let listed = gains.at_rest.binary_search_by_key(&source, |entry| entry.slot).map(|at| gains.at_rest[at]);
        let (gain, exempt) = match listed {
            Ok(entry) => (entry.gain, entry.ducks_others),
            Err(_) => (gains.unlisted.target() as f32, false),
        };
        let duck = if exempt { 1.0 } else { listener.level.unwrap_or_else(|| self.envelope(listener)) };
        (f64::from(gain) * duck) as f32 != 0.0
    }

    /// The greatest value that an envelope on its way has in the tick: it is at an end of it, for it turns between ticks only.
    fn envelope(&self, listener: &Listener) -> f64 {
        let (first, last) = (self.clock.now + 1, self.clock.now + self.clock.timing.tick as u64);
        [first, last].map(|at| listener.way.value(at, self.clock.timing)).into_iter().fold(0.0, f64::max)
    }

    /// The same where gains move one by one.
    fn moves_in(&self, source: u32, listener: &Listener) -> bool {
        let (gains, clock) = (&listener.gains, &self.clock);
        let sender = &self.sources[source as usize];
        let (factor, exempt, own) = match gains.find(source) {
            Some(entry) if entry.source == sender.key => (entry.factor, entry.exempt, entry.own),
            _ => (gains.unlisted, Fade::ZERO, gains.class(&sender.presence)),
        };
        let base = base(factor, sender.presence.fade, own, clock);
        let level = listener.way.constant(clock.now, clock.timing);
        ducked(base, exempt.settled(clock.now, clock.timing), level, clock).iter().any(|gain| !gain.is_nothing())
    }
}
