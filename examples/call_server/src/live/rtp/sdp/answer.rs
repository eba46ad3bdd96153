//! Writes an answer: [`answer`].

use std::net::SocketAddr;

use sdp_types::{Connection, Media, Origin, Session, Time, attributes::RtpMap};

use super::{agreement::Agreement, offer::Offer};
use crate::live::rtp::codec::Codec;

/// The server's side of a session.
#[derive(Debug, Clone, Copy)]
pub struct Local {
    /// Where it takes RTP; RTCP comes to the next port.
    pub rtp: SocketAddr,
    /// Identifies the session, and counts its answers.
    pub session_id: u64,
    pub version: u64,
}

/// The answer to an offer: as many m-lines, of which one is taken.
pub fn answer(offer: &Offer, agreed: &Agreement, local: &Local) -> String {
    let Local { rtp, session_id, version } = *local;
    let mut session = Session::new(Origin::with_ip_addr(session_id, version, rtp.ip()), "-");
    session.set_connection(Connection::from_ip_addr(rtp.ip()));
    // RFC 3264, section 6: the same as in the offer.
    session.times = offer.session.times.clone();
    if session.times.is_empty() {
        session.add_time(Time::new(0, 0));
    }
    session.medias = offer.session.medias.iter().map(rejected).collect();
    session.medias[offer.audio] = accepted(offer, agreed, rtp);
    let mut text = Vec::new();
    // A Vec takes everything.
    let _ = session.write(&mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// An m-line that is not taken: the same with port 0.
fn rejected(offered: &Media) -> Media {
    Media {
        port: 0,
        num_ports: None,
        media_title: None,
        connections: Vec::new(),
        bandwidths: Vec::new(),
        key: None,
        attributes: Vec::new(),
        ..offered.clone()
    }
}

fn accepted(offer: &Offer, agreed: &Agreement, rtp: SocketAddr) -> Media {
    let Agreement { codec, payload_type, events, .. } = *agreed;
    let formats = [Some(payload_type), events.map(|(payload_type, _)| payload_type)];
    let formats: Vec<String> = formats.into_iter().flatten().map(|payload_type| payload_type.to_string()).collect();
    let mut media = Media { port: rtp.port(), fmt: formats.join(" "), ..rejected(offer.media()) };
    let map = RtpMap {
        encoding_params: codec.told_channels().map(str::to_owned),
        ..RtpMap::new(payload_type, codec.encoding_name(), codec.clock_hz())
    };
    media.add_attribute_with_value("rtpmap", map);
    if codec == Codec::Opus {
        media.add_attribute_with_value("fmtp", format!("{payload_type} useinbandfec=1"));
    }
    if let Some((payload_type, clock_hz)) = events {
        media.add_attribute_with_value("rtpmap", RtpMap::new(payload_type, "telephone-event", clock_hz));
        media.add_attribute_with_value("fmtp", format!("{payload_type} 0-15"));
    }
    media.add_attribute_with_value("ptime", agreed.packet_ms);
    if agreed.rtcp_mux {
        media.add_attribute_from_str("rtcp-mux");
    }
    media.add_attribute_from_str(offer.direction.reverse().as_str());
    media
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(offer: &[&str]) -> String {
        let offer = Offer::read(offer.join("\r\n").as_bytes()).unwrap();
        let agreed = Agreement::of(&offer).unwrap();
        answer(&offer, &agreed, &Local { rtp: "192.0.2.9:40000".parse().unwrap(), session_id: 7, version: 2 })
    }

    #[test]
    fn a_telephone_is_answered() {
        let said = answered(&[
            "v=0",
            "o=phone 1 1 IN IP4 192.0.2.1",
            "s=call",
            "c=IN IP4 192.0.2.1",
            "t=0 0",
            "m=audio 4000 RTP/AVP 18 8 0 101 13",
            "a=rtpmap:101 telephone-event/8000",
            "a=fmtp:101 0-16",
            "a=ptime:30",
            "m=video 4002/2 RTP/AVP 96",
            "a=rtpmap:96 H264/90000",
            "",
        ]);
        let expected = [
            "v=0",
            "o=- 7 2 IN IP4 192.0.2.9",
            "s=-",
            "c=IN IP4 192.0.2.9",
            "t=0 0",
            "m=audio 40000 RTP/AVP 8 101",
            "a=rtpmap:8 PCMA/8000",
            "a=rtpmap:101 telephone-event/8000",
            "a=fmtp:101 0-15",
            "a=ptime:30",
            "a=sendrecv",
            "m=video 0 RTP/AVP 96",
            "",
        ];
        assert_eq!(said, expected.join("\r\n"));
    }

    #[test]
    fn a_gateway_with_opus_on_hold_is_answered() {
        let said = answered(&[
            "v=0",
            "o=- 1 1 IN IP4 192.0.2.1",
            "s=-",
            "c=IN IP4 192.0.2.1",
            "t=5 9",
            "a=sendonly",
            "m=audio 4000 RTP/AVP 111",
            "a=rtpmap:111 opus/48000/2",
            "a=fmtp:111 useinbandfec=1;stereo=1",
            "a=rtcp-mux",
            "a=maxptime:10",
        ]);
        let lines: Vec<&str> = said.lines().skip(4).collect();
        let expected = [
            "t=5 9",
            "m=audio 40000 RTP/AVP 111",
            "a=rtpmap:111 opus/48000/2",
            "a=fmtp:111 useinbandfec=1",
            "a=ptime:20",
            "a=rtcp-mux",
            "a=recvonly",
        ];
        assert_eq!(lines, expected);
    }
}
