//! Holding participants, and letting them return.

use super::Registry;
use crate::{control::ControlError, data::id::ParticipantId};

impl Registry {
    /// Puts a participant on hold: it hears these sources only. One who is on hold already gets other music.
    pub fn hold(&mut self, id: &str, music: &[&str]) -> Result<(), ControlError> {
        let id = self.name(id)?;
        let mut sources = Vec::with_capacity(music.len());
        for source in music {
            let source = self.name(source)?;
            if source == id {
                return Err(ControlError::OwnVoice { id });
            }
            sources.push(source);
        }
        sources.sort_unstable();
        sources.dedup();
        sources.iter().for_each(|source| self.want(source, true));
        let before = self.set_music(&id, Some(sources));
        before.iter().flatten().for_each(|source| self.want(source, false));
        Ok(())
    }

    /// Ends the hold of a participant. What comes from it from now on is heard, and nothing that came before.
    pub fn resume(&mut self, id: &str) -> Result<(), ControlError> {
        let id = self.name(id)?;
        let now = self.next().0;
        if self.member(id.as_str())?.music.is_none() {
            return Err(ControlError::NotOnHold { id });
        }
        self.set_music(&id, None).iter().flatten().for_each(|source| self.want(source, false));
        if let Some(member) = self.members.get_mut(&id) {
            member.slot.resumed = now;
        }
        Ok(())
    }

    /// What it heard on hold before, if it was.
    fn set_music(&mut self, id: &ParticipantId, music: Option<Vec<ParticipantId>>) -> Option<Vec<ParticipantId>> {
        let member = self.members.get_mut(id)?;
        member.slot.on_hold = music.is_some();
        let before = std::mem::replace(&mut member.music, music);
        if member.music.is_some() {
            self.on_hold.insert(id.clone());
        } else {
            self.on_hold.remove(id);
        }
        self.stale.insert(id.clone());
        self.set_slot(id);
        before
    }

    /// Takes a member who leaves off hold, and out of what others hear on hold.
    pub(super) fn leave_hold(&mut self, id: &ParticipantId) {
        let before = self.members.get_mut(id).and_then(|member| member.music.take());
        before.iter().flatten().for_each(|source| self.want(source, false));
        self.on_hold.remove(id);
        for held in &self.on_hold {
            let music = self.members.get_mut(held).and_then(|member| member.music.as_mut());
            if let Some(music) = music
                && let Some(at) = music.iter().position(|source| source == id)
            {
                music.remove(at);
                self.stale.insert(held.clone());
            }
        }
    }
}
