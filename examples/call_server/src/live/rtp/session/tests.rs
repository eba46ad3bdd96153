//! Sessions with a telephone: datagrams in, and what comes of them.

use super::*;
use crate::live::rtp::{codec::Codec, figures::Dropped, sdp::Offer};
use mixminus::{
    Controller, JoinOptions, MixerConfig,
    stream::{Decoder, Decoding, InputOptions, PortOptions},
};
use proptest::{collection::vec, prelude::*};

const PEER: &str = "192.0.2.1:4000";

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

/// A session with a telephone of PCMU and telephone events, and what keeps its port open.
fn session(lines: &str) -> (Session, Decoding, Controller) {
    let (controller, _processor) = MixerConfig::default().build().unwrap();
    let agreed = agreed(lines);
    let decoder = Codec::Pcmu.decoder().unwrap();
    let ports = PortOptions { input: Some(InputOptions::new(decoder.format())), output: None };
    let input = controller.join_with_ports("a", JoinOptions::default(), ports).unwrap().input.unwrap();
    let (port, decoding) = input.decode_with(decoder).unwrap();
    (Session::new(agreed, port, false, Published::default(), Instant::now()), decoding, controller)
}

fn agreed(lines: &str) -> Agreement {
    let media = "m=audio 4000 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n";
    let text = format!("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n{media}{lines}");
    Agreement::of(&Offer::read(text.as_bytes()).unwrap()).unwrap()
}

fn packet(kind: u8, sequence: u16, ssrc: u8, payload: &[u8]) -> Vec<u8> {
    let [high, low] = sequence.to_be_bytes();
    let timestamp = (u32::from(sequence) * 160).to_be_bytes();
    [&[0x80, kind, high, low], &timestamp[..], &[0, 0, 0, ssrc], payload].concat()
}

/// Where 20 ms of the mix go.
fn sent(session: &mut Session, codec: Codec) -> Option<SocketAddr> {
    let packet =
        Encoded { codec, payload: [0; 160].into(), position: 0, is_first: true, lost_before: 0, sources: [].into() };
    let mut to = None;
    session.send(&packet, &mut Vec::new(), |_, destination| to.replace(destination).is_none());
    to
}

#[test]
fn strangers_are_dropped_and_the_peer_is_answered_where_it_sends_from() {
    let (mut session, _decoding, _controller) = session("");
    let now = Instant::now();
    session.rtp(&packet(0, 1, 7, &[0; 160]), address("192.0.2.9:4000"), now);
    assert_eq!(sent(&mut session, Codec::Pcmu), Some(address(PEER)));
    let nat = address("192.0.2.1:61000");
    session.rtp(&packet(0, 2, 7, &[0; 160]), nat, now);
    session.rtp(&packet(0, 3, 7, &[0; 160]), address(PEER), now);
    assert_eq!(sent(&mut session, Codec::Pcmu), Some(nat));
    assert_eq!((session.figures.received.packets, session.figures.dropped.strangers), (1, 2));
    assert_eq!(sent(&mut session, Codec::Opus), None, "of another codec");
}

#[test]
fn what_is_malformed_or_not_agreed_is_dropped_and_counted() {
    let (mut session, _decoding, _controller) = session("");
    let (now, peer) = (Instant::now(), address(PEER));
    let good = packet(0, 1, 7, &[0; 4]);
    let wrong_version = [&[0x40], &good[1..]].concat();
    let sources_past_the_end = [&[0x8F], &good[1..]].concat();
    let padding_past_the_end = [&[0xA0], &good[1..15], &[200]].concat();
    let extension_past_the_end = [&[0x90], &good[1..12], &[0, 0, 0xFF, 0xFF]].concat();
    for bad in [&good[..11], &[], &wrong_version, &sources_past_the_end, &padding_past_the_end] {
        session.rtp(bad, peer, now);
    }
    session.rtp(&extension_past_the_end, peer, now);
    session.rtcp(&good, peer, now);
    session.rtp(&packet(13, 2, 7, &[60]), peer, now);
    let dropped = Dropped { malformed: 7, other_payloads: 1, ..Dropped::default() };
    assert_eq!((session.figures.dropped, session.figures.received.packets), (dropped, 0));
}

#[test]
fn a_key_is_counted_once_and_its_packets_are_not_lost() {
    let (mut session, _decoding, _controller) = session("");
    let (now, peer) = (Instant::now(), address(PEER));
    session.rtp(&packet(0, 1, 7, &[0xFF; 160]), peer, now);
    for sequence in 2..5 {
        let mut event = packet(101, sequence, 7, &[5, 0x80, 0x03, 0x20]);
        event[4..8].copy_from_slice(&[0, 0, 1, 0x40]);
        session.rtp(&event, peer, now);
    }
    session.rtp(&packet(0, 5, 7, &[0xFF; 160]), peer, now);
    session.publish(now);
    let figures = session.published.read();
    assert_eq!((figures.keys.as_str(), figures.keys_pressed, figures.received.lost), ("5", 1, 0));
}

