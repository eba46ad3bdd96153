//! What the network's thread does: it waits for datagrams, commands and the time ([`Traffic`]).

use std::{
    collections::{HashMap, VecDeque},
    io,
    panic::{self, AssertUnwindSafe},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc::{self, Receiver, TryRecvError},
    },
    time::{Duration, Instant},
};

use mio::{Events, Poll, Token};
use mixminus::ParticipantKey;

use super::{
    line::{LONGEST, Line, rtcp_token, rtp_token},
    network::{Command, Number, WAKER},
    outbound::Encoded,
};
use crate::live::{listening::Listener, person::News, places::Notice};

/// How often the time is passed to the sessions.
const PERIOD: Duration = Duration::from_millis(100);
/// How many commands are read before it is the sockets' turn.
const COMMANDS: usize = 1024;

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
    buffers: Buffers,
    passes_at: Instant,
}

/// The datagrams in hand.
#[derive(Debug)]
struct Buffers {
    received: Box<[u8; LONGEST]>,
    written: Vec<u8>,
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
            buffers: Buffers { received: Box::new([0; LONGEST]), written: Vec::with_capacity(LONGEST) },
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
                    self.open(number, Line::new(*session, named, listener, hearing, pair));
                }
                Ok(Command::Change { number, agreed, port }) => {
                    self.work(number, |line, _buffers| {
                        line.session.change(*agreed, port, Instant::now());
                        line.hear();
                    });
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
        let Listener { key, turn } = line.listener;
        let other = self.by_listener.get(&key).and_then(|other| self.lines.get(other));
        // One that was taken over before it was open hears nothing.
        if other.is_none_or(|other| other.listener.turn < turn) {
            self.by_listener.insert(key, number);
        }
        self.lines.insert(number, line);
        self.sessions.store(self.lines.len(), Ordering::Relaxed);
        // What came before they were registered.
        self.ready.extend([rtp_token(number), rtcp_token(number)]);
    }

    /// Has a session work. A fault that datagrams of a peer bring about ends that peer's session, and nobody else's: it is
    /// lost then, without a goodbye.
    fn work<T>(&mut self, number: Number, work: impl FnOnce(&mut Line, &mut Buffers) -> T) -> Option<T> {
        let line = self.lines.get_mut(&number)?;
        let done = panic::catch_unwind(AssertUnwindSafe(|| work(line, &mut self.buffers)));
        if done.is_err() {
            line.note(News::Lost, &self.notices);
            self.remove(number);
        }
        done.ok()
    }

    /// Says goodbye.
    fn close(&mut self, number: Number) {
        self.work(number, |line, _buffers| {
            if let Some((report, destination)) = line.session.report(Instant::now(), true) {
                line.report(&report, destination);
            }
        });
        self.remove(number);
    }

    fn remove(&mut self, number: Number) {
        let Some(line) = self.lines.remove(&number) else { return };
        self.sessions.store(self.lines.len(), Ordering::Relaxed);
        // Whoever took the place over may hear by the same key.
        if self.by_listener.get(&line.listener.key) == Some(&number) {
            self.by_listener.remove(&line.listener.key);
        }
        line.hearing.end(line.listener);
        self.ready.retain(|token| token.0 / 2 != number);
    }

    /// Sends a packet to those of the listeners who are here.
    fn send(&mut self, listeners: &[ParticipantKey], packet: &Encoded) {
        for listener in listeners {
            let Some(number) = self.by_listener.get(listener).copied() else { continue };
            self.work(number, |Line { session, rtp, .. }, buffers| {
                session.send(packet, &mut buffers.written, |bytes, to| rtp.send_to(bytes, to).is_ok());
            });
        }
    }

    /// Reads a turn from each socket that has datagrams.
    fn read_ready(&mut self) {
        for _ in 0..self.ready.len() {
            let Some(token) = self.ready.pop_front() else { return };
            let read = |line: &mut Line, buffers: &mut Buffers| line.read(token.0 % 2 == 1, &mut buffers.received);
            if self.work(token.0 / 2, read) == Some(true) {
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
        let numbers: Vec<Number> = self.lines.keys().copied().collect();
        for number in numbers {
            if let Some(Some(news)) = self.work(number, |line, _buffers| line.pass_time(now)) {
                self.lines[&number].note(news, &self.notices);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::{
        listening::Listening,
        rtp::{codec::Codec, hearing::Hearing, session::tests::session, sockets::Pairs},
    };
    use mixminus::{
        JoinOptions, MixerConfig,
        stream::{EncodeGroups, EncodeOptions, G711Encoder, Relay, RelayOptions},
    };
    use std::net::Ipv4Addr;
    use uuid::Uuid;

    #[test]
    fn a_fault_ends_the_session_that_it_is_of_and_no_other() {
        let (controller, processor) = MixerConfig::default().build().unwrap();
        let (_ticks, relay) = Relay::new(&processor, RelayOptions::default()).unwrap();
        let control = EncodeGroups::new(relay, EncodeOptions::default()).unwrap().control();
        let codec = control.add_codec(G711Encoder::mu_law()).unwrap();
        let hearing = Hearing::new(Listening::new(control), [(Codec::Pcmu, codec); Codec::ALL.len()]);
        let ((_to_do, commands), (notices, told)) = (mpsc::channel(), mpsc::channel());
        let mut traffic = Traffic::new(Poll::new().unwrap(), commands, notices, Arc::default());
        let pairs = Pairs::new(Ipv4Addr::LOCALHOST.into(), None);
        for (number, id) in [(0, "anna"), (1, "ben")] {
            let (session, ..) = session("");
            let key = controller.join(id, JoinOptions::default()).unwrap();
            let listener = Listener { key, turn: 0 };
            let named = (id.into(), Uuid::new_v4());
            traffic.open(number, Line::new(session, named, listener, hearing.clone(), pairs.bind().unwrap()));
        }
        let done: Option<()> = traffic.work(0, |_line, _buffers| panic!("on purpose"));
        assert_eq!((done, traffic.work(1, |_line, _buffers| 7)), (None, Some(7)));
        let lost: Vec<_> = told.try_iter().map(|notice| (notice.id, notice.news)).collect();
        assert_eq!((lost, traffic.sessions.load(Ordering::Relaxed)), (vec![("anna".to_owned(), News::Lost)], 1));
        assert_eq!((traffic.by_listener.len(), traffic.ready.len()), (1, 2));
    }
}
