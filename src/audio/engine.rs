//! [`Engine`]: the memory of the audio side as a whole, and the steps of a tick in their order. All of it is made by
//! the control side; the audio side moves it about and hands it back.

use std::sync::atomic::Ordering;

use super::{
    apply::Listeners,
    belongings::Kept,
    deliver::{Limiter, Outputs},
    mix::{MixBuffers, Scene, Task},
    plan::{Planner, is_in_mix},
    published::{Rewired, Slot},
    receive::{NONE, Receiver, Standing, TalkSource},
    taps::{PublishedTaps, TapScene, Taps},
};
use crate::{
    data::{
        channels::{MAX_CHANNELS, Planes},
        figures::Figures,
        frame::{Frame, FrameError},
        id::ParticipantKey,
        memory::room,
        moves::Move,
        shedding::Shedding,
        talk::TalkSender,
        timing::Clock,
        tree::Tree,
    },
    dsp::{Kernel, Remaining, Tile, prefetch},
    link::readings::MixerMeters,
};

/// What the steps need that does not change.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tools<'a> {
    pub clock: Clock<'a>,
    /// Samples before the tick, with those of skipped ticks.
    pub position: u64,
    pub kernel: Kernel,
    pub remaining: &'a Remaining,
    pub limiter: Option<&'a Limiter>,
    pub meters: &'a MixerMeters,
}

/// Everything that lasts from tick to tick, and the scratch of one tick.
#[derive(Debug, Default)]
pub(crate) struct Engine {
    channels: usize,
    receiver: Receiver,
    talk: TalkSource,
    listeners: Listeners,
    /// What each participant has brought along.
    kept: Vec<Option<Kept>>,
    /// The slots of those who have a connection.
    connections: Vec<u32>,
    planner: Planner,
    outputs: Outputs,
    mixes: MixBuffers,
    taps: Taps,
}

impl Engine {
    /// Room for so many slots. Allocates: control side.
    pub fn new(figures: &Figures, slots: usize, talk: Option<TalkSender>) -> Self {
        let Figures { channels, workers, timing, floor } = figures;
        let count = channels.count();
        Self {
            channels: count,
            receiver: Receiver::new(channels.all(), slots, timing, *floor),
            talk: TalkSource::new(slots, talk),
            listeners: Listeners::new(slots),
            kept: (0..slots).map(|_| None).collect(),
            connections: room(slots, 0),
            planner: Planner::new(count, slots),
            outputs: Outputs::new(slots),
            mixes: MixBuffers::new(count, slots, *workers, Tile::count(timing.tick)),
            taps: Taps::default(),
        }
    }

    pub fn slots(&self) -> usize {
        self.kept.len()
    }

    /// Moves into `larger`, which takes the old memory in exchange. Frees nothing. Between ticks there is nothing in
    /// the mixes that the next tick reads.
    pub fn move_into(&mut self, larger: &mut Self) {
        self.receiver.move_into(&mut larger.receiver);
        self.talk.move_into(&mut larger.talk);
        self.listeners.move_into(&mut larger.listeners);
        self.kept.iter_mut().zip(&mut larger.kept).for_each(|(old, new)| std::mem::swap(old, new));
        larger.connections.extend_from_slice(&self.connections);
        self.outputs.move_into(&mut larger.outputs);
        std::mem::swap(&mut self.connections, &mut larger.connections);
        std::mem::swap(&mut self.kept, &mut larger.kept);
        std::mem::swap(&mut self.planner, &mut larger.planner);
        std::mem::swap(&mut self.mixes, &mut larger.mixes);
    }

    /// Takes everything that changed after generation `since`: first who comes and goes, then what they hear.
    pub fn apply(&mut self, slots: &Tree<Slot>, since: u64, loudest: Option<usize>, clock: &Clock<'_>) {
        self.receiver.set_loudest(loudest);
        slots.each_leaf_since(since, |changed| {
            changed.items().iter().flat_map(|(_, slot)| *slot).for_each(|slot| prefetch(std::slice::from_ref(slot)));
            for (slot, published) in changed.items() {
                match published {
                    Some(published) => self.update(*slot as usize, published, since, clock),
                    None => self.leave(*slot as usize),
                }
            }
        });
        slots.each_leaf_since(since, |changed| self.listeners.apply(changed, &self.receiver, &self.kept, clock));
    }

    /// Leaves this out from now on.
    pub fn shed(&mut self, shedding: Shedding) {
        self.receiver.shed(shedding);
        self.listeners.set_plain(shedding.plain_gains);
    }

    /// What is left out.
    pub fn shedding(&self) -> Shedding {
        self.receiver.shedding()
    }

    /// Takes what changed of the taps after generation `since`, once those who come and go have.
    pub fn apply_taps(&mut self, taps: &PublishedTaps, since: u64) {
        self.taps.apply(taps, since, &mut self.receiver);
    }

