//! The codecs that a telephone can have: [`Codec`], and what RTP and SDP call them.

use mixminus::stream::{
    DecodeError, DecoderError, Decoding, G711, G722, InputOptions, InputPort, Opus, PacketPort, StreamFormat,
};

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

    /// Its sample rate, in Hz.
    pub fn rate_hz(self) -> u32 {
        match self {
            Self::Pcmu | Self::Pcma => 8000,
            Self::G722 => 16_000,
            Self::Opus => 48_000,
        }
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

    /// The options of the port that takes its packets.
    pub fn input_options(self) -> InputOptions {
        let clock = Some(self.clock_hz());
        InputOptions { rtp_clock_hz: clock, ..InputOptions::new(StreamFormat::mono(self.rate_hz())) }
    }

    /// Makes a port of [`input_options`](Self::input_options) one of encoded packets.
    pub fn decode(self, port: InputPort) -> Result<(PacketPort, Decoding), NoDecoder> {
        Ok(match self {
            Self::Pcmu => port.decode_with(G711::mu_law())?,
            Self::Pcma => port.decode_with(G711::a_law())?,
            Self::G722 => port.decode_with(G722::new())?,
            Self::Opus => port.decode_with(Opus::mono()?)?,
        })
    }
}

/// Why a codec cannot be decoded.
#[derive(Debug, thiserror::Error)]
pub enum NoDecoder {
    #[error(transparent)]
    Port(#[from] DecoderError),
    #[error(transparent)]
    Library(#[from] DecodeError),
}

#[cfg(test)]
mod tests {
    use super::*;
    use mixminus::{JoinOptions, MixerConfig, stream::PortOptions};

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
    fn each_codec_has_a_port_that_it_fits() {
        let (controller, _processor) = MixerConfig::default().build().unwrap();
        for codec in Codec::ALL {
            let ports = PortOptions { input: Some(codec.input_options()), output: None };
            let id = codec.encoding_name();
            let port = controller.join_with_ports(id, JoinOptions::default(), ports).unwrap().input.unwrap();
            assert!(codec.decode(port).is_ok(), "{codec:?}");
        }
    }
}
