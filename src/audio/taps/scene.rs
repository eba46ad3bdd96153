//! [`TapScene`]: a tick that is mixed, as taps see it.

use super::sums::KeptSums;
use crate::{
    audio::{
        apply::Listener,
        deliver::Outputs,
        mix::MixBuffers,
        plan::Groups,
        receive::{NONE, Receiver},
    },
    data::{
        channels::{MAX_CHANNELS, Planes},
        id::ParticipantKey,
        tap::{TapContent, TapPoint},
    },
    dsp::Tile,
};

/// A tick that is mixed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TapScene<'a> {
    pub receiver: &'a Receiver,
    pub listeners: &'a [Listener],
    pub outputs: &'a Outputs,
    pub groups: &'a Groups,
    pub mixes: &'a MixBuffers,
    pub channels: usize,
    /// Samples of a tick.
    pub tick: usize,
    pub position: u64,
}

/// Where the samples of a tap are.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    Signal(usize),
    Mix(usize),
    Sum(u32),
}

impl<'a> TapScene<'a> {
    /// What a tap of somebody has in this tick, and where its samples are.
    #[inline]
    pub(super) fn find(&self, of: ParticipantKey, point: TapPoint) -> Result<Place, TapContent> {
        if of == ParticipantKey::NOBODY || self.receiver.key(of.slot) != of {
            return Err(TapContent::Absence);
        }
        match point {
            TapPoint::Source { even_muted } => {
                let gives = self.receiver.source(of.slot).is_some_and(|source| source.gives(even_muted));
                if gives { Ok(Place::Signal(of.slot as usize)) } else { Err(TapContent::Silence) }
            }
            TapPoint::Mix { before_limiter } => self.find_mix(of.slot, before_limiter),
        }
    }

    /// The output that the listener of a slot hears, if one does.
    pub(super) fn output_of(&self, slot: u32) -> Option<usize> {
        let listens = self.listeners.get(slot as usize).is_some_and(|listener| listener.listens);
        Some(self.outputs.of(slot, self.groups)).filter(|of| listens && *of != NONE).map(|of| of as usize)
    }

    fn find_mix(&self, slot: u32, before_limiter: bool) -> Result<Place, TapContent> {
        let number = self.output_of(slot).ok_or(TapContent::Silence)?;
        let output = &self.outputs.list()[number];
        match output.kept_sum {
            _ if output.silent => Err(TapContent::Silence),
            Some(sum) if before_limiter => Ok(Place::Sum(sum)),
            _ => Ok(Place::Mix(number)),
        }
    }

    /// The samples at a place.
    pub(super) fn samples(&self, place: Place, sums: &'a KeptSums) -> Planes<'a> {
        let mut planes: [&'a [f32]; MAX_CHANNELS] = [&[]; MAX_CHANNELS];
        for (channel, plane) in planes.iter_mut().enumerate().take(self.channels) {
            let tiles = match place {
                Place::Signal(slot) => self.receiver.signals()[channel].signal(slot),
                Place::Mix(output) => self.mixes.mix(channel, output),
                Place::Sum(sum) => sums.sum(channel, sum),
            };
            *plane = &Tile::flat(tiles)[..self.tick];
        }
        let [left, right] = planes;
        Planes { left, right: (self.channels > 1).then_some(right) }
    }
}
