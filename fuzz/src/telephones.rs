//! The telephones of the example `call_server`: their offers, their datagrams, and the reports of both sides.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use mixminus::{
    Controller, JoinOptions, MixerConfig, Processor,
    stream::{Decoders, InputOptions, PacketPort, PortOptions},
};

use crate::{
    live::rtp::{
        codec::Codec,
        outbound::Encoded,
        reports,
        sdp::{Agreement, Local, Offer, answer},
        session::{Published, Session},
    },
    steps::Steps,
};

/// Datagrams of an input that are taken.
const MOST_DATAGRAMS: u64 = 400;
const PEER: &str = "192.0.2.1:4000";
const STRANGER: &str = "198.51.100.9:4000";

/// Reads an offer. What is wrong with it is said; what can be answered has an answer that can be read, with as many m-lines,
/// and that agrees on the same.
pub fn offers(input: &[u8]) {
    let offer = match Offer::read(input) {
        Ok(offer) => offer,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let agreed = match Agreement::of(&offer) {
        Ok(agreed) => agreed,
        Err(error) => return assert!(error.is_well_formed() && !error.to_string().is_empty()),
    };
    assert!((10..=60).contains(&agreed.packet_ms) && agreed.packet_ms % 10 == 0);
    assert!(agreed.payload_type < 128 && !agreed.rtp.ip().is_multicast() && agreed.rtp.ip() == agreed.rtcp.ip());
    let local = Local { rtp: "192.0.2.9:40000".parse().expect("an address"), session_id: 7, version: 1 };
    let answer = answer(&offer, &agreed, &local);
    let back = Offer::read(answer.as_bytes()).unwrap_or_else(|error| panic!("{error}: {answer}"));
    assert_eq!(back.session.medias.len(), offer.session.medias.len(), "{answer}");
    let back = Agreement::of(&back).unwrap_or_else(|error| panic!("{error}: {answer}"));
    assert_eq!((back.codec, back.payload_type, back.packet_ms), (agreed.codec, agreed.payload_type, agreed.packet_ms));
    assert_eq!((back.peer_sends, back.peer_hears), (agreed.peer_hears_or_held(&offer), agreed.peer_sends), "{answer}");
}

impl Agreement {
    /// Whether the answer says that the server sends: it does to a peer that hears, and to one whose address says that it
    /// is on hold.
    fn peer_hears_or_held(&self, offer: &Offer) -> bool {
        self.peer_hears || offer.rtp.ip().is_unspecified() && offer.direction.has_recv()
    }
}

/// Gives a session any datagrams, from the peer and from a stranger, and asks it to send and to report. Every datagram is
/// counted once, its figures are in range, what it sends and reports can be read, and nothing goes to a stranger.
pub fn telephones(input: &[u8]) {
    let mut steps = Steps::new(input);
    let mut call = Call::new(&mut steps);
    while let Some(step) = steps.next().filter(|_| call.datagrams < MOST_DATAGRAMS) {
        match step {
            b'p' => call.audio(&mut steps),
            b'k' => call.key(&mut steps),
            b'd' => {
                let length = usize::from(steps.byte());
                let datagram = steps.bytes(length).to_vec();
                call.take(&datagram, &mut steps);
            }
            b'r' => call.report_of_peer(&mut steps),
            b's' => call.sequence = call.sequence.wrapping_add(steps.u16()),
            b't' => call.now += Duration::from_millis(steps.u16().into()),
            b'c' => call.change(&mut steps),
            b'o' => call.send(&mut steps),
            b'e' => call.report(steps.flag()),
            _ => call.tick(),
        }
        call.check();
    }
}

struct Call {
    controller: Controller,
    processor: Processor,
    decoders: Decoders,
    agreed: Agreement,
    from_anywhere: bool,
    session: Session,
    published: Published,
    now: Instant,
    datagrams: u64,
    sequence: u16,
    position: u64,
}

fn agreement(steps: &mut Steps<'_>) -> Agreement {
    let media = [
        "m=audio 4000 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n",
        "m=audio 4000 RTP/AVP 96 101\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:101 telephone-event/48000\r\n",
        "m=audio 4000 RTP/AVP 9\r\na=rtcp-mux\r\n",
        "m=audio 4000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/1\r\na=ptime:60\r\n",
    ];
    let (media, lines) = (
        steps.one_of(&media),
        steps.one_of(&["", "a=sendonly\r\n", "a=recvonly\r\n", "a=inactive\r\n", "a=rtcp-mux\r\n"]),
    );
    let text = format!("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n{media}{lines}");
    Agreement::of(&Offer::read(text.as_bytes()).expect("an offer")).expect("it can be answered")
}

impl Call {
    fn new(steps: &mut Steps<'_>) -> Self {
        let config = MixerConfig { sample_rate: 8000, tick_samples: 160, participants: 2, ..MixerConfig::default() };
        let (controller, processor) = config.build().expect("figures in range");
        controller.join("a", JoinOptions::default()).expect("not here yet");
        let (agreed, from_anywhere, mut decoders) = (agreement(steps), steps.flag(), Decoders::default());
        let port = port(&controller, &mut decoders, agreed.codec);
        let (published, now) = (Published::default(), Instant::now());
        let session = Session::new(agreed, port, from_anywhere, published.clone(), now);
        Self {
            controller,
            processor,
            decoders,
            agreed,
            from_anywhere,
            session,
            published,
            now,
            datagrams: 0,
            sequence: 65_000,
            position: 0,
        }
    }

    /// A datagram at one of the two ports, from the peer or not.
    fn take(&mut self, datagram: &[u8], steps: &mut Steps<'_>) {
        let source: SocketAddr =
            steps.one_of(&[PEER, STRANGER, "192.0.2.1:61000", "[2001:db8::1]:4000"]).parse().expect("an address");
        self.datagrams += 1;
        if steps.flag() {
            self.session.rtcp(datagram, source, self.now);
        } else {
            self.session.rtp(datagram, source, self.now);
        }
    }

    fn packet(&mut self, payload_type: u8, payload: &[u8], steps: &mut Steps<'_>) {
        self.sequence = self.sequence.wrapping_add(1);
        let timestamp = u32::from(self.sequence).wrapping_mul(160).to_be_bytes();
        let [high, low] = self.sequence.to_be_bytes();
        let ssrc = steps.number(3) as u8;
        let head = [0x80, payload_type, high, low];
        self.take(&[&head, &timestamp[..], &[0, 0, 0, ssrc], payload].concat(), steps);
    }

    fn audio(&mut self, steps: &mut Steps<'_>) {
        let payload_type = steps.one_of(&[self.agreed.payload_type, self.agreed.payload_type | 0x80, 13, 72]);
        let (length, byte) = (steps.number(200), steps.byte());
        self.packet(payload_type, &vec![byte; length], steps);
    }

    fn key(&mut self, steps: &mut Steps<'_>) {
        let payload_type = self.agreed.events.map_or(101, |(payload_type, _)| payload_type);
        let [low, high] = steps.u16().to_le_bytes();
        self.packet(payload_type, &[steps.number(17) as u8, steps.byte(), high, low], steps);
    }

    /// A receiver report with a block, of any figures.
    fn report_of_peer(&mut self, steps: &mut Steps<'_>) {
        let ours = self.ssrc().unwrap_or(7).to_be_bytes();
        let figures: Vec<u8> = (0..20).map(|_| steps.byte()).collect();
        let kind = steps.one_of(&[[0x81, 201, 0, 7], [0x81, 203, 0, 1], [0x81, 201, 0, 6]]);
        self.take(&[&kind, &[0, 0, 0, 9][..], &ours, &figures].concat(), steps);
    }

    /// Of the server's stream, as a packet of it tells.
    fn ssrc(&mut self) -> Option<u32> {
        let report = self.session.report(self.now, false)?.0;
        Some(u32::from_be_bytes(report[4..8].try_into().expect("4 bytes")))
    }

    fn change(&mut self, steps: &mut Steps<'_>) {
        let agreed = agreement(steps);
        let other = agreed.codec != self.agreed.codec;
        let port = other.then(|| {
            self.controller.leave("peer").expect("it is here");
            port(&self.controller, &mut self.decoders, agreed.codec)
        });
        self.session.change(agreed, port, self.now);
        self.agreed = agreed;
    }

    fn send(&mut self, steps: &mut Steps<'_>) {
        let codec = self.agreed.codec;
        let payload: Arc<[u8]> = vec![0; steps.one_of(&[160, 80, 1, 0, 1275])].into();
        self.position = self.position.wrapping_add(steps.one_of(&[960, 0, 48_000, u64::MAX >> 8]));
        let sources = vec![7; steps.number(20)].into();
        let packet = Encoded {
            codec,
            payload,
            position: self.position,
            is_first: steps.flag(),
            lost_before: steps.number(9) as u32,
            sources,
        };
        let (from_anywhere, mut buffer) = (self.from_anywhere, Vec::new());
        self.session.send(&packet, &mut buffer, |datagram, destination| {
            assert!(rtp_types::RtpPacket::parse(datagram).is_ok());
            assert!(from_anywhere || destination.ip().to_string() == "192.0.2.1", "{destination} is a stranger");
            true
        });
    }

    fn report(&mut self, bye: bool) {
        if let Some((report, destination)) = self.session.report(self.now, bye) {
            let told = reports::read(&report, 1).expect("a report");
            assert_eq!(told.bye, bye);
            assert!(self.from_anywhere || destination.ip().to_string() == "192.0.2.1", "{destination} is a stranger");
        }
    }

    fn tick(&mut self) {
        let _report = self.session.pass_time(self.now);
        let _alive = self.session.is_alive(self.now);
        self.decoders.pass();
        self.processor.enter().tick().mix();
    }

    fn check(&mut self) {
        self.report(false);
        let figures = self.published.read();
        let dropped = figures.dropped;
        let counted =
            figures.received.packets + dropped.strangers + dropped.malformed + dropped.other_payloads + dropped.on_hold;
        assert!(counted <= self.datagrams, "{figures:?} of {} datagrams", self.datagrams);
        assert!(dropped.refused <= figures.received.packets + dropped.other_payloads);
        for direction in [figures.received, figures.sent] {
            assert!((0.0..=100.0).contains(&direction.loss_percent) && direction.jitter_ms.is_finite(), "{figures:?}");
            assert!(direction.jitter_ms >= 0.0);
        }
        assert!(figures.round_trip_ms.is_none_or(|ms| ms >= 0.0 && ms.is_finite()));
        assert!(figures.keys.chars().count() <= 32 && figures.keys.len() as u64 <= figures.keys_pressed);
        assert_eq!(self.decoders.panicked(), 0);
    }
}

/// A port of a telephone with this codec.
fn port(controller: &Controller, decoders: &mut Decoders, codec: Codec) -> PacketPort {
    let decoder = codec.decoder().expect("it is known");
    let input = InputOptions { rtp_clock_hz: Some(codec.clock_hz()), ..InputOptions::new(decoder.format()) };
    let ports = PortOptions { input: Some(input), output: None };
    let joined = controller.join_with_ports("peer", JoinOptions::default(), ports).expect("not here yet");
    let (port, decoding) = joined.input.expect("asked for").decode_with(decoder).expect("its format");
    decoders.add(decoding);
    port
}
