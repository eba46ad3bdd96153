//! What an offer and its answer settle: [`Agreement`].

use std::net::SocketAddr;

use super::{
    formats::Format,
    offer::{Offer, OfferError},
};
use crate::live::rtp::codec::Codec;

/// The packets that are made unless the peer asks otherwise, in ms, and the shortest and longest.
const USUAL_MS: u32 = 20;
const SHORTEST_MS: u32 = 10;
const LONGEST_MS: u32 = 60;

/// What both sides do from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agreement {
    pub codec: Codec,
    pub payload_type: u8,
    /// The payload type of telephone events and their clock, in Hz, if the peer has them.
    pub events: Option<(u8, u32)>,
    pub rtp: SocketAddr,
    pub rtcp: SocketAddr,
    pub rtcp_mux: bool,
    /// How long the packets are that the server sends.
    pub packet_ms: u32,
    /// Whether the peer sends, and whether it hears.
    pub peer_sends: bool,
    pub peer_hears: bool,
}

impl Agreement {
    /// Takes the peer's first choice among what the server knows.
    pub fn of(offer: &Offer) -> Result<Self, OfferError> {
        let audio = offer.formats.iter().find_map(|format| match *format {
            Format::Audio { payload_type, codec } => Some((payload_type, codec)),
            Format::Events { .. } => None,
        });
        let (payload_type, codec) = audio.ok_or_else(|| OfferError::NoCodec { offered: offer.media().fmt.clone() })?;
        Ok(Self {
            codec,
            payload_type,
            events: events(&offer.formats, codec),
            rtp: offer.rtp,
            rtcp: if offer.rtcp_mux { offer.rtp } else { offer.rtcp },
            rtcp_mux: offer.rtcp_mux,
            packet_ms: packet_ms(codec, offer.ptime_ms, offer.maxptime_ms),
            peer_sends: offer.direction.has_send(),
            peer_hears: offer.direction.has_recv() && !offer.rtp.ip().is_unspecified(),
        })
    }
}

/// The events by the clock of the audio, whose timestamps they share, or else the first.
fn events(formats: &[Format], codec: Codec) -> Option<(u8, u32)> {
    let all = || {
        formats.iter().filter_map(|format| match *format {
            Format::Events { payload_type, clock_hz } => Some((payload_type, clock_hz)),
            Format::Audio { .. } => None,
        })
    };
    all().find(|(_, clock_hz)| *clock_hz == codec.clock_hz()).or(all().next())
}

/// Packets as long as the peer likes, and no longer than it takes, in whole 10 ms. Those of Opus are never joined.
fn packet_ms(codec: Codec, ptime_ms: Option<u32>, maxptime_ms: Option<u32>) -> u32 {
    if codec == Codec::Opus {
        return USUAL_MS;
    }
    let wanted = ptime_ms.unwrap_or(USUAL_MS).min(maxptime_ms.unwrap_or(LONGEST_MS));
    (wanted / 10 * 10).clamp(SHORTEST_MS, LONGEST_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agreed(media: &str) -> Agreement {
        let text = format!("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n{media}");
        Agreement::of(&Offer::read(text.as_bytes()).unwrap()).unwrap()
    }

    #[test]
    fn the_peer_s_first_choice_is_taken_with_events_by_its_clock() {
        let maps = "a=rtpmap:96 opus/48000/2\r\na=rtpmap:101 telephone-event/8000\r\n\
                    a=rtpmap:102 telephone-event/48000\r\n";
        let opus = agreed(&format!("m=audio 4000 RTP/AVP 18 96 0 101 102\r\n{maps}"));
        assert_eq!((opus.codec, opus.payload_type, opus.events), (Codec::Opus, 96, Some((102, 48_000))));
        let pcmu = agreed(&format!("m=audio 4000 RTP/AVP 0 96 102\r\n{maps}"));
        assert_eq!((pcmu.codec, pcmu.payload_type, pcmu.events), (Codec::Pcmu, 0, Some((102, 48_000))));
    }

    #[test]
    fn packets_are_as_long_as_the_peer_likes_and_no_longer_than_it_takes() {
        let all = [
            (None, None, 20),
            (Some(30), None, 30),
            (Some(100), None, 60),
            (Some(60), Some(45), 40),
            (None, Some(10), 10),
            (Some(5), None, 10),
            (None, Some(200), 20),
        ];
        for (ptime, most, ms) in all {
            assert_eq!(packet_ms(Codec::Pcmu, ptime, most), ms, "{ptime:?} {most:?}");
            assert_eq!(packet_ms(Codec::Opus, ptime, most), 20);
        }
    }

    #[test]
    fn a_hold_is_told_by_the_direction_or_by_no_address() {
        let hears = |lines: &str| {
            let agreed = agreed(&format!("m=audio 4000 RTP/AVP 0\r\n{lines}"));
            (agreed.peer_sends, agreed.peer_hears)
        };
        assert_eq!(hears(""), (true, true));
        assert_eq!(hears("a=sendonly\r\n"), (true, false));
        assert_eq!(hears("a=recvonly\r\n"), (false, true));
        assert_eq!(hears("a=inactive\r\n"), (false, false));
        assert_eq!(hears("c=IN IP4 0.0.0.0\r\n"), (true, false));
    }

    #[test]
    fn rtcp_goes_beside_rtp_or_with_it() {
        let beside = agreed("m=audio 4000 RTP/AVP 0\r\n");
        assert_eq!((beside.rtcp.port(), beside.rtcp_mux), (4001, false));
        let with = agreed("m=audio 4000 RTP/AVP 0\r\na=rtcp:4009\r\na=rtcp-mux\r\n");
        assert_eq!((with.rtcp, with.rtcp_mux), (with.rtp, true));
    }
}
