//! What the network's thread does: it waits for datagrams, commands and the time ([`Traffic`]).

use std::{
    collections::{HashMap, VecDeque},
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc::{self, Receiver, TryRecvError},
    },
    time::{Duration, Instant},
};

use mio::{Events, Interest, Poll, Registry, Token, net::UdpSocket};
use mixminus::ParticipantKey;

use super::{
    hearing::Hearing,
    network::{Command, Number, WAKER},
    outbound::Encoded,
    session::Session,
};
use crate::live::{leg::ConnectionId, people::News, places::Notice};

/// How often the time is passed to the sessions.
const PERIOD: Duration = Duration::from_millis(100);
/// How many datagrams of one socket are read before it is another one's turn.
const TURN: usize = 32;
/// How many commands are read before it is the sockets' turn.
const COMMANDS: usize = 1024;
/// Longer datagrams are no packets of a call.
const LONGEST: usize = 2048;

/// A session with its sockets.
#[derive(Debug)]
struct Line {
    session: Session,
    named: (String, ConnectionId),
    /// Whether the peer was there when that was told last.
    was_alive: Option<bool>,
    listener: ParticipantKey,
    hearing: Hearing,
    rtp: UdpSocket,
    rtcp: UdpSocket,
}

/// All sessions.
pub struct Traffic {
    poll: Poll,
    commands: Receiver<Command>,
    notices: mpsc::Sender<Notice>,
    sessions: Arc<AtomicUsize>,
    lines: HashMap<Number, Line>,
    by_listener: HashMap<ParticipantKey, Number>,
    /// Sockets that have more: they are told of only once.
    ready: VecDeque<Token>,
    received: Box<[u8; LONGEST]>,
    written: Vec<u8>,
    passes_at: Instant,
}

impl Traffic {
    pub fn new(
        poll: Poll,
        commands: Receiver<Command>,
        notices: mpsc::Sender<Notice>,
        sessions: Arc<AtomicUsize>,
    ) -> Self {
        Self {
            poll,
            commands,
            notices,
            sessions,
            lines: HashMap::new(),
            by_listener: HashMap::new(),
            ready: VecDeque::new(),
            received: Box::new([0; LONGEST]),
            written: Vec::with_capacity(LONGEST),
            passes_at: Instant::now(),
        }
    }

