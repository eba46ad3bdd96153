//! The half of a node that talks to the others: [`NodeDriver`], for one thread that is neither the audio thread nor waited for by it.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use rtrb::{Consumer, Producer};

use super::{
    Delivery, Engine, NodeName,
    audio::{AudioLink, AudioOrder},
    codec::LinkEncoders,
    conference::Shared,
    link::{Incoming, Outgoing},
    message::{Letter, Message},
    readings::LinkHealth,
    state::{State, To},
    tick::{self, LeftOut, Tick},
};
use crate::data::figures::Figures;

/// The half of a node that talks to the other nodes. One thread calls [`step`](Self::step) about once a millisecond: what the audio
/// thread has mixed goes out then, and what has come goes in. It allocates and takes a lock; the audio thread never waits for it.
#[derive(Debug)]
pub struct NodeDriver {
    pub(super) shared: Arc<Shared>,
    pub(super) incarnation: u64,
    pub(super) encoders: LinkEncoders,
    pub(super) figures: Figures,
    pub(super) outgoing: Outgoing,
    pub(super) orders: Producer<AudioOrder>,
    pub(super) returned: Consumer<Box<AudioLink>>,
    pub(super) incoming: BTreeMap<NodeName, Incoming>,
    /// The number of the next link, and how many the audio thread may have.
    pub(super) next: u64,
    pub(super) out: usize,
    pub(super) members: Vec<NodeName>,
    pub(super) bytes: Vec<u8>,
}

impl NodeDriver {
    /// Does what is to be done at this time: `now` is the time since any fixed moment, and never goes back.
    pub fn step(&mut self, engine: &mut impl Engine, now: Duration) {
        self.members.clear();
        engine.members(&mut self.members);
        let shared = Arc::clone(&self.shared);
        let mut state = shared.state();
        // Who has joined is told of before its samples come.
        state.begin_step(now, shared.audio.tick.get());
        let told = state.take_outbox();
        drop(state);
        self.send(engine, told);
        self.publish(engine);
        let mut state = shared.state();
        state.take_members(&self.members);
        engine.receive(&mut |from, delivery, bytes| match delivery {
            Delivery::Published => self.take_tick(&mut state, from, bytes),
            Delivery::Sent => state.take_letter(from, bytes),
        });
        self.keep_links(&mut state);
        state.end_step();
        let outbox = state.take_outbox();
        drop(state);
        self.send(engine, outbox);
    }

    fn send(&self, engine: &mut impl Engine, outbox: Vec<(To, Message)>) {
        for (to, message) in outbox {
            let bytes = Letter { incarnation: self.incarnation, message }.write();
            match to {
                To::Node(node) => engine.send(&node, &bytes),
                To::All => self.members.iter().for_each(|node| engine.send(node, &bytes)),
            }
        }
    }

    /// Publishes what the audio thread has written.
    fn publish(&mut self, engine: &mut impl Engine) {
        let Self { outgoing, bytes, shared, incarnation, encoders, .. } = self;
        outgoing.each(|frame| {
            bytes.clear();
            tick::write(frame, *incarnation, encoders, bytes);
            engine.publish(bytes);
            let [ticks, all_bytes, sources] = &shared.published;
            ticks.add(1);
            all_bytes.add(bytes.len() as u64);
            sources.add(frame.sources().len() as u64);
        });
    }

    fn take_tick(&mut self, state: &mut State, from: &NodeName, bytes: &[u8]) {
        let Some(peer) = state.peers.get_mut(from) else {
            state.hostile += 1;
            return;
        };
        let Some(tick) = Tick::read(bytes, self.figures.timing.tick) else {
            peer.counts.malformed += u64::from(peer.health != LinkHealth::OtherFormat);
            state.hostile += u64::from(peer.health != LinkHealth::OtherFormat);
            return;
        };
        if tick.incarnation == peer.incarnation && peer.health != LinkHealth::OtherFormat {
            peer.counts.ticks += 1;
            peer.counts.bytes += bytes.len() as u64;
            if let Some(incoming) = self.incoming.get_mut(from).filter(|own| own.incarnation == tick.incarnation) {
                match incoming.take(&tick, |place| peer.keys.get(&place).copied()) {
                    Some(LeftOut { unknown, refused }) => {
                        peer.counts.unknown_sources += unknown;
                        peer.counts.refused_sources += refused;
                    }
                    None => peer.counts.overruns += 1,
                }
            }
            state.hear(from);
        }
    }

    /// Has the audio thread play the nodes that are there, and no others.
    fn keep_links(&mut self, state: &mut State) {
        while self.returned.pop().is_ok() {
            // It is freed here.
            self.out -= 1;
        }
        let gone = |name: &NodeName, own: &Incoming| {
            state.peers.get(name).is_none_or(|peer| peer.incarnation != own.incarnation)
        };
        let gone: Vec<_> =
            self.incoming.iter().filter(|(name, own)| gone(name, own)).map(|(name, _)| name.clone()).collect();
        for name in gone {
            if let Some(own) = self.incoming.get(&name)
                && self.orders.push(AudioOrder::Remove { number: own.number }).is_ok()
            {
                self.incoming.remove(&name);
            }
        }
        for (name, peer) in &mut state.peers {
            if let Some(own) = self.incoming.get(name) {
                if own.incarnation == peer.incarnation {
                    peer.played = peer.meters.played.get();
                }
            } else if peer.incarnation != 0 && self.out < self.orders.buffer().capacity() / 2 && !self.orders.is_full()
            {
                let number = self.next;
                peer.meters = Arc::default();
                let (own, link) =
                    Incoming::new((number, peer.incarnation), &self.figures, &state.options, Arc::clone(&peer.meters));
                (self.next, self.out) = (number + 1, self.out + 1);
                // There is room: it was looked for.
                let _ = self.orders.push(AudioOrder::Add(link));
                self.incoming.insert(name.clone(), own);
            }
        }
    }
}
