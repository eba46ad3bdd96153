//! What an offer says of its audio: [`Offer`].

use std::net::{IpAddr, SocketAddr};

use sdp_types::{Attribute, Connection, Direction, Media, Session, attributes::Rtcp};

use super::formats::{self, Format};

/// The longest offer, in bytes.
const LONGEST: usize = 64 * 1024;
/// The most lines and m-lines of an offer.
const MOST_LINES: usize = 1024;
const MOST_MEDIA: usize = 16;

/// A parsed offer with an audio m-line that can be answered.
#[derive(Debug, Clone)]
pub struct Offer {
    pub session: Session,
    /// The m-line that is answered; the others are rejected.
    pub audio: usize,
    /// Where the peer wants RTP and RTCP. The unspecified address stands for a hold as RFC 2543 had it.
    pub rtp: SocketAddr,
    pub rtcp: SocketAddr,
    /// RTCP may come to, and from, the port of RTP.
    pub rtcp_mux: bool,
    /// As the peer sees it: `SendOnly` if it sends and does not want to hear.
    pub direction: Direction,
    /// What is known of the offered formats, by preference.
    pub formats: Vec<Format>,
    /// The packets that the peer would like to get, and the longest that it takes, in ms.
    pub ptime_ms: Option<u32>,
    pub maxptime_ms: Option<u32>,
}

impl Offer {
    /// Reads an offer. Never panics, and takes memory in proportion to the text.
    pub fn read(text: &[u8]) -> Result<Self, OfferError> {
        if text.len() > LONGEST {
            return Err(OfferError::TooLong { bytes: text.len() });
        }
        let lines = text.split(|byte| *byte == b'\n').count();
        if lines > MOST_LINES {
            return Err(OfferError::TooManyLines { lines });
        }
        let session = Session::parse(text).map_err(|cause| OfferError::Syntax(cause.to_string()))?;
        if session.medias.len() > MOST_MEDIA {
            return Err(OfferError::TooManyMedia { count: session.medias.len() });
        }
        Self::of(session)
    }

    fn of(session: Session) -> Result<Self, OfferError> {
        let audio = session.medias.iter().position(is_plain_audio).ok_or_else(|| no_audio(&session))?;
        let media = &session.medias[audio];
        let ip = address(media.connections.first().or(session.connection.as_ref()))?;
        Ok(Self {
            audio,
            rtp: SocketAddr::new(ip, media.port),
            rtcp: rtcp(media, ip),
            rtcp_mux: media.has_attribute("rtcp-mux"),
            direction: direction(&media.attributes).or(direction(&session.attributes)).unwrap_or_default(),
            formats: formats::of(media),
            ptime_ms: milliseconds(media, "ptime"),
            maxptime_ms: milliseconds(media, "maxptime"),
            session,
        })
    }

    pub fn media(&self) -> &Media {
        &self.session.medias[self.audio]
    }
}

fn is_plain_audio(media: &Media) -> bool {
    media.media == "audio" && media.proto == "RTP/AVP" && media.port != 0
}

/// What the offer has in the place of plain audio.
fn no_audio(session: &Session) -> OfferError {
    let lines = session.medias.iter().map(|media| format!("{} {} {}", media.media, media.port, media.proto));
    OfferError::NoAudio { offered: lines.collect() }
}

/// The address of a c-line. Names are not looked up: whoever writes the offer knows where it is.
fn address(connection: Option<&Connection>) -> Result<IpAddr, OfferError> {
    let connection = connection.ok_or(OfferError::NoAddress)?;
    let told = connection.try_address().map_err(|cause| OfferError::Address(cause.to_string()))?;
    if told.ip.is_multicast() { Err(OfferError::Multicast { ip: told.ip }) } else { Ok(told.ip) }
}

/// Where RTCP goes: `a=rtcp` (RFC 3605), or the next port.
fn rtcp(media: &Media, ip: IpAddr) -> SocketAddr {
    let next = SocketAddr::new(ip, media.port.saturating_add(1));
    let Some(Ok(told)) = media.get_first_attribute_typed::<Rtcp>() else { return next };
    // Another address than that of RTP would be a way to make the server send to a third party.
    SocketAddr::new(ip, told.port)
}

fn direction(attributes: &[Attribute]) -> Option<Direction> {
    attributes.iter().find_map(|attribute| {
        let all = [Direction::SendRecv, Direction::SendOnly, Direction::RecvOnly, Direction::Inactive];
        all.into_iter().find(|direction| attribute.attribute == direction.as_str())
    })
}

fn milliseconds(media: &Media, name: &str) -> Option<u32> {
    media.get_first_attribute_value(name)??.trim().parse::<f64>().ok().map(|ms| ms as u32).filter(|ms| *ms > 0)
}

