//! The codecs that a telephone can have: [`Codec`], and what RTP and SDP call them.

use mixminus::stream::{DecodeError, Decoder, G711, G722, Opus};

/// How a payload is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Codec {
    /// G.711 by the mu-law.
    Pcmu,
    /// G.711 by the A-law.
    Pcma,
    /// G.722 at 64 kbit/s.
    G722,
    /// Opus (RFC 7587), heard in mono.
    Opus,
}

impl Codec {
    pub const ALL: [Self; 4] = [Self::Pcmu, Self::Pcma, Self::G722, Self::Opus];

    /// Its name in `a=rtpmap`.
    pub fn encoding_name(self) -> &'static str {
        match self {
            Self::Pcmu => "PCMU",
            Self::Pcma => "PCMA",
            Self::G722 => "G722",
            Self::Opus => "opus",
        }
    }

    /// The clock of its RTP timestamps, in Hz. That of G.722 is 8000 by an old mistake (RFC 3551, section 4.5.2).
    pub fn clock_hz(self) -> u32 {
        if self == Self::Opus { 48_000 } else { 8000 }
    }

    /// The channels in its `a=rtpmap`. Opus is always told as two, whatever is sent (RFC 7587, section 7).
    pub fn told_channels(self) -> Option<&'static str> {
        (self == Self::Opus).then_some("2")
    }

    /// The payload type that means this codec without an `a=rtpmap` (RFC 3551, section 6).
    pub fn static_payload_type(self) -> Option<u8> {
        match self {
            Self::Pcmu => Some(0),
            Self::Pcma => Some(8),
            Self::G722 => Some(9),
            Self::Opus => None,
        }
    }

    /// The codec of an `a=rtpmap`; the case of the name does not matter.
    pub fn of(encoding_name: &str, clock_hz: u32, channels: Option<&str>) -> Option<Self> {
        Self::ALL.into_iter().find(|codec| {
            let same_channels = channels == codec.told_channels() || (channels == Some("1") && *codec != Self::Opus);
            codec.encoding_name().eq_ignore_ascii_case(encoding_name) && codec.clock_hz() == clock_hz && same_channels
        })
    }

    /// A decoder, for a port with RTP timestamps by [`clock_hz`](Self::clock_hz).
    pub fn decoder(self) -> Result<Box<dyn Decoder>, DecodeError> {
        Ok(match self {
            Self::Pcmu => Box::new(G711::mu_law()),
            Self::Pcma => Box::new(G711::a_law()),
            Self::G722 => Box::new(G722::new()),
            Self::Opus => Box::new(Opus::mono()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_codec_is_known_by_its_rtpmap() {
        assert_eq!(Codec::of("pcmu", 8000, None), Some(Codec::Pcmu));
        assert_eq!(Codec::of("PCMA", 8000, Some("1")), Some(Codec::Pcma));
        assert_eq!(Codec::of("G722", 8000, None), Some(Codec::G722));
        assert_eq!(Codec::of("OPUS", 48_000, Some("2")), Some(Codec::Opus));
        for (name, clock, channels) in [
            ("opus", 48_000, None),
            ("G722", 16_000, None),
            ("PCMU", 16_000, None),
            ("PCMU", 8000, Some("2")),
            ("G729", 8000, None),
        ] {
            assert_eq!(Codec::of(name, clock, channels), None, "{name}/{clock}");
        }
    }

    #[test]
    fn a_decoder_has_the_rate_of_its_codec() {
        let rates = Codec::ALL.map(|codec| codec.decoder().unwrap().format().rate_hz);
        assert_eq!(rates, [8000, 8000, 16_000, 48_000]);
        let mut out = [1.0; 160];
        assert_eq!(Codec::Pcmu.decoder().unwrap().decode(&[0xFF; 160], &mut out), Ok(160));
        assert_eq!(out, [0.0; 160]);
    }
}
