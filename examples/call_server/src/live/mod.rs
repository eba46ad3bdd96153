//! People in the call: they come and go while it runs, with a connection of any kind.
//!
//! ```text
//!  web/whip.rs ── offer ──> WebRtc::welcome ──> People::enter ──> room::Entrance (mixer, ears, recordings)
//!                              │                   ▲
//!                            orders             notices (connected, lost)
//!                              ▼                   │
//!  packets of the network ─> network thread ───────┴─> PacketPort ─> decoded, mixed
//!  mixes ─> Relay ─> Encoding ─────┴──> packets to the people
//! ```
//!
//! [`People`] says who has a place, whatever carries the sound: a [`Leg`](leg::Leg). The network threads own the connections,
//! and never wait for [`People`].

mod admission;
mod encoding;
mod leg;
mod listening;
mod outgoing;
mod people;
mod person;
mod places;
mod rtp;
mod socket;
mod webrtc;

use std::{
    sync::{Arc, mpsc},
    time::Duration,
};

use mixminus::stream::Relay;

pub use self::{
    admission::{Newcomer, NoPlace},
    encoding::{Encoding, Hearing},
    leg::{ConnectionId, Quality},
    outgoing::{Outgoing, contributor},
    people::{Limits, People},
    person::Connected,
    rtp::{NoCall, Rtp, Welcome as Call},
    socket::Binding,
    webrtc::{Unwelcome, WebRtc, Welcome},
};
use crate::{
    cli::Options,
    error::Error,
    room::{Entrance, Worker},
};

/// Everything that people need, as long as it runs.
#[derive(Debug)]
pub struct Live {
    pub people: Arc<People>,
    pub webrtc: Arc<WebRtc>,
    pub rtp: Arc<Rtp>,
    pub outgoing: Outgoing,
    pub hearing: Hearing,
    pub encoding: Arc<Encoding>,
    network: Worker<()>,
    rtp_network: rtp::Network,
    places: Worker<()>,
}

impl Live {
    /// Binds sockets and starts threads, by the options.
    pub fn start(options: &Options, entrance: Arc<Entrance>, relay: Relay) -> Result<Self, Error> {
        let limits = Limits { most: options.max_people.into(), keep: Duration::from_secs(options.keep_place.into()) };
        let binding =
            Binding { ip: options.listen.ip(), ports: options.rtp_ports.clone(), public_ip: options.public_ip };
        let people = Arc::new(People::new(entrance, limits));
        let (notices, coming) = mpsc::channel();
        let (outgoing, packets) = Outgoing::new();
        let rtp_network = rtp::Network::start(notices.clone()).map_err(Error::Thread)?;
        let encoding = Encoding::start(relay, outgoing.clone(), rtp_network.sender().clone())?;
        let rtp = Rtp::new(&binding, options.rtp_latch, &rtp_network, encoding.telephones());
        let hearing = encoding.opus();
        let (webrtc, network) = WebRtc::start(&binding, packets, notices, hearing.clone())?;
        let kept = Arc::clone(&people);
        let places = Worker::start("places", move |stop| places::keep(&kept, &coming, stop))?;
        Ok(Self {
            people,
            webrtc: Arc::new(webrtc),
            rtp: Arc::new(rtp),
            outgoing,
            hearing,
            encoding: Arc::new(encoding),
            network,
            rtp_network,
            places,
        })
    }

    /// Says goodbye to everybody, and ends the threads. Blocks for some milliseconds.
    pub fn stop(self) -> Result<(), Error> {
        self.webrtc.stop();
        let stopped = self.network.stop();
        drop(self.rtp_network);
        stopped.and(self.places.stop()).and(self.encoding.stop())
    }
}
