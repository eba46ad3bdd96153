//! Who comes and goes, and what each is: places are given, memory is made and given up.

use std::sync::Arc;

use super::{
    Registry,
    member::{Member, Room, set_listed},
};
use crate::{
    audio::{Ear, Memory, Stage},
    control::{ControlError, JoinOptions, ListenerConfig},
    data::{
        detector::{Detecting, Detector},
        id::{ParticipantId, ParticipantKey},
        line::Line,
        sides::Sides,
    },
    matrix::Place,
    meter::Meters,
    ship::{Berth, Held},
};

impl Registry {
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
        let room = Room::new(self.next());
        let config = ListenerConfig::default();
        self.ids.insert(key.slot, id.clone());
        let member = Member {
            place,
            config,
            meters,
            #[cfg(feature = "stream")]
            ports: crate::data::ports::PortMeters::default(),
            listed_by: Vec::new(),
            wanted_by: 0,
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
                source.wanted_by -= u32::from(listed.is_wanted());
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
}
