//! The rows of the matrix: what each listener hears of whom, made from its configuration and the routes to it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    Registry,
    member::{Changing, Levels, Member, Passing},
    routing::MOST_PASSING,
};
use crate::{
    audio::{ClassLevel, HeardClasses, Listed, PairKind, Row, RowIdentity, RowMemory},
    config::Ducking,
    control::returning::Held,
    data::{
        channels::Channel,
        class::Class,
        envelope::DuckRange,
        id::{Generation, ParticipantId, ParticipantKey},
        level::Gain,
        pan::Pan,
        timing::Timing,
    },
    link::mailbox::Mailbox,
};

/// A source that a row names.
#[derive(Debug, Clone, Copy)]
struct Named {
    source: ParticipantKey,
    gain: f64,
    pan: Pan,
    kind: PairKind,
}

impl Named {
    fn slot(&self) -> u32 {
        self.source.slot
    }

    fn passes(&self) -> bool {
        self.kind == PairKind::Passing
    }

    fn listed(&self, channel: Channel) -> Listed {
        Listed { source: self.source, gain: self.gain * self.pan.factor(channel), kind: self.kind }
    }
}

impl Registry {
    /// Makes the row of a listener, and puts it into the listener's slot.
    pub(super) fn make_row(&mut self, id: &ParticipantId, mixed: Generation) {
        let next = self.next();
        let Some(member) = self.members.get(id) else { return };
        let heard = self.heard(member);
        let turns = heard != member.levels.heard;
        let lasting = self.lasting(member, &heard);
        let mut passing = still_passing(&member.levels.passing, mixed, next);
        // Who joins has heard nothing of anybody yet.
        if turns && mixed >= member.joined {
            self.pass_on(member, &mut passing);
        }
        let named = self.named(member, &heard, &passing);
        let (timing, keys) = (&self.figures.timing, &self.keys);
        let listed: Vec<Vec<Listed>> =
            self.figures.channels.all().iter().map(|channel| lists(&named, *channel)).collect();
        let ducking = member.config.ducking.filter(|_| member.music.is_none());
        let ducking = ducking.map_or(DuckRange::NONE, |ducking| range(&ducking, timing));
        let identity = RowIdentity::of(keys, &heard, &ducking, listed.iter().map(Vec::as_slice));
        let panned = named.iter().any(|named| named.pan != Pan::CENTRE);

        let Some(member) = self.members.get_mut(id) else { return };
        let slots = |passing: bool| named.iter().filter(move |named| named.passes() == passing).map(Named::slot);
        let room = member.room.for_row(slots(false).collect(), slots(true), &member.meters, mixed, next);
        let levels = lasting.iter().map(|class| ClassLevel::at(*class, heard.level(*class))).collect();
        let memory = RowMemory::new(listed.iter().map(Vec::as_slice), levels, room);
        let (memory, unlisted) = (Some(Mailbox::new(memory)), heard.level(Class::DEFAULT_GROUP));
        let row = Arc::new(Row { identity, unlisted, ducking, panned, memory });
        (member.levels.passing, member.levels.heard, member.levels.lasting) = (passing, heard, lasting);
        if turns {
            member.levels.since = next;
            self.settling.note(next);
        }
        self.given_up.push(Held::Row(next, Arc::clone(&row)));
        (member.slot.row, member.slot.row_since) = (row, next.0);
        self.set_slot(id);
    }

    /// The classes of sources that a listener hears without listing them.
    fn heard(&self, listener: &Member) -> HeardClasses {
        if listener.config.exclusive || listener.music.is_some() {
            return HeardClasses::default();
        }
        self.roles.heard(&listener.routing)
    }

    /// The classes that the next row of a listener has a level for: those that it hears, and those that the audio side may
    /// still have at another one.
    fn lasting(&self, listener: &Member, heard: &HeardClasses) -> BTreeSet<Class> {
        let Levels { heard: before, lasting, since, .. } = &listener.levels;
        let mut all: BTreeSet<_> = heard.0.iter().chain(&before.0).copied().collect();
        if !self.settling.rests(*since) {
            all.extend(lasting);
        }
        all.remove(&Class::DEFAULT_GROUP);
        all
    }

