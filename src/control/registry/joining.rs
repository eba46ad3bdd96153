//! Joining and leaving: slots are given and come back, and a participant's memory is made and given up.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    Registry,
    member::{Changing, Levels, Member, Room, set_listed},
};
#[cfg(feature = "stream")]
use crate::audio::{Rewired, Wiring};
use crate::{
    audio::{Belongings, Engine, RowMemory, Slot},
    control::{ControlError, JoinOptions, ListenerConfig, returning::Held},
    data::{
        connection::Connection,
        detector::Detecting,
        id::{ParticipantId, ParticipantKey},
        routing::Routing,
    },
    link::{mailbox::Mailbox, readings::Meters},
};

impl Registry {
    /// Lets a participant in. With a connection its frames and mixes do not pass through the host's hands.
    pub fn join(
        &mut self,
        id: ParticipantId,
        options: JoinOptions,
        connection: Option<Box<dyn Connection>>,
    ) -> Result<ParticipantKey, ControlError> {
        if self.members.contains_key(&id) {
            return Err(ControlError::AlreadyHere { id });
        }
        let detector = options.detector.check()?;
        let key = self.give_slot()?;
        let class = self.roles.class_of(&options.routing, &self.settling);
        let since = self.next();
        self.changing.insert(key.slot, Changing { source: key, former: None, class, since, leaves: false });
        self.settling.note(since);
        let meters = Arc::new(Meters::default());
        let judge = if options.direction.sends() { detector.judge(&self.figures.timing) } else { None };
        let belongings = Belongings { meters: Arc::clone(&meters), connection, judge, row: RowMemory::default() };
        let slot = Slot {
            key,
            direction: options.direction,
            detecting: Detecting::new(detector, &self.figures.timing),
            muted: options.muted,
            #[cfg(feature = "cluster")]
            sharing: crate::data::sharing::Sharing::default(),
            on_hold: false,
            deafened: options.deafened,
            class,
            resumed: 0,
            wanted: false,
            row: Arc::clone(&self.plain),
            row_since: self.next().0,
            belongings: Arc::new(Mailbox::new(belongings)),
            rewired: None,
        };
        let room = Room::new(self.next());
        let config = ListenerConfig::default();
        self.ids.insert(key.slot, id.clone());
        let member = Member {
            slot,
            config,
            meters,
            #[cfg(feature = "stream")]
            ports: crate::data::ports::PortMeters::default(),
            listed_by: Vec::new(),
            wanted_by: 0,
            joined: self.next(),
            routing: options.routing,
            groups: BTreeSet::new(),
            granted: BTreeMap::new(),
            music: None,
            levels: Levels::plain(),
            always_wanted: false,
            #[cfg(feature = "cluster")]
            wanted_elsewhere: false,
            room,
        };
        if member.routing != Routing::DefaultGroup {
            self.stale.insert(id.clone());
        }
        self.members.insert(id.clone(), Box::new(member));
        self.set_slot(&id);
        self.point_taps(&id, key);
        Ok(key)
    }

    /// Gives a participant another connection, or none, and with it other ports. The one that it had comes back.
    #[cfg(feature = "stream")]
    pub fn replace_connection(
        &mut self,
        id: &str,
        connection: Option<Box<dyn Connection>>,
        ports: crate::data::ports::PortMeters,
    ) -> Result<ParticipantKey, ControlError> {
        let next = self.next();
        let member = self.member_mut(id)?;
        let mailbox = Arc::new(Mailbox::new(Wiring(connection)));
        member.ports = ports;
        member.slot.rewired = Some(Rewired { since: next.0, mailbox: Arc::clone(&mailbox) });
        let key = member.slot.key;
        self.given_up.push(Held::Wiring(next, mailbox));
        self.set_slot(&id.into());
        Ok(key)
    }

    /// A free slot, as a key. If all are taken, the capacity doubles and a larger engine is shipped.
    fn give_slot(&mut self) -> Result<ParticipantKey, ControlError> {
        if let Some(key) = self.free.pop() {
            return Ok(key);
        }
        let slot = self.fresh;
        self.fresh = slot.checked_add(1).ok_or(ControlError::Full { places: u32::MAX })?;
        if self.fresh as usize > self.matrix.capacity {
            self.matrix.capacity *= 2;
            let engine = Engine::new(&self.figures, self.matrix.capacity, None);
            let before = std::mem::replace(&mut self.matrix.engine, Arc::new(Mailbox::new(engine)));
            self.given_up.push(Held::Engine(before));
            self.engine_since = self.next();
        }
        Ok(ParticipantKey { mixer: self.mixer, slot, stay: 1 })
    }

    /// Takes a participant out of the call and out of every configuration that lists it.
    pub fn leave(&mut self, id: &str) -> Result<(), ControlError> {
        let name = self.name(id)?;
        self.leave_groups(&name);
        self.leave_hold(&name);
        let (id, member) = self.members.remove_entry(id).ok_or(ControlError::Unknown { id: name })?;
        let slot = member.slot.key.slot;
        self.ids.remove(&slot);
        self.roles.release(&member.routing, self.next());
        for listed in &member.config.sources {
            if let Some(source) = self.members.get_mut(&listed.source) {
                set_listed(&mut source.listed_by, slot, false);
                source.wanted_by -= u32::from(listed.is_wanted());
            }
            self.show_wanted(&listed.source);
        }
        for listener in member.listed_by.iter().filter_map(|slot| self.ids.get(slot)) {
            if let Some(member) = self.members.get_mut(listener) {
                member.config.remove(id.as_str());
                self.stale.insert(listener.clone());
            }
        }
        let Slot { key, class, belongings, .. } = member.slot;
        self.let_fade_out(Changing { source: key, former: None, class, since: self.next(), leaves: true });
        self.matrix.slots.set(key.slot, None, self.next().0);
        self.changed = true;
        self.given_up.push(Held::Belongings(key, belongings));
        self.point_taps(&id, ParticipantKey::NOBODY);
        #[cfg(feature = "cluster")]
        self.touch(&id);
        Ok(())
    }

    /// Changes whether a participant is muted or deafened.
    pub fn set_flags(&mut self, id: &str, set: impl FnOnce(&mut Slot)) -> Result<(), ControlError> {
        let member = self.member_mut(id)?;
        let before = (member.slot.muted, member.slot.deafened);
        set(&mut member.slot);
        if before != (member.slot.muted, member.slot.deafened) {
            self.set_slot(&id.into());
        }
        Ok(())
    }
}
