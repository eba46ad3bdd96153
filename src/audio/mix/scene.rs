//! [`Scene`]: what is known of a tick once it is planned. All who mix read it.

use crate::{
    audio::{
        apply::Listener,
        deliver::Limiter,
        plan::{Groups, Recipe, RowGains, SharedSums, Terms},
        receive::Audible,
    },
    data::timing::Clock,
    dsp::{Kernel, Remaining, SignalBuffer, Tiles},
};

#[derive(Debug, Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub audible: &'a Audible,
    /// The signals of each channel.
    pub signals: &'a [SignalBuffer],
    pub listeners: &'a [Listener],
    pub groups: &'a Groups,
    pub limiter: Option<&'a Limiter>,
    pub kernel: Kernel,
    pub remaining: &'a Remaining,
    pub clock: Clock<'a>,
    /// The channel in hand.
    pub channel: usize,
}

impl<'a> Scene<'a> {
    /// The same for another channel.
    pub fn in_channel(self, channel: usize) -> Self {
        Self { channel, ..self }
    }

    /// The signals of the channel in hand.
    #[inline]
    pub fn sources(&self) -> Tiles<'a> {
        self.signals[self.channel].all()
    }

    /// How the mix of a group is made in the channel in hand.
    #[inline]
    pub fn recipe(&self, group: usize) -> Recipe {
        self.groups.list()[group].recipes[self.channel]
    }

    /// Tiles in a tick.
    #[inline]
    pub fn tiles(&self) -> usize {
        self.signals.first().map_or(0, SignalBuffer::tile_count)
    }

    /// The terms of sparse rows.
    pub fn terms(&self) -> &'a Terms {
        &self.groups.composer().terms
    }

    pub fn shared(&self) -> &'a SharedSums {
        &self.groups.composer().shared
    }

    /// A listener who stands for those of a group.
    #[inline]
    pub fn listener(&self, group: usize) -> &'a Listener {
        &self.listeners[self.groups.list()[group].first as usize]
    }

    /// The gains of a group's row in the channel in hand.
    pub fn row(&self, group: usize) -> RowGains<'a> {
        let slot = self.groups.list()[group].first;
        RowGains::new(self.listener(group), slot, self.channel, self.audible, self.clock)
    }
}
