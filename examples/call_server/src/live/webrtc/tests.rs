//! A client and the table of connections by a clock of the test: no packet takes time, and no test waits.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        mpsc::{Receiver, channel},
    },
    time::{Duration, Instant},
};

use mixminus::{
    JoinOptions, MixerConfig, ParticipantKey,
    stream::{
        Decoding, EncodeGroups, EncodeOptions, InputOptions, Opus, PortOptions, Relay, RelayOptions, StreamFormat,
    },
};
use str0m::{
    Candidate, Event, Input, Output, Rtc,
    change::SdpAnswer,
    crypto,
    ice::{StunMessage, TransId},
    media::{Direction, MediaKind, Mid},
    net::{Protocol, Receive},
    rtp::{RtpPacket, RtpWrite},
};
use uuid::Uuid;

use super::{
    super::{encoding::Hearing, listening::Listener, outgoing::Packet, person::News, places::Notice},
    counters::Counters,
    offer::Answerer,
    session::Beginning,
    table::Table,
};

const SERVER: ([u8; 4], u16) = ([192, 0, 2, 1], 1);
const CLIENT: ([u8; 4], u16) = ([192, 0, 2, 2], 2);

struct Call {
    now: Instant,
    table: Table,
    client: Rtc,
    mid: Mid,
    sequence: u64,
    key: ParticipantKey,
    connection: Uuid,
    /// Without it the port leads nowhere.
    _decoding: Decoding,
    notices: Receiver<Notice>,
    counters: Arc<Counters>,
    /// The names of STUN, and the packets that the client got.
    username: String,
    heard: Vec<RtpPacket>,
}

impl Call {
    /// A client whose offer was answered.
    fn begin() -> Self {
        let now = Instant::now();
        let (server, address) = (SocketAddr::from(SERVER), SocketAddr::from(CLIENT));
        let mut client = Rtc::builder().set_rtp_mode(true).build(now);
        client.add_local_candidate(Candidate::host(address, "udp").unwrap());
        let mut change = client.sdp_api();
        let mid = change.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None);
        let (offer, pending) = change.apply().unwrap();
        let certificate = crypto::from_feature_flags().dtls_provider.generate_certificate().unwrap();
        let answered = Answerer::new(server, certificate).answer(&offer.to_sdp_string()).unwrap();
        let answer = SdpAnswer::from_sdp_string(&answered.sdp).unwrap();
        client.sdp_api().accept_answer(pending, answer).unwrap();
        let username = format!("{}:{}", answered.ufrag, client.direct_api().local_ice_credentials().ufrag);

        let (controller, processor) = MixerConfig::default().build().unwrap();
        let ports = PortOptions { input: Some(InputOptions::new(StreamFormat::mono(48_000))), output: None };
        let joined = controller.join_with_ports("anna", JoinOptions::default(), ports).unwrap();
        let (packets, decoding) = joined.input.unwrap().decode_with(Opus::mono().unwrap()).unwrap();
        let (sender, notices) = channel();
        let counters = Arc::new(Counters::default());
        let (_ticks, relay) = Relay::new(&processor, RelayOptions::default()).unwrap();
        let groups = EncodeGroups::new(relay, EncodeOptions::default()).unwrap();
        let mut table = Table::new(server, sender, Hearing::of(&groups), Arc::clone(&counters));
        let connection = Uuid::new_v4();
        let beginning = Beginning {
            id: "anna".into(),
            connection,
            listener: Listener { key: joined.key, turn: 0 },
            packets,
            rtc: answered.rtc,
            ufrag: answered.ufrag,
            measured: Arc::default(),
        };
        table.add(beginning, now, &mut |_| {});
        let (key, sequence, heard) = (joined.key, 0, Vec::new());
        Self {
            now,
            table,
            client,
            mid,
            sequence,
            key,
            connection,
            _decoding: decoding,
            notices,
            counters,
            username,
            heard,
        }
    }

    /// A client that is connected.
    fn connected() -> Self {
        let mut call = Self::begin();
        call.pass(Duration::from_secs(2), true);
        assert_eq!(call.news(), [News::Connected]);
        call
    }

    /// Lets time pass in steps of 10 ms; packets arrive, or are lost both ways.
    fn pass(&mut self, time: Duration, arrive: bool) {
        let end = self.now + time;
        while self.now < end {
            self.now += Duration::from_millis(10);
            self.client.handle_input(Input::Timeout(self.now)).unwrap();
            let mut back = Vec::new();
            self.table.advance(self.now, &mut |datagram| back.push(datagram.contents.to_vec()));
            self.exchange(back, arrive);
        }
    }

    fn exchange(&mut self, mut back: Vec<Vec<u8>>, arrive: bool) {
        loop {
            let there = self.poll();
            if there.is_empty() && back.is_empty() {
                return;
            }
            let answers = std::mem::take(&mut back);
            for datagram in there.iter().filter(|_| arrive) {
                self.table.receive(self.now, CLIENT.into(), datagram, &mut |datagram| {
                    back.push(datagram.contents.to_vec());
                });
            }
            for datagram in answers.iter().filter(|_| arrive) {
                let packet = Receive::new(Protocol::Udp, SERVER.into(), CLIENT.into(), datagram).unwrap();
                self.client.handle_input(Input::Receive(self.now, packet)).unwrap();
            }
        }
    }

    fn poll(&mut self) -> Vec<Vec<u8>> {
        let mut there = Vec::new();
        loop {
            match self.client.poll_output().unwrap() {
                Output::Timeout(_) => return there,
                Output::Transmit(datagram) => there.push(datagram.contents.to_vec()),
                Output::Event(Event::RtpPacket(packet)) => self.heard.push(packet),
                Output::Event(_) => {}
            }
        }
    }

    /// The client sends a packet of sound.
    fn speak(&mut self, payload: &[u8]) {
        let pt = self.client.media(self.mid).unwrap().remote_pts()[0];
        self.sequence += 1;
        let packet = RtpWrite::new(pt, self.sequence.into(), self.sequence as u32 * 960, self.now, payload);
        self.client.direct_api().stream_tx_by_mid(self.mid, None).unwrap().write_rtp(packet);
        self.exchange(Vec::new(), true);
    }

    /// What became of the connection since the last call.
    fn news(&self) -> Vec<News> {
        self.notices.try_iter().map(|notice| notice.news).collect()
    }

    /// Packets that come from another address.
    fn forge(&mut self, bytes: &[u8]) {
        let stranger = SocketAddr::from(([192, 0, 2, 3], 3));
        self.table.receive(self.now, stranger, bytes, &mut |_| panic!("answered"));
    }
}