#[test]
fn a_hold_is_heard_in_neither_direction_until_it_ends() {
    let (mut session, _decoding, _controller) = session("");
    let (now, peer) = (Instant::now(), address(PEER));
    session.change(agreed("a=inactive\r\n"), None, now);
    session.rtp(&packet(0, 1, 7, &[0; 160]), peer, now);
    assert_eq!((session.figures.dropped.on_hold, session.figures.received.packets), (1, 0));
    assert_eq!(sent(&mut session, Codec::Pcmu), None);
    session.change(agreed(""), None, now);
    session.rtp(&packet(0, 2, 7, &[0; 160]), peer, now);
    assert_eq!(session.figures.received.packets, 1);
    assert!(sent(&mut session, Codec::Pcmu).is_some());
}

#[test]
fn another_source_of_the_peer_is_heard_from_its_second_packet_on() {
    let (mut session, _decoding, _controller) = session("");
    let (now, peer) = (Instant::now(), address(PEER));
    let mut take = |sequence, ssrc| {
        session.rtp(&packet(0, sequence, ssrc, &[0; 160]), peer, now);
        session.inbound.reception_mut().unwrap().ssrc
    };
    assert_eq!([take(1, 7), take(900, 8), take(2, 7), take(902, 8), take(903, 8)], [7, 7, 7, 7, 8]);
}

#[test]
fn a_peer_is_there_while_it_sends_and_gone_after_a_goodbye_or_a_silence() {
    let (mut session, _decoding, _controller) = session("");
    let (now, peer) = (Instant::now(), address(PEER));
    assert_eq!(session.is_alive(now), None);
    assert_eq!(session.is_alive(now + 2 * SILENCE), Some(false));
    session.rtp(&packet(0, 1, 7, &[0; 160]), peer, now);
    assert_eq!((session.is_alive(now), session.is_alive(now + 2 * SILENCE)), (Some(true), Some(false)));
    session.rtcp(&[0x80, 201, 0, 1, 0, 0, 0, 7, 0x81, 203, 0, 1, 0, 0, 0, 7], address("192.0.2.1:4001"), now);
    assert_eq!(session.is_alive(now), Some(false));
    session.rtp(&packet(0, 2, 7, &[0; 160]), peer, now);
    assert_eq!(session.is_alive(now), Some(true));
    let (listens, _decoding, _controller) = self::session("a=recvonly\r\n");
    assert_eq!(listens.is_alive(now + 2 * SILENCE), Some(true));
}

#[test]
fn reports_go_beside_rtp_and_tell_both_sides_how_the_network_is() {
    let (mut session, _decoding, _controller) = session("");
    let (now, peer) = (Instant::now(), address(PEER));
    session.rtp(&packet(0, 1, 7, &[0; 160]), peer, now);
    session.rtp(&packet(0, 3, 7, &[0; 160]), peer, now);
    assert!(sent(&mut session, Codec::Pcmu).is_some());
    let (report, destination) = session.pass_time(now + Duration::from_secs(4)).expect("a first report");
    assert_eq!((destination, report[1]), (address("192.0.2.1:4001"), 200));
    assert_eq!(report[28..36], [0, 0, 0, 7, 85, 0, 0, 1], "one of three is lost");
    let about_us = [&[0x81, 201, 0, 7, 0, 0, 0, 7], &report[4..8], &[64, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 80]];
    let last = [&report[10..14], &[0, 0, 0, 0]].concat();
    let back = [about_us.concat(), last].concat();
    session.rtcp(&back, address("192.0.2.1:4001"), now + Duration::from_millis(4120));
    let (told, round_trip) = (session.figures.sent, session.figures.round_trip_ms.unwrap());
    assert_eq!((told.loss_percent, told.lost, told.jitter_ms), (25.0, 9, 10.0));
    assert!((round_trip - 120.0).abs() < 1.0, "{round_trip}");
    assert_eq!(session.report(now, true).unwrap().0.last_chunk::<8>().unwrap()[1], 203);
}

proptest! {
    #[test]
    fn no_datagram_makes_it_panic(bytes in vec(any::<u8>(), 0..120), first in 0x80..=0xBF_u8, kind in any::<u8>()) {
        let (mut session, _decoding, _controller) = session("a=rtcp-mux\r\n");
        let (now, peer) = (Instant::now(), address(PEER));
        session.rtp(&bytes, peer, now);
        session.rtcp(&bytes, peer, now);
        session.rtp(&[&[first, kind], &bytes[..]].concat(), peer, now);
        session.rtp(&[&[first, 101], &bytes[..]].concat(), peer, now);
        session.pass_time(now + Duration::from_secs(9));
    }
}
