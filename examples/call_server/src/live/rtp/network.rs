//! The thread that receives and sends for all sessions: [`Network`].

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
        mpsc::{self, Receiver, SyncSender, TrySendError},
    },
    thread::{self, JoinHandle},
};

use mio::{Poll, Token, Waker};
use mixminus::{
    ParticipantKey,
    stream::{EncodedPacket, PacketPort},
};

use super::{
    hearing::{Hearing, Keys},
    outbound::Encoded,
    sdp::Agreement,
    session::Session,
    sockets::Pair,
    traffic::Traffic,
};
use crate::live::{leg::ConnectionId, outgoing::contributor, places::Notice};

/// Commands and packets that may wait for the thread. When there are more, it does not keep up, and packets are lost.
const ROOM: usize = 4096;
/// The token of the waker; sessions count from 0.
pub const WAKER: Token = Token(usize::MAX);

/// A session's number, which no other one gets.
pub type Number = usize;

/// What the thread is told.
#[derive(Debug)]
pub enum Command {
    Open {
        number: Number,
        /// The participant and the connection.
        named: (String, ConnectionId),
        listener: ParticipantKey,
        hearing: Hearing,
        pair: Pair,
        session: Box<Session>,
    },
    Change {
        number: Number,
        agreed: Box<Agreement>,
        port: Option<PacketPort>,
    },
    Close {
        number: Number,
    },
    Send {
        listeners: Box<[ParticipantKey]>,
        packet: Encoded,
    },
    Stop,
}

/// The thread, and the way to it. The thread ends, and says goodbye to all peers, when this is dropped.
#[derive(Debug)]
pub struct Network {
    sender: Sender,
    thread: Option<JoinHandle<()>>,
}

/// Hands commands to the thread; any thread may have one.
#[derive(Debug, Clone)]
pub struct Sender {
    commands: SyncSender<Command>,
    waker: Arc<Waker>,
    /// How many sessions there are.
    sessions: Arc<AtomicUsize>,
    /// Packets for which there was no room.
    dropped: Arc<AtomicU64>,
}

impl Network {
    /// Starts the thread. It notes which peers have come and which are lost.
    pub fn start(notices: mpsc::Sender<Notice>) -> io::Result<Self> {
        let poll = Poll::new()?;
        let waker = Arc::new(Waker::new(poll.registry(), WAKER)?);
        let (commands, coming): (_, Receiver<Command>) = mpsc::sync_channel(ROOM);
        let sessions = Arc::<AtomicUsize>::default();
        let traffic = Traffic::new(poll, coming, notices, Arc::clone(&sessions));
        let thread = thread::Builder::new().name("rtp".to_owned()).spawn(move || traffic.run())?;
        let sender = Sender { commands, waker, sessions, dropped: Arc::default() };
        Ok(Self { sender, thread: Some(thread) })
    }

    pub fn sender(&self) -> &Sender {
        &self.sender
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        self.sender.tell(Command::Stop);
        // A panic has been told by the panic hook.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

impl Sender {
    /// Tells the thread something. May wait for it, for a moment.
    pub fn tell(&self, command: Command) {
        // If it is gone, its sessions are, too.
        let _ = self.commands.send(command);
        self.wake();
    }

    /// Sends a packet of a mix to all telephones that hear it. Never waits: it is dropped if the thread does not keep up.
    pub fn send(&self, packet: &EncodedPacket<'_>, keys: &Keys) {
        let codec = keys.iter().find(|(_, key)| *key == packet.codec);
        let Some((codec, _)) = codec.filter(|_| self.sessions.load(Ordering::Relaxed) > 0) else { return };
        let encoded = Encoded {
            codec: *codec,
            payload: packet.payload.into(),
            position: packet.position,
            is_first: packet.resumes,
            lost_before: packet.lost_before,
            sources: packet.sources.iter().copied().map(contributor).collect(),
        };
        let sent = self.commands.try_send(Command::Send { listeners: packet.listeners.into(), packet: encoded });
        if let Err(TrySendError::Full(_)) = sent {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
        self.wake();
    }

    /// How many packets found no room.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    fn wake(&self) {
        if let Err(error) = self.waker.wake() {
            tracing::error!(%error, "the RTP thread cannot be woken");
        }
    }
}