#[test]
fn silence_is_a_loss_and_a_word_is_its_end() {
    let mut call = Call::connected();
    call.pass(Duration::from_secs(9), false);
    assert_eq!(call.news(), []);
    call.pass(Duration::from_secs(4), false);
    assert_eq!(call.news(), [News::Lost]);
    call.pass(Duration::from_secs(4), true);
    assert_eq!(call.news(), [News::Connected]);
    call.speak(&[0x78]);
    call.pass(Duration::from_secs(60), true);
    assert_eq!(call.news(), [], "STUN goes on without sound");
}

#[test]
fn an_offer_is_good_for_fifteen_seconds() {
    let mut call = Call::begin();
    call.pass(Duration::from_millis(14_900), false);
    assert_eq!((call.news(), call.table.next_deadline().is_some()), (vec![], true));
    call.pass(Duration::from_millis(200), false);
    assert_eq!(call.news(), [News::Lost]);
    call.pass(Duration::from_secs(5), true);
    assert!(call.news().is_empty() && call.counters.strangers.get() > 0, "nobody is here any more");
}

#[test]
fn a_client_that_closes_is_lost_at_once() {
    let mut call = Call::connected();
    call.client.close().unwrap();
    call.exchange(Vec::new(), true);
    assert_eq!(call.news(), [News::Lost]);
}

#[test]
fn timestamps_are_positions_of_the_mix() {
    let mut call = Call::connected();
    for (timestamp, marker, lost_before) in [(u32::MAX - 479, false, 0), (480, false, 0), (47_520, true, 3)] {
        let listeners = [call.key].into();
        let contributors = [7, 9].into();
        let packet = Packet { listeners, contributors, timestamp, payload: [0x78].into(), marker, lost_before };
        let mut back = Vec::new();
        call.table.send(call.now, &packet, &mut |datagram| back.push(datagram.contents.to_vec()));
        call.exchange(back, true);
        call.pass(Duration::from_millis(20), true);
    }
    let headers: Vec<_> = call.heard.iter().map(|packet| &packet.header).collect();
    let since = |at: usize| headers[at].timestamp.wrapping_sub(headers[0].timestamp);
    assert_eq!([since(0), since(1), since(2)], [0, 960, 48_000]);
    assert_eq!(headers[2].sequence_number.wrapping_sub(headers[0].sequence_number), 5);
    assert_eq!((headers[0].csrc_count, &headers[0].csrc[..2]), (2, &[7, 9][..]));
    assert_eq!([0, 1, 2].map(|at| headers[at].marker), [true, false, true], "and the first of all");
}

#[test]
fn a_fault_in_the_last_words_of_a_connection_ends_nothing_else() {
    let mut call = Call::connected();
    call.table.end(call.connection, call.now, &mut |_| panic!("on purpose"));
    call.pass(Duration::from_secs(5), true);
    assert!(call.counters.strangers.get() > 0, "nobody is here any more");
    assert_eq!(call.counters.panics.get(), 1);
}

#[test]
fn nothing_of_another_address_counts() {
    let mut call = Call::connected();
    let mut stun = [0; 200];
    let request = StunMessage::binding_request(&call.username, TransId::new(), true, 1, 1, true);
    let length = request.to_bytes(Some(b"guessed"), &mut stun, |_, _| [7; 20]).unwrap();
    call.forge(&stun[..length]);
    call.forge(&[0x80, 111, 0, 9, 0, 0, 0, 0, 1, 2, 3, 4, 5]);
    call.forge(&[0x80, 200, 0, 1, 0, 0, 0, 0]);
    call.forge(&[22; 50]);
    call.forge(b"GET / HTTP/1.1");
    assert_eq!((call.counters.strangers.get(), call.counters.malformed.get()), (4, 1));
}
