//! A session at the network's thread: [`Line`], with its sockets.

use std::{io, net::SocketAddr, sync::mpsc, time::Instant};

use mio::{Interest, Registry, Token, net::UdpSocket};

use super::{hearing::Hearing, network::Number, session::Session, sockets::Pair};
use crate::live::{leg::ConnectionId, listening::Listener, person::News, places::Notice};

/// How many datagrams of one socket are read before it is another one's turn.
const TURN: usize = 32;
/// Longer datagrams are no packets of a call.
pub const LONGEST: usize = 2048;

/// A session with its sockets.
#[derive(Debug)]
pub struct Line {
    pub session: Session,
    named: (String, ConnectionId),
    /// Whether the peer was there when that was told last.
    pub was_alive: Option<bool>,
    pub listener: Listener,
    pub hearing: Hearing,
    pub rtp: UdpSocket,
    rtcp: UdpSocket,
}

impl Line {
    pub fn new(
        session: Session,
        named: (String, ConnectionId),
        listener: Listener,
        hearing: Hearing,
        pair: Pair,
    ) -> Self {
        let (rtp, rtcp) = (UdpSocket::from_std(pair.rtp), UdpSocket::from_std(pair.rtcp));
        Self { session, named, was_alive: None, listener, hearing, rtp, rtcp }
    }

    pub fn register(&mut self, number: Number, registry: &Registry) -> io::Result<()> {
        registry.register(&mut self.rtp, rtp_token(number), Interest::READABLE)?;
        registry.register(&mut self.rtcp, rtcp_token(number), Interest::READABLE)
    }

    /// Reads a turn from a socket; returns whether there may be more.
    pub fn read(&mut self, is_rtcp: bool, received: &mut [u8; LONGEST]) -> bool {
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

    /// Does what is due; returns whether the peer has come or is lost, if that is news.
    pub fn pass_time(&mut self, now: Instant) -> Option<News> {
        if let Some((report, destination)) = self.session.pass_time(now) {
            self.report(&report, destination);
        }
        let is_alive = self.session.is_alive(now);
        if is_alive == self.was_alive {
            return None;
        }
        self.was_alive = is_alive;
        self.hear();
        is_alive.map(|is_alive| if is_alive { News::Connected } else { News::Lost })
    }

    /// Has what the peer hears encoded, unless it is lost or does not want to hear.
    pub fn hear(&self) {
        match self.session.hears().filter(|_| self.was_alive != Some(false)) {
            Some(codec) => self.hearing.begin(self.listener, codec),
            None => self.hearing.end(self.listener),
        }
    }

    pub fn note(&self, news: News, notices: &mpsc::Sender<Notice>) {
        let (id, connection) = self.named.clone();
        // Nobody takes notices any more when the server stops.
        let _ = notices.send(Notice { id, connection, news });
    }

    /// Sends a report. One that is not taken is followed by the next.
    pub fn report(&self, report: &[u8], destination: SocketAddr) {
        let socket = if self.session.rtcp_mux() { &self.rtp } else { &self.rtcp };
        if let Err(error) = socket.send_to(report, destination) {
            tracing::debug!(%error, "a report is not sent");
        }
    }
}

/// The token of the port of RTP.
pub fn rtp_token(number: Number) -> Token {
    Token(2 * number)
}

/// The token of the port of RTCP.
pub fn rtcp_token(number: Number) -> Token {
    Token(2 * number + 1)
}
