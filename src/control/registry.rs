//! Who is here, and the matrix in the making. Control side only, behind one lock.

use std::{
    collections::{BTreeSet, HashMap},
    hash::RandomState,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use super::{ControlError, JoinOptions, ListenerConfig};
use crate::{
    activity::{Detecting, Detector},
    audio::{Ear, Memory, Stage},
    channels::Channels,
    id::{ParticipantId, ParticipantKey},
    line::Line,
    matrix::{Matrix, Place, Row},
    meter::Meters,
    ship::{Berth, Generation, Held, Returning, Shared},
    sides::Sides,
    talk::TalkEvents,
    timing::Timing,
    tree::Tree,
};

/// The number that the next mixer has.
static MIXERS: AtomicU32 = AtomicU32::new(1);

/// The state of the control side.
#[derive(Debug)]
pub(crate) struct Registry {
    timing: Timing,
    channels: Channels,
    /// How many threads may share a tick.
    workers: usize,
    /// The number of this mixer, in all keys.
    mixer: u32,
    /// The newest matrix, as published or about to be.
    matrix: Matrix,
    members: HashMap<ParticipantId, Member>,
    /// Who has which place.
    ids: HashMap<u32, ParticipantId>,
    /// Places that were given and came back, as the keys that they are given with next.
    free: Vec<ParticipantKey>,
    /// Places from here on have never been given.
    fresh: u32,
    /// The generation that the newest stage came with.
    stage_since: Generation,
    plain: Arc<Row>,
    /// Of the identities of rows.
    keys: [RandomState; 2],
    returning: Returning,
    /// Given up since the last publication: listed as returning once the matrix that names them is.
    given_up: Vec<Held>,
    /// The listeners whose configurations have changed since their rows were made.
    stale: BTreeSet<ParticipantId>,
    /// The reading end of the talk events, until somebody takes it.
    pub talk: Option<TalkEvents>,
    /// Whether the matrix differs from what was published last.
    changed: bool,
    /// Whether the memory of a dropped processor has come back.
    processor_gone: bool,
}

/// One participant.
#[derive(Debug)]
pub(crate) struct Member {
    pub place: Place,
    pub config: ListenerConfig,
    /// One for each channel; what the left one reads is that of both.
    pub meters: Sides<Arc<Meters>>,
    #[cfg(feature = "stream")]
    pub ports: super::PortMeters,
    /// The places of the listeners whose configurations list it, in order.
    listed_by: Vec<u32>,
    room: Room,
}

/// How many entries the audio side may have for a row: what it had when it last told, and everything that was listed anew since.
#[derive(Debug, Default)]
struct Room {
    told: usize,
    /// The places that the row lists, in order; they are among those told of once the row is taken up.
    listed: Box<[u32]>,
    /// Those that were listed anew since, in order.
    anew: Vec<u32>,
    since: Generation,
}

impl Room {
    /// The room that a row with these listed sources needs.
    fn for_row(
        &mut self,
        listed: Box<[u32]>,
        meters: &Sides<Arc<Meters>>,
        mixed: Generation,
        now: Generation,
    ) -> usize {
        if mixed >= self.since {
            let told = meters.iter().map(|meters| meters.entries.load(Ordering::Relaxed));
            self.told = told.max().unwrap_or_default() as usize;
            self.anew = Vec::new();
        }
        self.anew.extend(listed.iter().filter(|slot| self.listed.binary_search(slot).is_err()));
        self.anew.sort_unstable();
        self.anew.dedup();
        self.anew.shrink_to_fit();
        (self.listed, self.since) = (listed, now);
        self.told + self.anew.len()
    }
}

/// Adds a place to a list in order, or takes it out.
fn set_listed(list: &mut Vec<u32>, slot: u32, listed: bool) {
    match (list.binary_search(&slot), listed) {
        (Err(at), true) => list.insert(at, slot),
        (Ok(at), false) => drop(list.remove(at)),
        _ => {}
    }
}

impl Registry {
    pub fn new(timing: Timing, channels: Channels, capacity: usize, workers: usize) -> Self {
        let (places, stage) = (Tree::default(), Arc::new(Berth::empty()));
        let matrix = Matrix { generation: 0, places, capacity, stage, loudest: None };
        Self {
            timing,
            channels,
            workers,
            mixer: MIXERS.fetch_add(1, Ordering::Relaxed),
            matrix,
            members: HashMap::new(),
            ids: HashMap::new(),
            free: Vec::new(),
            fresh: 0,
            stage_since: Generation::default(),
            plain: Arc::new(Row::plain()),
            keys: [RandomState::new(), RandomState::new()],
            returning: Returning::default(),
            given_up: Vec::new(),
            stale: BTreeSet::new(),
            talk: None,
            changed: false,
            processor_gone: false,
        }
    }

    #[cfg(feature = "stream")]
    pub fn timing(&self) -> &Timing {
        &self.timing
    }

    /// Where the figures of a member's ports are read.
    #[cfg(feature = "stream")]
    pub fn set_ports(&mut self, id: &ParticipantId, ports: super::PortMeters) {
        if let Some(member) = self.members.get_mut(id) {
            member.ports = ports;
        }
    }

    pub fn channels(&self) -> Channels {
        self.channels
    }

    /// The number of this mixer, in all keys.
    pub fn mixer(&self) -> u32 {
        self.mixer
    }

    pub fn matrix(&self) -> Matrix {
        self.matrix.clone()
    }

    /// For how many participants there is room.
    pub fn places(&self) -> usize {
        self.matrix.capacity
    }

    /// Whether the processor was dropped, and that was seen here.
    pub fn processor_gone(&self) -> bool {
        self.processor_gone
    }

    pub fn still_out(&self) -> usize {
        self.returning.len()
    }

    pub fn members(&self) -> impl ExactSizeIterator<Item = (&ParticipantId, &Member)> {
        self.members.iter()
    }

    /// Who has this key.
    pub fn id(&self, key: ParticipantKey) -> Option<&ParticipantId> {
        let id = self.ids.get(&key.slot)?;
        self.members.get(id).filter(|member| member.place.key == key).map(|_| id)
    }

    pub fn member(&self, id: &str) -> Result<&Member, ControlError> {
        self.members.get(id).ok_or_else(|| ControlError::Unknown { id: id.into() })
    }

    fn member_mut(&mut self, id: &str) -> Result<&mut Member, ControlError> {
        self.members.get_mut(id).ok_or_else(|| ControlError::Unknown { id: id.into() })
    }

    /// The generation that the changes in the making will be published with.
    fn next(&self) -> Generation {
        Generation(self.matrix.generation + 1)
    }

    /// Lets a participant in; with a line, if its frames and mixes do not go through the host's hands.
    pub fn join(
        &mut self,
        id: ParticipantId,
        options: JoinOptions,
        line: Option<Box<dyn Line>>,
    ) -> Result<ParticipantKey, ControlError> {
        if self.members.contains_key(&id) {
            return Err(ControlError::AlreadyHere { id });
        }
        let detecting = self.detecting(options.detector)?;
        let key = self.give_place()?;
        let meters = Sides::new(self.channels, |_| Arc::new(Meters::default()));
        let memory = |meters: &Arc<Meters>| Memory::new(Arc::clone(meters), &self.timing, options.role);
        let mut memory = meters.as_ref().map(memory);
        // One ear hears both sides.
        if options.role.sends() {
            memory.left.ear = Ear::new(&detecting, &self.timing);
        }
        memory.left.line = line;
        let place = Place {
            key,
            role: options.role,
            detecting,
            muted: options.muted,
            deafened: options.deafened,
            listed: false,
            row: meters.as_ref().map(|_| Arc::clone(&self.plain)),
            row_since: self.next().0,
            memory: memory.map(|memory| Arc::new(Berth::new(memory))),
        };
        let room = Room { since: self.next(), ..Room::default() };
        let config = ListenerConfig::default();
        self.ids.insert(key.slot, id.clone());
        let member = Member {
            place,
            config,
            meters,
            #[cfg(feature = "stream")]
            ports: super::PortMeters::default(),
            listed_by: Vec::new(),
            room,
        };
        self.members.insert(id.clone(), member);
        self.set_place(&id);
        Ok(key)
    }

    fn detecting(&self, detector: Detector) -> Result<Detecting, ControlError> {
        match detector {
            Detector::Energy { threshold, hangover_ms }
                if threshold.0.is_nan() || !(0.0..=Detector::MAX_HANGOVER_MS).contains(&hangover_ms) =>
            {
                Err(ControlError::Detector { threshold_dbfs: threshold.0, hangover_ms })
            }
            #[cfg(feature = "vad")]
            Detector::Speech { threshold, hangover_ms }
                if !(0.0..=1.0).contains(&threshold) || !(0.0..=Detector::MAX_HANGOVER_MS).contains(&hangover_ms) =>
            {
                Err(ControlError::SpeechDetector { threshold, hangover_ms })
            }
            _ => Ok(Detecting::new(detector, &self.timing)),
        }
    }

    fn give_place(&mut self) -> Result<ParticipantKey, ControlError> {
        if let Some(key) = self.free.pop() {
            return Ok(key);
        }
        let slot = self.fresh;
        self.fresh = slot.checked_add(1).ok_or(ControlError::Full { places: u32::MAX })?;
        if self.fresh as usize > self.matrix.capacity {
            self.matrix.capacity *= 2;
            let stage = Stage::new(self.channels, self.matrix.capacity, self.workers, &self.timing);
            let before = std::mem::replace(&mut self.matrix.stage, Arc::new(Berth::new(stage)));
            self.given_up.push(Held::Stage(before));
            self.stage_since = self.next();
        }
        Ok(ParticipantKey { mixer: self.mixer, slot, stay: 1 })
    }

    /// Takes a participant out of the call, and out of every configuration that lists it.
    pub fn leave(&mut self, id: &str) -> Result<(), ControlError> {
        let (id, member) = self.members.remove_entry(id).ok_or_else(|| ControlError::Unknown { id: id.into() })?;
        let slot = member.place.key.slot;
        self.ids.remove(&slot);
        for listed in &member.config.sources {
            if let Some(source) = self.members.get_mut(&listed.source) {
                set_listed(&mut source.listed_by, slot, false);
            }
            self.show_listed(&listed.source);
        }
        for listener in member.listed_by.iter().filter_map(|slot| self.ids.get(slot)) {
            if let Some(member) = self.members.get_mut(listener) {
                member.config.remove(id.as_str());
                self.stale.insert(listener.clone());
            }
        }
        let Place { key, memory, .. } = member.place;
        self.matrix.places.set(key.slot, None, self.next().0);
        self.changed = true;
        self.given_up.push(Held::Place(key, memory));
        Ok(())
    }

    /// Changes a participant's flags.
    pub fn set_flags(&mut self, id: &str, set: impl FnOnce(&mut Place)) -> Result<(), ControlError> {
        let member = self.member_mut(id)?;
        let before = (member.place.muted, member.place.deafened);
        set(&mut member.place);
        if before.1 != member.place.deafened && !member.config.sources.is_empty() {
            // All its gains move, for which it needs memory: a row brings some along.
            self.stale.insert(id.into());
            return Ok(());
        }
        if before != (member.place.muted, member.place.deafened) {
            self.set_place(&id.into());
        }
        Ok(())
    }

    /// Puts a whole new configuration in force.
    pub fn configure(&mut self, id: &str, mut config: ListenerConfig) -> Result<(), ControlError> {
        let (id, _) = self.members.get_key_value(id).ok_or_else(|| ControlError::Unknown { id: id.into() })?;
        let id = id.clone();
        for listed in &mut config.sources {
            // The name that the member has, so that all who list it share one.
            if let Some((source, _)) = self.members.get_key_value(&listed.source) {
                listed.source = source.clone();
            }
        }
        let sources = |config: &ListenerConfig| config.sources.iter().map(|s| s.source.clone()).collect::<Vec<_>>();
        let listed = sources(&config);
        let Some(member) = self.members.get_mut(&id) else { return Ok(()) };
        let slot = member.place.key.slot;
        let before = sources(&std::mem::replace(&mut member.config, config));
        for (source, now) in
            before.iter().map(|source| (source, false)).chain(listed.iter().map(|source| (source, true)))
        {
            if let Some(source) = self.members.get_mut(source) {
                set_listed(&mut source.listed_by, slot, now);
            }
        }
        before.iter().chain(&listed).for_each(|source| self.show_listed(source));
        self.stale.insert(id);
        Ok(())
    }

    /// Tells the audio side whether a source is listed, if that has changed.
    fn show_listed(&mut self, source: &ParticipantId) {
        let Some(member) = self.members.get_mut(source) else { return };
        let listed = !member.listed_by.is_empty();
        if std::mem::replace(&mut member.place.listed, listed) != listed {
            self.set_place(source);
        }
    }

    /// From now on only the loudest so many are heard, or all.
    pub fn set_loudest(&mut self, loudest: Option<usize>) -> Result<(), ControlError> {
        if loudest == Some(0) {
            return Err(ControlError::Loudest);
        }
        self.changed |= self.matrix.loudest != loudest;
        self.matrix.loudest = loudest;
        Ok(())
    }

    /// Makes the rows of a listener's configuration, one for each channel, and puts them in their place.
    fn make_row(&mut self, id: &ParticipantId, mixed: Generation) {
        let next = self.next();
        let key = |source: &ParticipantId| self.members.get(source).map(|member| member.place.key);
        let list = |side| self.members.get(id).map(|member| member.config.listed(side, key)).unwrap_or_default();
        let listed = Sides::new(self.channels, list);
        let Some(member) = self.members.get_mut(id) else { return };
        let slots = listed.left.iter().map(|listed| listed.source.slot).collect();
        let room = member.room.for_row(slots, &member.meters, mixed, next);
        let (config, timing, keys) = (&member.config, &self.timing, &self.keys);
        let rows = listed.map(|listed| Arc::new(config.row(listed, room, timing, keys)));
        self.given_up.extend(rows.iter().map(|row| Held::Row(next, Arc::clone(row))));
        (member.place.row, member.place.row_since) = (rows, next.0);
        for meters in member.meters.iter() {
            // What came back of earlier moves makes room for what comes back of these.
            meters.empty_spare();
            meters.wanted.store(next.0, Ordering::Relaxed);
            // Nothing of a row moves, and nothing comes back, where nobody hears it.
            if member.place.role.hears() && !meters.awaited.swap(true, Ordering::Relaxed) {
                self.given_up.push(Held::Moves(Arc::clone(meters)));
            }
        }
        self.set_place(id);
    }

    /// Puts a member's place into the matrix in the making.
    fn set_place(&mut self, id: &ParticipantId) {
        let stamp = self.next().0;
        if let Some(member) = self.members.get(id) {
            self.matrix.places.set(member.place.key.slot, Some(Arc::new(member.place.clone())), stamp);
            self.changed = true;
        }
    }

    /// Publishes what was changed, all of it at once. The newest generation.
    pub fn publish(&mut self, shared: &Shared) -> Generation {
        for listener in std::mem::take(&mut self.stale) {
            self.make_row(&listener, shared.mixed());
        }
        if std::mem::take(&mut self.changed) {
            self.matrix.generation += 1;
            let before = shared.publish(Arc::new(self.matrix.clone()));
            self.returning.push(Held::Matrix(before));
            self.given_up.drain(..).for_each(|held| self.returning.push(held));
        }
        self.published()
    }

    /// The newest generation.
    pub fn published(&self) -> Generation {
        Generation(self.matrix.generation)
    }

    /// Frees what the audio side has given back.
    pub fn reclaim(&mut self, shared: &Shared) {
        self.processor_gone |= shared.inherit().is_some();
        if shared.processor_gone() || shared.mixed() >= self.stage_since {
            // The audio side has moved: what is in the berth is what it moved out of.
            drop(self.matrix.stage.take());
        }
        let mixed = if shared.processor_gone() { Generation::NEVER } else { shared.mixed() };
        let free = &mut self.free;
        self.returning.reclaim(mixed, |key| free.extend(key.next_stay()));
    }
}
