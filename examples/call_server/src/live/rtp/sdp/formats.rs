//! The formats of an offered m-line: which of its payload types mean what.

use sdp_types::{Media, attributes::RtpMap};

use crate::live::rtp::codec::Codec;

/// The encoding name of telephone events (RFC 4733).
const EVENTS: &str = "telephone-event";
/// Formats that are read; one m-line has far fewer.
const MOST: usize = 64;

/// A payload type with a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Audio { payload_type: u8, codec: Codec },
    Events { payload_type: u8, clock_hz: u32 },
}

/// The formats of an m-line that are known, in the offered order, which is that of preference.
pub fn of(media: &Media) -> Vec<Format> {
    let maps: Vec<RtpMap> = media.attributes_typed::<RtpMap>().filter_map(Result::ok).collect();
    let types = media.fmt.split_ascii_whitespace().take(MOST).filter_map(|text| text.parse().ok());
    types.filter_map(|payload_type| format(payload_type, &maps)).collect()
}

/// What a payload type means, if it is known. RTCP's range is left out: muxed, it could not be told apart (RFC 5761).
fn format(payload_type: u8, maps: &[RtpMap]) -> Option<Format> {
    if payload_type > 127 || (64..96).contains(&payload_type) {
        return None;
    }
    let Some(map) = maps.iter().find(|map| map.payload_type == payload_type) else {
        let codec = Codec::ALL.into_iter().find(|codec| codec.static_payload_type() == Some(payload_type))?;
        return Some(Format::Audio { payload_type, codec });
    };
    if map.encoding_name.eq_ignore_ascii_case(EVENTS) && map.clock_rate > 0 {
        return Some(Format::Events { payload_type, clock_hz: map.clock_rate });
    }
    let codec = Codec::of(&map.encoding_name, map.clock_rate, map.encoding_params.as_deref())?;
    Some(Format::Audio { payload_type, codec })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sdp_types::{MediaType, TransportProto};

    fn formats(fmt: &str, maps: &[&str]) -> Vec<Format> {
        let mut media = Media::new(MediaType::Audio, 1, TransportProto::RtpAvp, fmt);
        maps.iter().for_each(|map| media.add_attribute_with_value("rtpmap", map));
        of(&media)
    }

    #[test]
    fn static_types_need_no_map_and_a_map_overrules_them() {
        let audio = |payload_type, codec| Format::Audio { payload_type, codec };
        assert_eq!(formats("8 0 18", &[]), [audio(8, Codec::Pcma), audio(0, Codec::Pcmu)]);
        assert_eq!(formats("0", &["0 opus/48000/2"]), [audio(0, Codec::Opus)]);
        assert_eq!(formats("0", &["0 G729/8000"]), []);
    }

    #[test]
    fn what_is_not_known_or_means_rtcp_is_left_out() {
        let maps = ["96 opus/48000/2", "101 telephone-event/8000", "72 PCMU/8000", "102 telephone-event/0"];
        let known = [
            Format::Audio { payload_type: 96, codec: Codec::Opus },
            Format::Events { payload_type: 101, clock_hz: 8000 },
        ];
        assert_eq!(formats("72 96 101 102 13 300 x -1", &maps), known);
        assert_eq!(formats(&"0 ".repeat(1000), &[]).len(), MOST);
    }
}
