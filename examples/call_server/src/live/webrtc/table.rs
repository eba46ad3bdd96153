//! All WebRTC connections of the one socket: [`Table`] finds the one that a packet, a deadline or a mix is for, each
//! in constant time (a deadline in logarithmic time), however many there are.

use std::{
    collections::HashMap,
    hash::Hash,
    net::SocketAddr,
    panic::{self, AssertUnwindSafe},
    sync::{Arc, mpsc::Sender},
    time::Instant,
};

use mixminus::ParticipantKey;
use str0m::{
    Input,
    ice::StunMessage,
    net::{Protocol, Receive, Transmit},
};

use super::{
    super::{encoding::Hearing, leg::ConnectionId, outgoing::Packet, people::News, places::Notice},
    counters::Counters,
    deadlines::Deadlines,
    session::{Beginning, Session, Told},
};

/// The connections, for the network thread.
#[derive(Debug)]
pub struct Table {
    /// The address that clients send to, as they know it.
    local: SocketAddr,
    sessions: HashMap<ConnectionId, Session>,
    by_address: HashMap<SocketAddr, ConnectionId>,
    by_ufrag: HashMap<String, ConnectionId>,
    by_key: HashMap<ParticipantKey, ConnectionId>,
    deadlines: Deadlines,
    notices: Sender<Notice>,
    hearing: Hearing,
    counters: Arc<Counters>,
}

impl Table {
    pub fn new(local: SocketAddr, notices: Sender<Notice>, hearing: Hearing, counters: Arc<Counters>) -> Self {
        let (sessions, by_address, by_ufrag, by_key) = Default::default();
        Self {
            local,
            sessions,
            by_address,
            by_ufrag,
            by_key,
            deadlines: Deadlines::default(),
            notices,
            hearing,
            counters,
        }
    }

    /// Takes in a connection, and lets it begin.
    pub fn add(&mut self, beginning: Beginning, now: Instant, out: &mut dyn FnMut(&Transmit)) {
        let connection = beginning.connection;
        let session = Session::new(beginning, now);
        self.by_ufrag.insert(session.ufrag.clone(), connection);
        self.by_key.insert(session.key, connection);
        self.sessions.insert(connection, session);
        self.deadlines.set(connection, now);
        self.advance(now, out);
    }

    /// Closes a connection, if it is there still.
    pub fn end(&mut self, connection: ConnectionId, now: Instant, out: &mut dyn FnMut(&Transmit)) {
        if let Some(mut session) = self.remove(connection) {
            session.close(now, out);
        }
    }

    /// Closes all connections.
    pub fn end_all(&mut self, now: Instant, out: &mut dyn FnMut(&Transmit)) {
        let all: Vec<ConnectionId> = self.sessions.keys().copied().collect();
        all.into_iter().for_each(|connection| self.end(connection, now, out));
    }

    /// Gives a packet of the network to its session. What belongs to none is counted and dropped.
    pub fn receive(&mut self, now: Instant, source: SocketAddr, bytes: &[u8], out: &mut dyn FnMut(&Transmit)) {
        let Ok(packet) = Receive::new(Protocol::Udp, source, self.local, bytes) else {
            return self.counters.malformed.add(1);
        };
        let named = is_stun(bytes).then(|| self.named(bytes)).flatten();
        let Some(connection) = named.or_else(|| self.by_address.get(&source).copied()) else {
            return self.counters.strangers.add(1);
        };
        let input = Input::Receive(now, packet);
        let Some(session) = self.sessions.get_mut(&connection) else { return };
        let is_proof = named.is_some() && session.proves(bytes, &input);
        let is_known = self.by_address.get(&source) == Some(&connection);
        if !is_known && !is_proof {
            return self.counters.strangers.add(1);
        }
        if !is_known {
            self.by_address.insert(source, connection);
            if let Some(old) = session.moved_to(source) {
                forget(&mut self.by_address, &old, connection);
            }
        }
        let Input::Receive(_, packet) = input else { unreachable!("made above") };
        self.work(connection, |session| session.receive(now, packet, is_proof, out));
    }

    /// Sends a packet to its listeners, as far as they are here.
    pub fn send(&mut self, now: Instant, packet: &Packet, out: &mut dyn FnMut(&Transmit)) {
        for key in &packet.listeners {
            let Some(&connection) = self.by_key.get(key) else { continue };
            self.work(connection, |session| session.send(now, packet, out));
        }
    }

    /// When a session wants to be woken next.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.deadlines.first()
    }

    /// Wakes the sessions that are due.
    pub fn advance(&mut self, now: Instant, out: &mut dyn FnMut(&Transmit)) {
        while let Some(connection) = self.deadlines.pop(now) {
            self.work(connection, |session| session.advance(now, out));
        }
    }

    fn named(&self, bytes: &[u8]) -> Option<ConnectionId> {
        let message = StunMessage::parse(bytes).ok()?;
        let (ufrag, _) = message.split_username()?;
        self.by_ufrag.get(ufrag).copied()
    }

    /// Has a session work. A fault of the library that packets of a client bring about ends that client's connection,
    /// and nobody else's.
    fn work(&mut self, connection: ConnectionId, work: impl FnOnce(&mut Session) -> Told) {
        let Some(session) = self.sessions.get_mut(&connection) else { return };
        let told = panic::catch_unwind(AssertUnwindSafe(|| work(session)));
        let told = told.unwrap_or_else(|_said_by_the_panic_hook| {
            self.counters.panics.add(1);
            Told { news: Some(News::Lost), is_over: true }
        });
        self.heed(connection, told);
    }

    /// Passes on what a session has to tell, and notes its deadline.
    fn heed(&mut self, connection: ConnectionId, told: Told) {
        let Some(session) = self.sessions.get_mut(&connection) else { return };
        if let Some(news) = told.news {
            // Who is lost is sent nothing; nothing is encoded for it alone.
            match news {
                News::Connected if session.hears() => self.hearing.begin(session.key),
                News::Connected | News::Lost => self.hearing.end(session.key),
            }
            // The thread that keeps places ends after this one.
            let _ = self.notices.send(Notice { id: session.id.clone(), connection, news });
        }
        if told.is_over {
            self.remove(connection);
        } else {
            self.deadlines.set(connection, session.deadline);
        }
    }

    fn remove(&mut self, connection: ConnectionId) -> Option<Session> {
        let session = self.sessions.remove(&connection)?;
        self.deadlines.remove(connection);
        self.by_ufrag.remove(&session.ufrag);
        if self.by_key.get(&session.key) == Some(&connection) {
            self.by_key.remove(&session.key);
            self.hearing.end(session.key);
        }
        session.addresses.iter().for_each(|address| forget(&mut self.by_address, address, connection));
        Some(session)
    }
}

/// Removes what leads to a connection, unless it leads to another one by now.
fn forget<K: Eq + Hash>(map: &mut HashMap<K, ConnectionId>, key: &K, connection: ConnectionId) {
    if map.get(key) == Some(&connection) {
        map.remove(key);
    }
}

/// The first bits tell protocols apart (RFC 7983).
fn is_stun(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(|first| *first < 4)
}
