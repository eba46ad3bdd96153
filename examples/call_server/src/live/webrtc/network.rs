//! The network thread of WebRTC: it owns the socket and all connections, and waits for packets of the network, packets
//! of the mixes, orders, and deadlines.

use std::{
    io,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use str0m::net::Transmit;
use tokio::{net::UdpSocket, sync::mpsc::Receiver, time::sleep_until};

use super::{
    super::{leg::ConnectionId, outgoing::Packet},
    counters::Counters,
    session::Beginning,
    table::Table,
};

/// More than any packet that is meant for this socket.
const LONGEST: usize = 2048;
/// How many packets are taken at once before anything else has its turn.
const TURN: usize = 64;
/// How long to sleep if nothing is due.
const IDLE: Duration = Duration::from_secs(60);

/// What the other threads want.
#[derive(Debug)]
pub enum Order {
    Begin(Box<Beginning>),
    End(ConnectionId),
    /// Close all connections; the thread ends.
    Stop,
}

/// What the thread waits for and writes to.
#[derive(Debug)]
pub struct Network {
    pub socket: UdpSocket,
    pub orders: Receiver<Order>,
    pub packets: Receiver<Packet>,
    pub table: Table,
    pub counters: Arc<Counters>,
}

impl Network {
    /// Runs until it is told to stop.
    pub async fn run(mut self) {
        let mut buffer = vec![0; LONGEST];
        loop {
            let due = self.table.next_deadline().unwrap_or_else(|| Instant::now() + IDLE);
            tokio::select! {
                order = self.orders.recv() => match order {
                    Some(Order::Stop) | None => break,
                    Some(order) => self.follow(order),
                },
                Some(packet) = self.packets.recv() => self.send(&packet),
                ready = self.socket.readable() => {
                    if ready.is_ok() {
                        self.receive(&mut buffer);
                    }
                }
                () = sleep_until(due.into()) => {}
            }
            let Self { socket, table, counters, .. } = &mut self;
            table.advance(Instant::now(), &mut |datagram| transmit(socket, counters, datagram));
        }
        let Self { socket, table, counters, .. } = &mut self;
        table.end_all(Instant::now(), &mut |datagram| transmit(socket, counters, datagram));
    }

    fn follow(&mut self, order: Order) {
        let Self { socket, table, counters, .. } = self;
        let mut out = |datagram: &Transmit| transmit(socket, counters, datagram);
        match order {
            Order::Begin(beginning) => table.add(*beginning, Instant::now(), &mut out),
            Order::End(connection) => table.end(connection, Instant::now(), &mut out),
            Order::Stop => {}
        }
    }

    /// Sends the packet, and those that wait behind it.
    fn send(&mut self, first: &Packet) {
        let Self { socket, table, counters, packets, .. } = self;
        let mut out = |datagram: &Transmit| transmit(socket, counters, datagram);
        let now = Instant::now();
        table.send(now, first, &mut out);
        for _ in 0..TURN {
            let Ok(packet) = packets.try_recv() else { return };
            table.send(now, &packet, &mut out);
        }
    }

    fn receive(&mut self, buffer: &mut [u8]) {
        let Self { socket, table, counters, .. } = self;
        for _ in 0..TURN {
            // An error of one address (ICMP) says nothing of the others.
            let received: io::Result<(usize, SocketAddr)> = socket.try_recv_from(buffer);
            match received {
                Ok((length, source)) => {
                    let mut out = |datagram: &Transmit| transmit(socket, counters, datagram);
                    table.receive(Instant::now(), source, &buffer[..length], &mut out);
                }
                Err(cause) if cause.kind() == io::ErrorKind::WouldBlock => return,
                Err(_) => {}
            }
        }
    }
}

fn transmit(socket: &UdpSocket, counters: &Counters, datagram: &Transmit) {
    if socket.try_send_to(&datagram.contents, datagram.destination).is_err() {
        counters.unsent.add(1);
    }
}