    /// The levels of a listener turn. Sources that are on their own way to the ones before get a pair, and all that have
    /// left; but not those who change with this publication, and have seen that coming.
    fn pass_on(&self, listener: &Member, passing: &mut BTreeMap<u32, Passing>) {
        let (next, Levels { heard, since, .. }) = (self.next(), &listener.levels);
        let rests = self.settling.rests(*since);
        let own_way = |changing: &&Changing| {
            let differs = changing.former.is_some_and(|former| heard.level(former) != heard.level(changing.class));
            !changing.leaves && changing.since < next && (differs || !rests)
        };
        let leaving = self.changing.values().filter(|changing| changing.leaves);
        for Changing { source, class, .. } in leaving.chain(self.changing.values().filter(own_way).take(MOST_PASSING)) {
            passing.insert(source.slot, Passing { source: *source, class: *class, since: next });
        }
    }

    /// The sources that a row names, in the order of their slots.
    fn named(&self, listener: &Member, heard: &HeardClasses, passing: &BTreeMap<u32, Passing>) -> Vec<Named> {
        let mut named = match &listener.music {
            Some(music) => self.named_on_hold(music),
            None => self.named_by_config(listener),
        };
        named.sort_unstable_by_key(|named| named.source.slot);
        let listed = named.len();
        for Passing { source, class, .. } in passing.values() {
            let is_listed = named[..listed].binary_search_by_key(&source.slot, |named| named.source.slot).is_ok();
            if !is_listed && *source != listener.slot.key {
                let gain = heard.level(*class);
                named.push(Named { source: *source, gain, pan: Pan::CENTRE, kind: PairKind::Passing });
            }
        }
        named.sort_unstable_by_key(|named| named.source.slot);
        named
    }

    /// Hold music is heard as it is sent.
    fn named_on_hold(&self, music: &[ParticipantId]) -> Vec<Named> {
        let unity = |source: &Member| Named {
            source: source.slot.key,
            gain: Gain::UNITY.factor(),
            pan: Pan::CENTRE,
            kind: PairKind::Exempt,
        };
        music.iter().filter_map(|source| self.members.get(source)).map(|source| unity(source)).collect()
    }

    /// The listed sources that a route leads from, and those that only a private group routes.
    fn named_by_config(&self, listener: &Member) -> Vec<Named> {
        let config = &listener.config;
        let of_config = config.sources.iter().filter_map(|config| {
            let source = self.members.get(&config.source)?;
            let (gain, pan, kind) = (config.gain.factor(), config.pan, config.kind());
            self.leads(listener, &config.source, source).then_some(Named { source: source.slot.key, gain, pan, kind })
        });
        let of_groups = listener.granted.keys().filter_map(|id| {
            let source = self.members.get(id)?;
            let by_class = config.exclusive || self.roles.lead(&listener.routing, &source.routing);
            let named = Named { source: source.slot.key, gain: 1.0, pan: Pan::CENTRE, kind: PairKind::Ducked };
            (!by_class && config.get(id).is_none()).then_some(named)
        });
        of_config.chain(of_groups).collect()
    }
}

/// The pairs that the audio side may not have yet, those that are new as of the next publication.
fn still_passing(passing: &BTreeMap<u32, Passing>, mixed: Generation, next: Generation) -> BTreeMap<u32, Passing> {
    let known = passing.values().map(|passing| Passing { since: passing.since.min(next), ..*passing });
    known.filter(|passing| passing.since > mixed).map(|passing| (passing.source.slot, passing)).collect()
}

fn lists(named: &[Named], channel: Channel) -> Vec<Listed> {
    named.iter().map(|named| named.listed(channel)).collect()
}

fn range(ducking: &Ducking, timing: &Timing) -> DuckRange {
    let factor = |percent: i64| percent as f64 / 100.0;
    DuckRange::new(
        factor(ducking.lower_level),
        factor(ducking.upper_level),
        ducking.ramp_active as f64,
        ducking.ramp_inactive as f64,
        timing,
    )
}
