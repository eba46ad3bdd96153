//! People who come by telephone, and gateways: plain RTP with an SDP offer and answer ([`Rtp`]).
//!
//! ```text
//!  web/rtp.rs ── offer ──> Rtp::welcome ──> sdp (agreement, answer)
//!                             │        └──> People::enter ──> PacketPort
//!                          commands
//!                             ▼
//!  UDP, two ports each ──> network thread: a Session each ──> PacketPort ──> decoded, mixed
//!                             ▲
//!  Encoding (encoded mixes) ──┘──> packets and reports to the peers
//! ```
//!
//! A [`session`] is plain computing: what a datagram is worth ([`peer`], [`inbound`]), what is sent ([`outbound`]) and
//! what both sides report ([`reporting`]).

mod clock;
mod codec;
mod counters;
mod events;
mod figures;
mod hearing;
mod inbound;
mod line;
mod network;
mod outbound;
mod packing;
mod peer;
mod reception;
mod reporting;
mod reports;
mod sdp;
mod session;
mod sockets;
mod traffic;
mod wire;

use std::{
    collections::HashMap,
    io,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use mixminus::stream::DecodeError;

pub use self::{
    codec::Codec,
    hearing::{CodecKeys, Hearing},
    network::{Network, Sender},
};
use self::{
    counters::Counters,
    figures::Figures,
    network::{Command, Number},
    sdp::{Agreement, Local, Offer, OfferError},
    session::{Published, Session},
    sockets::{NoPair, Pairs},
    wire::Wire,
};
use super::{
    admission::{Admitted, Newcomer, NoPlace},
    leg::{ConnectionId, Leg},
    people::People,
    socket::Binding,
};
use crate::error::Error;

/// Telephones and gateways, as long as it runs.
#[derive(Debug)]
pub struct Rtp {
    pairs: Pairs,
    public_ip: Option<IpAddr>,
    from_anywhere: bool,
    network: Sender,
    hearing: Hearing,
    counters: Arc<Counters>,
    calls: Mutex<HashMap<ConnectionId, Call>>,
    next: AtomicUsize,
}

/// What is known of a session where offers are answered.
#[derive(Debug, Clone)]
struct Call {
    id: String,
    /// Held while an offer is answered: the next one finds what the one before has changed.
    changing: Arc<Mutex<()>>,
    number: Number,
    agreed: Agreement,
    local: Local,
    published: Published,
    wire: Arc<Wire>,
}

/// Somebody's first words: the offer is answered, and the place is given.
#[derive(Debug)]
pub struct Welcome {
    pub id: String,
    pub connection: ConnectionId,
    pub sdp: String,
}

/// Why an offer comes to nothing.
#[derive(Debug, thiserror::Error)]
pub enum NoCall {
    #[error(transparent)]
    Offer(#[from] OfferError),
    #[error("{peer} cannot be reached from {own}, the address of --listen: both have to be IPv4, or both IPv6")]
    Family { peer: IpAddr, own: IpAddr },
    #[error(transparent)]
    Ports(#[from] NoPair),
    #[error("the system knows no way to {peer}: {cause}")]
    NoWay { peer: IpAddr, cause: io::Error },
    #[error(transparent)]
    Place(#[from] NoPlace),
    #[error("there is no such connection, or it has ended")]
    Gone,
    /// The network's thread.
    #[error("the thread that receives and sends for telephones has ended")]
    Ended,
}

impl From<DecodeError> for NoCall {
    fn from(cause: DecodeError) -> Self {
        Self::Place(NoPlace::Mixer(Error::Decoder(cause.to_string())))
    }
}

impl Rtp {
    /// For a network thread that runs. `from_anywhere` lets the first packet of a session come from another address
    /// than the offer's.
    pub fn new(binding: &Binding, from_anywhere: bool, network: &Network, hearing: Hearing) -> Self {
        Self {
            pairs: Pairs::new(binding.ip, binding.ports.clone()),
            public_ip: binding.public_ip,
            from_anywhere,
            network: network.sender().clone(),
            hearing,
            counters: Arc::default(),
            calls: Mutex::default(),
            next: AtomicUsize::new(0),
        }
    }

    /// Answers an offer and gives its sender a place. Blocks for some milliseconds; not for a thread of a runtime.
    pub fn welcome(&self, people: &People, newcomer: Newcomer, offer: &[u8]) -> Result<Welcome, NoCall> {
        let (offer, agreed) = self.agree(offer)?;
        let pair = self.pairs.bind()?;
        let port = pair.rtp.local_addr().map_err(NoPair::System)?.port();
        let rtp = SocketAddr::new(self.told_ip(agreed.rtp.ip())?, port);
        let local = Local { rtp, session_id: fastrand::u64(1..1 << 62), version: 1 };
        let (number, published) = (self.next.fetch_add(1, Ordering::Relaxed), Published::default());
        let wire = Arc::new(Wire::new(number, self.network.clone(), published.clone()));
        let leg = |_connection| -> Arc<dyn Leg> { Arc::clone(&wire) as _ };
        let clock_hz = Some(agreed.codec.clock_hz());
        let Admitted { id, connection, listener, packets } =
            people.enter(newcomer, agreed.codec.decoder()?, clock_hz, leg)?;
        let now = Instant::now();
        let session = Session::new(agreed, packets, self.from_anywhere, published.clone(), now)
            .counted_by(Arc::clone(&self.counters));
        let (named, session) = ((id.clone(), connection), Box::new(session));
        let hearing = self.hearing.clone();
        if !self.network.tell(Command::Open { number, named, listener, hearing, pair, session }) {
            people.leave(&id, connection);
            return Err(NoCall::Ended);
        }
        // It may have been ended before it was open.
        wire.opened();
        let changing = Arc::default();
        let call = Call { id: id.clone(), changing, number, agreed, local, published, wire };
        self.calls().insert(connection, call);
        Ok(Welcome { id, connection, sdp: sdp::answer(&offer, &agreed, &local) })
    }

    /// Answers another offer of a session: a hold, another codec, another address. Blocks as [`welcome`](Self::welcome)
    /// does. An error leaves the session as it was.
    pub fn change(&self, people: &People, id: &str, connection: ConnectionId, offer: &[u8]) -> Result<String, NoCall> {
        let changing = self.call(id, connection).ok_or(NoCall::Gone)?.changing;
        let _one_at_a_time = changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut call = self.call(id, connection).ok_or(NoCall::Gone)?;
        let (offer, agreed) = self.agree(offer)?;
        let port = if agreed.codec == call.agreed.codec {
            None
        } else {
            let (decoder, clock_hz) = (agreed.codec.decoder()?, Some(agreed.codec.clock_hz()));
            let seat = people.decode_anew(id, connection, decoder, clock_hz)?.ok_or(NoCall::Gone)?;
            Some(seat.packets)
        };
        if !self.network.tell(Command::Change { number: call.number, agreed: Box::new(agreed), port }) {
            people.leave(id, connection);
            return Err(NoCall::Ended);
        }
        call.agreed = agreed;
        call.local.version += 1;
        let sdp = sdp::answer(&offer, &agreed, &call.local);
        self.calls().insert(connection, call);
        Ok(sdp)
    }

    /// The figures of a session.
    pub fn figures(&self, id: &str, connection: ConnectionId) -> Option<Figures> {
        self.call(id, connection).map(|call| call.published.read())
    }

    /// What was counted in all sessions, also those that have ended, with the names of the counts.
    pub fn counters(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        self.counters.read().chain([("outgoing_dropped", self.network.dropped())])
    }

    fn agree(&self, offer: &[u8]) -> Result<(Offer, Agreement), NoCall> {
        let offer = Offer::read(offer)?;
        let agreed = Agreement::of(&offer)?;
        let (peer, own) = (agreed.rtp.ip(), self.pairs.ip());
        if peer.is_ipv4() == own.is_ipv4() { Ok((offer, agreed)) } else { Err(NoCall::Family { peer, own }) }
    }

    /// The server's address as a peer is told it.
    fn told_ip(&self, peer: IpAddr) -> Result<IpAddr, NoCall> {
        let own = self.pairs.ip();
        match self.public_ip {
            Some(public) => Ok(public),
            None if own.is_unspecified() && !peer.is_unspecified() => {
                sockets::address_towards(peer).map_err(|cause| NoCall::NoWay { peer, cause })
            }
            None => Ok(own),
        }
    }

    /// A session that has not ended.
    fn call(&self, id: &str, connection: ConnectionId) -> Option<Call> {
        self.calls().get(&connection).filter(|call| call.id == id).cloned()
    }

    /// The sessions that have not ended. A poisoned lock is used as it is: nothing under it can be left half done.
    fn calls(&self) -> MutexGuard<'_, HashMap<ConnectionId, Call>> {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.retain(|_, call| !call.wire.has_ended());
        calls
    }
}

#[cfg(test)]
mod tests {
    use std::{net::Ipv4Addr, sync::mpsc, thread, time::Duration};

    use super::*;
    use crate::{
        live::{encoding::Encoding, outgoing::Outgoing, people::Limits},
        room::Room,
        routes::Routes,
    };

    /// A telephone's offer of one codec.
    fn offer(payload_type: u8) -> String {
        let media = format!("m=audio 9 RTP/AVP {payload_type}\r\n");
        format!("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n{media}")
    }

    #[test]
    fn offers_at_a_time_are_answered_one_after_the_other() {
        let (room, relay) = Room::start(Vec::new(), Routes::default(), 1, None, None, None).unwrap();
        let people = People::new(Arc::clone(&room.entrance), Limits { most: 1, keep: Duration::ZERO });
        let network = Network::start(mpsc::channel().0).unwrap();
        let encoding = Encoding::start(relay, Outgoing::new().0, network.sender().clone()).unwrap();
        let binding = Binding { ip: Ipv4Addr::LOCALHOST.into(), ports: None, public_ip: None };
        let rtp = Rtp::new(&binding, false, &network, encoding.telephones());
        let Welcome { id, connection, .. } = rtp.welcome(&people, Newcomer::default(), offer(0).as_bytes()).unwrap();
        let change = |payload_type| rtp.change(&people, &id, connection, offer(payload_type).as_bytes()).unwrap();
        thread::scope(|scope| {
            for payload_type in [0, 8] {
                scope.spawn(move || (0..20).for_each(|_| drop(change(payload_type))));
            }
        });
        assert_eq!(rtp.call(&id, connection).unwrap().local.version, 41);
        drop(network);
        assert!(matches!(rtp.change(&people, &id, connection, offer(0).as_bytes()), Err(NoCall::Ended)));
        assert!(!room.controller.is_here(&id), "nobody carries its sound");
        room.stop().unwrap();
    }
}
