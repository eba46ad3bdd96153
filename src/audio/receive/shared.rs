//! What the other nodes of a cluster get of the sources here.

use super::Receiver;
use crate::{
    data::{channels::Planes, id::ParticipantKey, sharing::Shared, timing::Clock},
    dsp::Tile,
};

impl Receiver {
    /// Each source of which the others need the tick that was planned last, with its samples, before its presence.
    pub fn shared<'a>(
        &'a self,
        clock: Clock<'a>,
    ) -> impl Iterator<Item = (ParticipantKey, Shared, Planes<'a>)> + use<'a> {
        let awake = (0..self.used).filter(|index| !self.idle[*index].is_idle());
        awake.filter_map(move |index| {
            let source = &self.sources[index];
            Some((source.key, source.shared(self.levels[index].wanted, &clock)?, self.planes(index, clock.timing.tick)))
        })
    }

    fn planes(&self, signal: usize, samples: usize) -> Planes<'_> {
        let plane =
            |channel: usize| self.signals.get(channel).map(|buffer| &Tile::flat(buffer.signal(signal))[..samples]);
        Planes { left: plane(0).unwrap_or_default(), right: plane(1) }
    }
}