    fn update(&mut self, index: usize, slot: &Slot, since: u64, clock: &Clock<'_>) {
        if index >= self.slots() {
            debug_assert!(false, "the control side makes room for every slot");
            return;
        }
        if self.kept[index].is_none() {
            let Some(mut kept) = Kept::take(&slot.belongings) else { return };
            self.listeners.admit(index, slot.direction.hears(), clock);
            self.receiver.admit(index, slot, &mut kept, clock);
            self.outputs.forget(index);
            if kept.belongings.connection.is_some() {
                self.connections.push(index as u32);
            }
            self.kept[index] = Some(kept);
        }
        self.receiver.update(index, slot, clock);
        if let Some(rewired) = slot.rewired.as_ref().filter(|rewired| rewired.since > since) {
            self.rewire(index, rewired, clock);
        }
        if slot.resumed > since {
            self.discard(index, clock);
        }
    }

    /// A participant gets another connection, or none.
    fn rewire(&mut self, index: usize, rewired: &Rewired, clock: &Clock<'_>) {
        let Some(kept) = &mut self.kept[index] else { return };
        kept.rewire(&rewired.mailbox);
        self.connections.retain(|slot| *slot as usize != index);
        if kept.belongings.connection.is_some() {
            self.connections.push(index as u32);
        }
        self.receiver.cut(index, clock);
    }

    /// A participant returns from hold: nothing that came before for its connection is heard.
    fn discard(&mut self, index: usize, clock: &Clock<'_>) {
        let kept = self.kept[index].as_mut();
        if let Some(connection) = kept.and_then(|kept| kept.belongings.connection.as_deref_mut()) {
            connection.discard();
            self.receiver.cut(index, clock);
        }
    }

    fn leave(&mut self, index: usize) {
        if index < self.slots() && self.receiver.leave(index) {
            self.listeners.leave(index);
        }
    }

    /// Forgets what was sent in a tick that was begun and dropped.
    pub fn forget_frames(&mut self) {
        self.receiver.forget_frames();
    }

    /// Takes the frame of a source.
    pub fn send(&mut self, key: ParticipantKey, frame: &Frame<'_>, tools: &Tools<'_>) -> Result<(), FrameError> {
        let sent = self.receiver.send(key, frame, tools.clock.timing, tools.kernel);
        if let Err(FrameError::Unknown { .. } | FrameError::NotASource { .. }) = sent {
            tools.meters.unknown.fetch_add(1, Ordering::Relaxed);
        }
        sent
    }

    /// Takes a frame of zeros of a source at another node, without its samples.
    #[cfg(feature = "cluster")]
    pub fn send_silence(&mut self, key: ParticipantKey, frame: &Frame<'_>) -> Result<(), FrameError> {
        self.receiver.send_silence(key, frame)
    }

    /// The steps up to the sums.
    pub fn prepare(&mut self, tools: &Tools<'_>) {
        let clock = &tools.clock;
        self.advance_connections(tools);
        if self.listeners.follow_plain(self.receiver.used(), &self.receiver, clock) {
            self.receiver.note_change();
        }
        self.receiver.receive(&mut self.kept, self.talk.told(), tools.kernel, clock);
        while let Some(index) = self.receiver.pop_gone() {
            self.vacate(index);
        }
        let planned = self.planner.plan(&mut self.listeners, &mut self.receiver, &self.kept, clock);
        let planned = self.outputs.form(self.planner.groups(), planned);
        self.mixes.divide(self.planner.groups(), self.receiver.audible().len(), planned);
        self.taps.keep_sums(&mut self.outputs, self.planner.groups());
        self.talk.tell(&self.receiver, clock, tools.position, tools.meters);
    }

    /// The parts of the tick that are not mixed yet.
    pub fn tasks<'a>(&'a mut self, tools: Tools<'a>) -> impl Iterator<Item = Task<'a>> {
        let Self { receiver, listeners, planner, outputs, mixes, taps, .. } = self;
        let Tools { clock, kernel, remaining, limiter, .. } = tools;
        let (audible, signals, listeners, groups) =
            (receiver.audible(), receiver.signals(), listeners.all(), planner.groups());
        let scene = Scene { audible, signals, listeners, groups, limiter, kernel, remaining, clock, channel: 0 };
        mixes.tasks(outputs, taps.sum_memory(), scene)
    }

    /// Ends a tick that is mixed.
    pub fn finish(&mut self, tools: &Tools<'_>) {
        self.outputs.deliver(self.planner.groups(), &self.kept, tools.limiter, &tools.clock);
        self.planner.note_mixed();
        tools.meters.audible.store(self.receiver.audible().len() as u32, Ordering::Relaxed);
        tools.meters.distinct.store(self.outputs.list().len() as u32, Ordering::Relaxed);
        self.write_connections(tools);
        self.write_taps(tools);
    }

    /// Gives what a participant who left had brought along back to the control side.
    fn vacate(&mut self, index: usize) {
        if let Some(mut kept) = self.kept[index].take() {
            self.receiver.vacate(index, &mut kept);
            self.listeners.vacate(index, &mut kept.belongings.row);
            self.connections.retain(|slot| *slot as usize != index);
            kept.give_back();
        }
    }

