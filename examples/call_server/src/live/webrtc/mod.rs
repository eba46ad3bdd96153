//! People who come by WebRTC: [`WebRtc`], one socket and one thread for all of them.
//!
//! An offer is answered on the thread that asks; the connection then goes to the network thread, which owns it.

mod counters;
mod deadlines;
mod network;
mod offer;
mod session;
mod statistics;
mod table;
#[cfg(test)]
mod tests;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
    mpsc as sync,
};

use mixminus::stream::Opus;
use str0m::crypto;
use tokio::{
    net::UdpSocket,
    sync::mpsc::{self, Receiver, Sender},
};

pub use self::{counters::Counters, offer::OfferError};
use self::{
    network::{Network, Order},
    offer::{Answered, Answerer},
    session::Beginning,
    table::Table,
};
use super::{
    admission::{Admitted, Newcomer, NoPlace},
    encoding::Hearing,
    leg::{ConnectionId, Leg, Measured, Quality},
    outgoing::Packet,
    people::People,
    places::Notice,
    socket::Binding,
};
use crate::{error::Error, room::Worker};

/// How many orders may wait for the network thread.
const ORDERS: usize = 64;

/// WebRTC, as long as it runs.
#[derive(Debug)]
pub struct WebRtc {
    answerer: Answerer,
    orders: Sender<Order>,
    counters: Arc<Counters>,
}

/// Somebody's first words: the offer is answered, and the place is given.
#[derive(Debug)]
pub struct Welcome {
    pub id: String,
    pub connection: ConnectionId,
    pub sdp: String,
}

/// Why nobody came.
#[derive(Debug, thiserror::Error)]
pub enum Unwelcome {
    #[error(transparent)]
    Offer(#[from] OfferError),
    #[error(transparent)]
    Place(#[from] NoPlace),
    /// The server stops.
    #[error("the server stops")]
    Stopping,
}

impl WebRtc {
    /// Binds the socket and starts the thread; [`stop`](Self::stop) before the worker is joined.
    pub fn start(
        binding: &Binding,
        packets: Receiver<Packet>,
        notices: sync::Sender<Notice>,
        hearing: Hearing,
    ) -> Result<(Self, Worker<()>), Error> {
        let socket = binding.bind()?;
        let cannot = |cause| Error::Udp { address: binding.ip.to_string(), cause };
        socket.set_nonblocking(true).map_err(cannot)?;
        let address = binding.public(socket.local_addr().map_err(cannot)?.port());
        let certificate = crypto::from_feature_flags().dtls_provider.generate_certificate();
        let certificate = certificate.ok_or_else(|| Error::Decoder("a certificate for DTLS".into()))?;
        let (orders, coming) = mpsc::channel(ORDERS);
        let counters = Arc::new(Counters::default());
        let table = Table::new(address, notices, hearing, Arc::clone(&counters));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::Thread)?;
        let socket = {
            let _of_the_thread = runtime.enter();
            UdpSocket::from_std(socket).map_err(cannot)?
        };
        let network = Network { socket, orders: coming, packets, table, counters: Arc::clone(&counters) };
        let worker = Worker::start("webrtc", move |_stop| runtime.block_on(network.run()))?;
        Ok((Self { answerer: Answerer::new(address, certificate), orders, counters }, worker))
    }

    /// Answers an offer and gives its sender a place. Blocks for some milliseconds; not for a thread of a runtime.
    pub fn welcome(&self, people: &People, newcomer: Newcomer, offer: &str) -> Result<Welcome, Unwelcome> {
        let Answered { rtc, ufrag, sdp } = self.answerer.answer(offer)?;
        let decoder = Opus::mono().map_err(|cause| NoPlace::Mixer(Error::Decoder(cause.to_string())))?;
        let measured = Arc::new(Measured::default());
        let has_ended = Arc::new(AtomicBool::new(false));
        let (wire_measured, wire_ended) = (Arc::clone(&measured), Arc::clone(&has_ended));
        let leg = |connection| -> Arc<dyn Leg> {
            let orders = self.orders.clone();
            Arc::new(Wire { connection, orders, measured: wire_measured, has_ended: wire_ended })
        };
        let Admitted { id, connection, listener, packets } = people.enter(newcomer, decoder, None, leg)?;
        let beginning = Beginning { id: id.clone(), connection, listener, packets, rtc, ufrag, measured };
        if self.orders.blocking_send(Order::Begin(Box::new(beginning))).is_err() {
            people.leave(&id, connection);
            return Err(Unwelcome::Stopping);
        }
        if has_ended.load(Ordering::SeqCst) {
            // It was taken over before it has begun: that was too early to end it.
            let _ = self.orders.blocking_send(Order::End(connection));
        }
        Ok(Welcome { id, connection, sdp })
    }

    /// What was counted.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Closes all connections; the thread ends then. Blocks as [`welcome`](Self::welcome) does.
    pub fn stop(&self) {
        // It has ended already if nobody takes the order.
        let _ = self.orders.blocking_send(Order::Stop);
    }
}

/// A person's connection, as [`People`] knows it.
#[derive(Debug)]
struct Wire {
    connection: ConnectionId,
    orders: Sender<Order>,
    measured: Arc<Measured>,
    has_ended: Arc<AtomicBool>,
}

impl Leg for Wire {
    fn kind(&self) -> &'static str {
        "webrtc"
    }

    fn end(&self) {
        self.has_ended.store(true, Ordering::SeqCst);
        // A thread that has ended has closed it.
        let _ = self.orders.blocking_send(Order::End(self.connection));
    }

    fn quality(&self) -> Quality {
        self.measured.read()
    }
}