/// What is wrong with an offer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OfferError {
    #[error("an offer of {bytes} bytes is longer than {LONGEST}")]
    TooLong { bytes: usize },
    #[error("an offer of {lines} lines is longer than {MOST_LINES} lines")]
    TooManyLines { lines: usize },
    #[error("an offer of {count} m-lines has more than {MOST_MEDIA}")]
    TooManyMedia { count: usize },
    #[error("the offer is no SDP: {0}")]
    Syntax(String),
    #[error("no m-line is audio by RTP/AVP with a port; there is {offered:?}")]
    NoAudio { offered: Vec<String> },
    #[error("the audio has no c-line, neither of its own nor of the session")]
    NoAddress,
    #[error("the c-line has no IP address: {0}")]
    Address(String),
    #[error("{ip} is multicast; calls are with one peer")]
    Multicast { ip: IpAddr },
    #[error("no codec in common: this server has PCMU, PCMA, G722 and opus; the audio has {offered:?}")]
    NoCodec { offered: String },
}

impl OfferError {
    /// Whether the offer is well-formed, and only cannot be accepted.
    pub fn is_well_formed(&self) -> bool {
        matches!(self, Self::NoAudio { .. } | Self::Multicast { .. } | Self::NoCodec { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::rtp::codec::Codec;

    fn offer(lines: &[&str]) -> Result<Offer, OfferError> {
        let head = ["v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0"];
        Offer::read([&head, lines].concat().join("\r\n").as_bytes())
    }

    #[test]
    fn the_first_plain_audio_is_taken_with_its_own_address() {
        let all = ["m=video 1 RTP/AVP 96", "m=audio 0 RTP/AVP 0", "m=audio 2 RTP/SAVP 0", "m=audio 4000 RTP/AVP 0 8"];
        let own = ["c=IN IP6 2001:db8::7", "a=sendonly", "a=ptime:30", "a=maxptime:40.0", "a=rtcp:4011", "a=rtcp-mux"];
        let offer = offer(&[&all[..], &own].concat()).unwrap();
        assert_eq!((offer.audio, offer.rtp), (3, "[2001:db8::7]:4000".parse().unwrap()));
        assert_eq!((offer.rtcp, offer.rtcp_mux), ("[2001:db8::7]:4011".parse().unwrap(), true));
        assert_eq!((offer.direction, offer.ptime_ms, offer.maxptime_ms), (Direction::SendOnly, Some(30), Some(40)));
        assert_eq!(offer.formats[1], Format::Audio { payload_type: 8, codec: Codec::Pcma });
    }

    #[test]
    fn what_is_not_said_has_its_default() {
        let offer = offer(&["m=audio 4000 RTP/AVP 0"]).unwrap();
        assert_eq!((offer.rtcp.port(), offer.rtcp_mux, offer.direction), (4001, false, Direction::SendRecv));
        assert_eq!((offer.ptime_ms, offer.maxptime_ms), (None, None));
    }

    #[test]
    fn rtcp_stays_at_the_address_of_rtp() {
        let offer = offer(&["m=audio 4000 RTP/AVP 0", "a=rtcp:5000 IN IP4 198.51.100.9"]).unwrap();
        assert_eq!(offer.rtcp, "192.0.2.1:5000".parse().unwrap());
    }

    #[test]
    fn what_is_wrong_is_named() {
        let no_audio = offer(&["m=video 1 RTP/AVP 96"]).unwrap_err();
        assert_eq!(no_audio.to_string(), r#"no m-line is audio by RTP/AVP with a port; there is ["video 1 RTP/AVP"]"#);
        let name = offer(&["m=audio 1 RTP/AVP 0", "c=IN IP4 phone.example"]).unwrap_err();
        assert!(matches!(name, OfferError::Address(_)), "{name}");
        let many = offer(&["m=audio 1 RTP/AVP 0", "c=IN IP4 224.2.1.1/127"]).unwrap_err();
        assert_eq!(many, OfferError::Multicast { ip: "224.2.1.1".parse().unwrap() });
        assert!(matches!(Offer::read(b"\xff\xfe"), Err(OfferError::Syntax(_))));
        assert_eq!(Offer::read(&[b'a'; LONGEST + 1]).unwrap_err(), OfferError::TooLong { bytes: LONGEST + 1 });
        assert_eq!(Offer::read(&[b'\n'; LONGEST]).unwrap_err(), OfferError::TooManyLines { lines: LONGEST + 1 });
        let bare = Offer::read(b"v=0\r\nm=audio 1 RTP/AVP 0\r\n").unwrap_err();
        assert_eq!(bare, OfferError::NoAddress);
    }
}