    /// Runs until it is told to stop.
    pub fn run(mut self) {
        let mut events = Events::with_capacity(256);
        while self.follow_commands() {
            self.pass_time();
            let pause = if self.ready.is_empty() { self.passes_at - Instant::now() } else { Duration::ZERO };
            match self.poll.poll(&mut events, Some(pause)) {
                Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                    tracing::error!(%error, "the RTP thread ends");
                    break;
                }
                _ => {}
            }
            let tokens = events.iter().map(|event| event.token()).filter(|token| *token != WAKER);
            for token in tokens {
                if !self.ready.contains(&token) {
                    self.ready.push_back(token);
                }
            }
            self.read_ready();
        }
        let numbers: Vec<Number> = self.lines.keys().copied().collect();
        numbers.into_iter().for_each(|number| self.close(number));
    }

    /// Does what has been commanded; returns whether to go on.
    fn follow_commands(&mut self) -> bool {
        for _ in 0..COMMANDS {
            match self.commands.try_recv() {
                Ok(Command::Open { number, named, listener, hearing, pair, session }) => {
                    let (rtp, rtcp) = (UdpSocket::from_std(pair.rtp), UdpSocket::from_std(pair.rtcp));
                    self.open(number, Line { session: *session, named, was_alive: None, listener, hearing, rtp, rtcp });
                }
                Ok(Command::Change { number, agreed, port }) => {
                    if let Some(line) = self.lines.get_mut(&number) {
                        line.session.change(*agreed, port, Instant::now());
                        line.hear();
                    }
                }
                Ok(Command::Close { number }) => self.close(number),
                Ok(Command::Send { listeners, packet }) => self.send(&listeners, &packet),
                Ok(Command::Stop) | Err(TryRecvError::Disconnected) => return false,
                Err(TryRecvError::Empty) => return true,
            }
        }
        // There is more: the next poll must not wait for it.
        self.passes_at = Instant::now();
        true
    }

    fn open(&mut self, number: Number, mut line: Line) {
        if let Err(error) = line.register(number, self.poll.registry()) {
            tracing::error!(%error, "a session's sockets cannot be polled");
            line.note(News::Lost, &self.notices);
            return;
        }
        line.hear();
        self.by_listener.insert(line.listener, number);
        self.lines.insert(number, line);
        self.sessions.store(self.lines.len(), Ordering::Relaxed);
        // What came before they were registered.
        self.ready.extend([rtp_token(number), rtcp_token(number)]);
    }

    /// Says goodbye.
    fn close(&mut self, number: Number) {
        let Some(mut line) = self.lines.remove(&number) else { return };
        self.sessions.store(self.lines.len(), Ordering::Relaxed);
        // Whoever took the place over may hear by the same key.
        if self.by_listener.get(&line.listener) == Some(&number) {
            self.by_listener.remove(&line.listener);
            line.hearing.end(line.listener);
        }
        self.ready.retain(|token| token.0 / 2 != number);
        if let Some((report, destination)) = line.session.report(Instant::now(), true) {
            line.report(&report, destination);
        }
    }

    /// Sends a packet to those of the listeners who are here.
    fn send(&mut self, listeners: &[ParticipantKey], packet: &Encoded) {
        for listener in listeners {
            let number = self.by_listener.get(listener);
            let Some(Line { session, rtp, .. }) = number.and_then(|number| self.lines.get_mut(number)) else {
                continue;
            };
            session.send(packet, &mut self.written, |bytes, destination| rtp.send_to(bytes, destination).is_ok());
        }
    }

    /// Reads a turn from each socket that has datagrams.
    fn read_ready(&mut self) {
        for _ in 0..self.ready.len() {
            let Some(token) = self.ready.pop_front() else { return };
            let Some(line) = self.lines.get_mut(&(token.0 / 2)) else { continue };
            if line.read(token.0 % 2 == 1, &mut self.received) {
                self.ready.push_back(token);
            }
        }
    }

    /// Lets the sessions do what is due, and notes which peers have come and which are lost.
    fn pass_time(&mut self) {
        let now = Instant::now();
        if now < self.passes_at {
            return;
        }
        self.passes_at = now + PERIOD;
        for line in self.lines.values_mut() {
            if let Some((report, destination)) = line.session.pass_time(now) {
                line.report(&report, destination);
            }
            let is_alive = line.session.is_alive(now);
            if is_alive != line.was_alive {
                line.was_alive = is_alive;
                line.hear();
                is_alive.into_iter().for_each(|is_alive| {
                    line.note(if is_alive { News::Connected } else { News::Lost }, &self.notices);
                });
            }
        }
    }
}

impl Line {
    fn register(&mut self, number: Number, registry: &Registry) -> io::Result<()> {
        registry.register(&mut self.rtp, rtp_token(number), Interest::READABLE)?;
        registry.register(&mut self.rtcp, rtcp_token(number), Interest::READABLE)
    }

    /// Reads a turn from a socket; returns whether there may be more.
    fn read(&mut self, is_rtcp: bool, received: &mut [u8; LONGEST]) -> bool {
        let now = Instant::now();
        let socket = if is_rtcp { &self.rtcp } else { &self.rtp };
        for _ in 0..TURN {
            match socket.recv_from(received) {
                Ok((length, source)) if is_rtcp => self.session.rtcp(&received[..length], source, now),
                Ok((length, source)) => self.session.rtp(&received[..length], source, now),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // Nothing more; or what an earlier packet met with, and then the next datagram is told of again.
                Err(_) => return false,
            }
        }
        true
    }

    /// Has what the peer hears encoded, unless it is lost or does not want to hear. Once more when it has come: a
    /// connection of another kind that had the place may have ended that meanwhile.
    fn hear(&self) {
        match self.session.hears().filter(|_| self.was_alive != Some(false)) {
            Some(codec) => self.hearing.begin(self.listener, codec),
            None => self.hearing.end(self.listener),
        }
    }

    fn note(&self, news: News, notices: &mpsc::Sender<Notice>) {
        let (id, connection) = self.named.clone();
        // Nobody takes notices any more when the server stops.
        let _ = notices.send(Notice { id, connection, news });
    }

    /// Sends a report. One that is not taken is followed by the next.
    fn report(&self, report: &[u8], destination: SocketAddr) {
        let socket = if self.session.rtcp_mux() { &self.rtp } else { &self.rtcp };
        if let Err(error) = socket.send_to(report, destination) {
            tracing::debug!(%error, "a report is not sent");
        }
    }
}

fn rtp_token(number: Number) -> Token {
    Token(2 * number)
}

fn rtcp_token(number: Number) -> Token {
    Token(2 * number + 1)
}