    /// The different mixes.
    pub fn outputs(&self) -> &Outputs {
        &self.outputs
    }

    /// One of the different mixes, in a channel.
    #[inline]
    pub fn mix(&self, channel: usize, output: usize) -> &[Tile] {
        self.mixes.mix(channel.min(self.channels - 1), output)
    }

    /// The different mix that a listener hears.
    pub fn output_of(&self, key: ParticipantKey) -> Option<usize> {
        let listens = self.listeners.all().get(key.slot as usize).is_some_and(|listener| listener.listens);
        let here = listens && self.receiver.key(key.slot) == key;
        Some(self.outputs.of(key.slot, self.planner.groups()))
            .filter(|output| here && *output != NONE)
            .map(|output| output as usize)
    }

    /// The slots of the listeners who hear one of the different mixes.
    pub fn listeners(&self, output: usize) -> impl Iterator<Item = u32> + use<'_> {
        self.outputs.listeners(output, self.planner.groups())
    }

    /// The listeners who hear another mix than in the last tick.
    pub fn moves(&self) -> impl Iterator<Item = Move> + use<'_> {
        self.outputs.moves(self.planner.groups(), |slot| self.key(slot))
    }

    /// The slots of the sources that are audible.
    pub fn audible(&self) -> &[u32] {
        self.receiver.audible().slots()
    }

    /// The audible sources that are in one of the different mixes.
    pub fn sources(&self, output: usize, clock: Clock<'_>) -> impl Iterator<Item = ParticipantKey> {
        // One who stands for all of the group: see the cohorts.
        let slot = self.planner.groups().list()[self.outputs.list()[output].group as usize].first;
        let (audible, listener) = (self.receiver.audible(), &self.listeners.all()[slot as usize]);
        let keys = audible.runs().flat_map(move |(class, positions)| {
            audible.slots()[positions].iter().map(move |source| (self.key(*source), class))
        });
        let heard = keys.filter(move |source| is_in_mix(*source, listener, slot, self.channels, audible, &clock));
        heard.map(|(key, _)| key)
    }

    /// The sources of which the other nodes of a cluster need this tick.
    #[cfg(feature = "cluster")]
    pub fn shared<'a>(
        &'a self,
        clock: Clock<'a>,
    ) -> impl Iterator<Item = (ParticipantKey, crate::data::sharing::Shared, Planes<'a>)> + use<'a> {
        self.receiver.shared(clock)
    }

    /// Who has a slot.
    pub fn key(&self, slot: u32) -> ParticipantKey {
        self.receiver.key(slot)
    }

    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Asks each connection for its frame, which is passed over if the host has sent one by hand.
    fn advance_connections(&mut self, tools: &Tools<'_>) {
        for slot in &self.connections {
            let kept = self.kept[*slot as usize].as_mut();
            let connection = kept.and_then(|kept| kept.belongings.connection.as_deref_mut());
            let (Some(connection), Some(source)) = (connection, self.receiver.source(*slot)) else { continue };
            if source.standing != Standing::Here || !source.sends {
                continue;
            }
            let by_hand = source.has_frame();
            if let (Some(told), false) = (connection.advance(tools.position), by_hand) {
                self.receiver.tell(*slot as usize, told, connection, tools.kernel);
            }
        }
    }

    /// Gives each tap what it has of this tick.
    fn write_taps(&mut self, tools: &Tools<'_>) {
        let Self { receiver, listeners, planner, outputs, mixes, taps, channels, .. } = self;
        let lost = taps.write(&TapScene {
            receiver,
            listeners: listeners.all(),
            outputs,
            groups: planner.groups(),
            mixes,
            channels: *channels,
            tick: tools.clock.timing.tick,
            position: tools.position,
        });
        if lost > 0 {
            tools.meters.lost_taps.fetch_add(lost, Ordering::Relaxed);
        }
    }

    /// Gives each connection what its participant hears.
    fn write_connections(&mut self, tools: &Tools<'_>) {
        for n in 0..self.connections.len() {
            let slot = self.connections[n];
            let Some(output) = self.output_of(self.key(slot)) else { continue };
            // The connection is out of its place meanwhile.
            let kept = self.kept[slot as usize].as_mut();
            let Some(mut connection) = kept.and_then(|kept| kept.belongings.connection.take()) else { continue };
            let mut samples: [&[f32]; MAX_CHANNELS] = [&[]; MAX_CHANNELS];
            for (channel, samples) in samples.iter_mut().enumerate().take(self.channels) {
                *samples = &Tile::flat(self.mix(channel, output))[..tools.clock.timing.tick];
            }
            let [left, right] = samples;
            connection.write(Planes { left, right: (self.channels > 1).then_some(right) });
            if let Some(kept) = &mut self.kept[slot as usize] {
                kept.belongings.connection = Some(connection);
            }
        }
    }
}
