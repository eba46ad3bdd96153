//! Who is in the call with a connection: [`People`]. It gives places and keeps them for a while when a connection is
//! lost; a later connection with the same id takes the place over, with all that is configured for it.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use mixminus::{http::Removal, stream::Decoder};
use uuid::Uuid;

use super::{
    admission::{Admitted, Newcomer, NoPlace},
    leg::{ConnectionId, Leg},
    listening::Listener,
    person::{Connected, News, Person},
};
use crate::room::{Entrance, Seat};

/// How many people there may be, and how long the place of one who is lost is kept.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub most: usize,
    pub keep: Duration,
}

/// The people, for any thread; a call may take a millisecond.
#[derive(Debug)]
pub struct People {
    entrance: Arc<Entrance>,
    limits: Limits,
    here: Mutex<HashMap<String, Person>>,
    /// How many connections there have been.
    turns: AtomicU64,
}

impl People {
    pub fn new(entrance: Arc<Entrance>, limits: Limits) -> Self {
        Self { entrance, limits, here: Mutex::default(), turns: AtomicU64::new(0) }
    }

    /// Gives a place to a connection that `leg` makes for its id. Whoever had the place is sent away.
    pub fn enter(
        &self,
        newcomer: Newcomer,
        decoder: impl Decoder + 'static,
        rtp_clock_hz: Option<u32>,
        leg: impl FnOnce(ConnectionId) -> Arc<dyn Leg>,
    ) -> Result<Admitted, NoPlace> {
        let role = newcomer.role.map(|role| self.entrance.role(&role)).transpose()?;
        let id = newcomer.id.unwrap_or_else(|| Uuid::new_v4().to_string());
        self.admit(&self.here(), &id)?;
        // Nobody else waits for another server meanwhile.
        self.entrance.claim(&id);
        let mut here = self.here();
        self.admit(&here, &id)?;
        let seat = self.entrance.enter(&id, role, decoder, rtp_clock_hz);
        let Seat { key, packets } = seat.inspect_err(|_| self.free(&mut here, &id)).map_err(NoPlace::Mixer)?;
        let (connection, turn) = (Uuid::new_v4(), self.turns.fetch_add(1, Ordering::Relaxed));
        let before = here.remove(&id);
        let was_connected = before.as_ref().is_some_and(|before| before.was_connected);
        if let Some(before) = before {
            before.leg.end();
            // Who comes says anew whether it is muted.
            self.entrance.mute(&id, false);
        }
        here.insert(id.clone(), Person::new(connection, leg(connection), was_connected));
        Ok(Admitted { id, connection, listener: Listener { key, turn }, packets })
    }

    /// Whether there is a place for somebody.
    fn admit(&self, here: &HashMap<String, Person>, id: &str) -> Result<(), NoPlace> {
        if self.entrance.is_recording(id) {
            return Err(NoPlace::Recording(id.to_owned()));
        }
        if !here.contains_key(id) && here.len() >= self.limits.most {
            return Err(NoPlace::Full(here.len()));
        }
        Ok(())
    }

    /// Gives somebody another decoder: its codec is another one. `None` if the place is not, or no longer, this
    /// connection's.
    pub fn decode_anew(
        &self,
        id: &str,
        connection: ConnectionId,
        decoder: impl Decoder + 'static,
        rtp_clock_hz: Option<u32>,
    ) -> Result<Option<Seat>, NoPlace> {
        let here = self.here();
        let is_its = here.get(id).is_some_and(|person| person.connection == connection);
        is_its.then(|| self.entrance.enter(id, None, decoder, rtp_clock_hz).map_err(NoPlace::Mixer)).transpose()
    }

    /// Ends somebody's stay at its own wish. False if the place is not, or no longer, this connection's.
    pub fn leave(&self, id: &str, connection: ConnectionId) -> bool {
        let mut here = self.here();
        let is_its = here.get(id).is_some_and(|person| person.connection == connection);
        if is_its {
            self.free(&mut here, id);
        }
        is_its
    }

    /// Takes somebody out of the call, whoever it is, and ends the connection.
    fn expel(&self, id: &str) {
        let mut here = self.here();
        if let Some(person) = here.remove(id) {
            person.leg.end();
        }
        self.entrance.expel(id);
    }

    /// Ends the connection of somebody who is not at this server any more: at another one, or out of the call. Somebody who has
    /// come under the id meanwhile stays.
    pub fn end(&self, id: &str) {
        let mut here = self.here();
        if self.entrance.is_here(id) {
            return;
        }
        if let Some(person) = here.remove(id) {
            person.leg.end();
        }
        self.entrance.gone(id);
    }

    /// Mutes somebody for everybody, or ends that. False if the place is not, or no longer, this connection's.
    pub fn mute(&self, id: &str, connection: ConnectionId, is_muted: bool) -> bool {
        let here = self.here();
        let is_its = here.get(id).is_some_and(|person| person.connection == connection);
        if is_its {
            self.entrance.mute(id, is_muted);
        }
        is_its
    }

    /// Takes note of what has become of a connection. What is said of one that was taken over is old.
    pub fn hear(&self, id: &str, connection: ConnectionId, news: News, now: Instant) {
        let mut here = self.here();
        let Some(person) = here.get_mut(id).filter(|person| person.connection == connection) else { return };
        if !person.hear(news, now) {
            self.free(&mut here, id);
        }
    }

    /// Frees the places that were kept long enough.
    pub fn sweep(&self, now: Instant) {
        let mut here = self.here();
        let over = |person: &Person| person.lost_since().is_some_and(|since| since + self.limits.keep <= now);
        let free: Vec<String> = here.iter().filter(|(_, person)| over(person)).map(|(id, _)| id.clone()).collect();
        free.iter().for_each(|id| self.free(&mut here, id));
    }

    /// How everybody who has a place is connected.
    pub fn connections(&self) -> HashMap<String, Connected> {
        self.here().iter().map(|(id, person)| (id.clone(), person.connected())).collect()
    }

    fn free(&self, here: &mut HashMap<String, Person>, id: &str) {
        if let Some(person) = here.remove(id) {
            person.leg.end();
            self.entrance.leave(id);
        }
    }

    /// A poisoned lock is used as it is: at worst somebody keeps a place without a connection.
    fn here(&self) -> MutexGuard<'_, HashMap<String, Person>> {
        self.here.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A client of the service has removed somebody.
impl Removal for People {
    fn remove(&self, participant: &str) {
        self.expel(participant);
    }
}

#[cfg(test)]
mod tests;
