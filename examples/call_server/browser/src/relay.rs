//! A bad network on this machine: [`Relay`] stands between browsers and the server, loses packets and delays them.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{net::UdpSocket, spawn, task::JoinHandle, time::sleep};

use crate::Result;

/// More than any packet.
const LONGEST: usize = 2048;

/// A relay of UDP to one address, as long as this lives. It runs on the runtime that started it.
#[derive(Debug)]
pub struct Relay {
    /// Where browsers send to.
    pub address: SocketAddr,
    network: Arc<Network>,
    task: JoinHandle<()>,
}

/// What happens to packets, each way.
#[derive(Debug, Default)]
struct Network {
    loss_percent: AtomicU32,
    jitter_ms: AtomicU32,
    passed: AtomicU64,
    lost: AtomicU64,
}

impl Relay {
    /// Starts a relay that loses nothing.
    ///
    /// # Errors
    /// If no port is free.
    pub async fn start(server: SocketAddr) -> Result<Self> {
        let socket = Arc::new(UdpSocket::bind("127.0.0.1:0").await?);
        let address = socket.local_addr()?;
        let network = Arc::new(Network::default());
        let task = spawn(listen(socket, server, Arc::clone(&network)));
        Ok(Self { address, network, task })
    }

    /// From now on this part of the packets is lost, and each of the others is late by up to so much: packets overtake
    /// each other.
    pub fn impair(&self, loss_percent: u32, jitter_ms: u32) {
        self.network.loss_percent.store(loss_percent, Ordering::Relaxed);
        self.network.jitter_ms.store(jitter_ms, Ordering::Relaxed);
    }

    /// How many packets have passed, and how many were lost.
    #[must_use]
    pub fn counts(&self) -> (u64, u64) {
        (self.network.passed.load(Ordering::Relaxed), self.network.lost.load(Ordering::Relaxed))
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Network {
    /// How late a packet is; `None` if it is lost.
    fn fate(&self) -> Option<Duration> {
        if fastrand::u32(0..100) < self.loss_percent.load(Ordering::Relaxed) {
            self.lost.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        self.passed.fetch_add(1, Ordering::Relaxed);
        let jitter_us = self.jitter_ms.load(Ordering::Relaxed) * 1000;
        Some(Duration::from_micros(fastrand::u32(0..=jitter_us).into()))
    }

    /// Sends a packet when its time has come.
    fn pass(&self, socket: &Arc<UdpSocket>, to: SocketAddr, packet: &[u8]) {
        let Some(late) = self.fate() else { return };
        if late.is_zero() {
            // A full buffer loses packets, as networks do.
            let _ = socket.try_send_to(packet, to);
            return;
        }
        let (socket, packet) = (Arc::clone(socket), packet.to_vec());
        spawn(async move {
            sleep(late).await;
            let _ = socket.try_send_to(&packet, to);
        });
    }
}

/// Each client has a socket of its own on the side of the server.
async fn listen(socket: Arc<UdpSocket>, server: SocketAddr, network: Arc<Network>) {
    let mut clients: HashMap<SocketAddr, Arc<UdpSocket>> = HashMap::new();
    let mut buffer = [0; LONGEST];
    loop {
        let Ok((length, client)) = socket.recv_from(&mut buffer).await else { continue };
        if !clients.contains_key(&client) {
            let Ok(own) = UdpSocket::bind("127.0.0.1:0").await else { continue };
            let own = Arc::new(own);
            spawn(answer(Arc::clone(&own), Arc::clone(&socket), client, Arc::clone(&network)));
            clients.insert(client, own);
        }
        network.pass(&clients[&client], server, &buffer[..length]);
    }
}

async fn answer(own: Arc<UdpSocket>, socket: Arc<UdpSocket>, client: SocketAddr, network: Arc<Network>) {
    let mut buffer = [0; LONGEST];
    loop {
        let Ok((length, _server)) = own.recv_from(&mut buffer).await else { continue };
        network.pass(&socket, client, &buffer[..length]);
    }
}
