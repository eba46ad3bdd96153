//! Offers of WebRTC clients: one stream of Opus, answered at once and for good (RFC 9725).

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use str0m::{Candidate, Rtc, RtcConfig, change::SdpOffer, config::DtlsCert};

/// How often a connection tells its figures, and how often both sides report to each other.
const STATISTICS: Duration = Duration::from_secs(1);
const REPORTS: Duration = Duration::from_secs(2);

/// Why an offer is not answered.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum OfferError {
    /// It is no SDP that a WebRTC client would send.
    #[error("the offer cannot be read: {0}")]
    Unreadable(String),
    /// It has no, or more than, one stream.
    #[error("the offer has {0} m-lines: exactly one, m=audio, is answered")]
    Streams(usize),
    /// Its one stream has no Opus.
    #[error("the offer has no audio in Opus")]
    Codec,
    /// It is SDP, but the connection that it offers cannot be made.
    #[error("the offer cannot be answered: {0}")]
    Unanswerable(String),
}

/// What all connections have in common.
#[derive(Debug)]
pub struct Answerer {
    config: RtcConfig,
    /// Where clients send to.
    address: SocketAddr,
}

/// An offer that was answered.
#[derive(Debug)]
pub struct Answered {
    pub rtc: Rtc,
    /// The name by which the client's first packets tell whose they are.
    pub ufrag: String,
    pub sdp: String,
}

impl Answerer {
    /// `certificate` is for all connections: to make one takes milliseconds.
    pub fn new(address: SocketAddr, certificate: DtlsCert) -> Self {
        let config = RtcConfig::new()
            .set_ice_lite(true)
            // The port of the crate reorders; str0m would hold audio back behind each loss.
            .set_rtp_mode(true)
            .clear_codecs()
            .enable_opus(true, false)
            .set_stats_interval(Some(STATISTICS))
            .set_rtcp_report_interval_audio(REPORTS)
            .set_dtls_cert(certificate);
        Self { config, address }
    }

    /// Makes the connection that an offer asks for.
    pub fn answer(&self, offer: &str) -> Result<Answered, OfferError> {
        let streams: Vec<&str> = offer.lines().filter(|line| line.starts_with("m=")).collect();
        if streams.len() != 1 || !streams[0].starts_with("m=audio") {
            return Err(OfferError::Streams(streams.len()));
        }
        let offer = SdpOffer::from_sdp_string(offer).map_err(|cause| OfferError::Unreadable(cause.to_string()))?;
        let unanswerable = |cause: &dyn ToString| OfferError::Unanswerable(cause.to_string());
        let mut rtc = self.config.clone().build(Instant::now());
        let candidate = Candidate::host(self.address, "udp").map_err(|cause| unanswerable(&cause))?;
        rtc.add_local_candidate(candidate);
        let answer = rtc.sdp_api().accept_offer(offer).map_err(|cause| unanswerable(&cause))?;
        let ufrag = rtc.direct_api().local_ice_credentials().ufrag;
        let sdp = answer.to_sdp_string();
        match sdp.lines().find(|line| line.starts_with("m=")) {
            Some(line) if line.starts_with("m=audio 0 ") || !sdp.contains("opus/48000") => Err(OfferError::Codec),
            Some(_) => Ok(Answered { rtc, ufrag, sdp: mono(&sdp) }),
            None => Err(OfferError::Codec),
        }
    }
}

/// The answer with what the library does not say: the mixes are mono, in packets of 20 ms, and one encoding may have
/// pauses.
fn mono(sdp: &str) -> String {
    let mut lines = String::with_capacity(sdp.len() + 32);
    for line in sdp.lines() {
        let is_opus = line.starts_with("a=fmtp:") && line.contains("useinbandfec=1");
        lines.push_str(line);
        lines.push_str(if is_opus { ";stereo=0\r\na=ptime:20\r\n" } else { "\r\n" });
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use str0m::{
        crypto,
        media::{Direction, MediaKind},
    };

    use super::*;

    fn answerer() -> Answerer {
        let certificate = crypto::from_feature_flags().dtls_provider.generate_certificate().unwrap();
        Answerer::new("192.0.2.1:7".parse().unwrap(), certificate)
    }

    fn offer() -> String {
        let mut rtc = Rtc::new(Instant::now());
        let mut change = rtc.sdp_api();
        change.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None);
        change.apply().unwrap().0.to_sdp_string()
    }

    #[test]
    fn an_answer_is_of_mono_in_packets_of_20_ms() {
        let answered = answerer().answer(&offer()).unwrap();
        let has = |wanted: &str| answered.sdp.split("\r\n").any(|line| line == wanted);
        assert!(has("a=ptime:20") && has("a=ice-lite") && has("a=sendrecv"), "{}", answered.sdp);
        assert!(has(&format!("a=ice-ufrag:{}", answered.ufrag)));
        assert!(answered.sdp.contains("minptime=10;useinbandfec=1;stereo=0\r\n"));
        assert!(answered.sdp.contains("192.0.2.1 7 typ host"));
    }

    #[test]
    fn what_is_answered_by_half_is_refused() {
        let (answerer, good) = (answerer(), offer());
        let refused = |offer: &str| answerer.answer(offer).err();
        assert_eq!(refused(""), Some(OfferError::Streams(0)));
        assert_eq!(refused(&good.replace("m=audio", "m=video")), Some(OfferError::Streams(1)));
        assert_eq!(refused(&good.replace("opus/48000", "speex/48000")), Some(OfferError::Codec));
        assert!(matches!(refused("m=audio"), Some(OfferError::Unreadable(_))));
        let unprotected: String = good.split_inclusive('\n').filter(|line| !line.contains("fingerprint")).collect();
        assert!(matches!(refused(&unprotected), Some(OfferError::Unanswerable(_))));
    }

    /// Offers that are cut, and offers with a byte that is another one.
    #[test]
    fn damaged_offers_are_answered_or_refused() {
        let (answerer, good) = (answerer(), offer());
        for cut in (0..good.len()).step_by(29) {
            assert!(answerer.answer(&good[..cut]).is_err() || cut > good.len() / 2);
        }
        let mut random = 1_u32;
        for _ in 0..200 {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let mut damaged = good.clone().into_bytes();
            let at = random as usize / 128 % damaged.len();
            damaged[at] = b" \n:/-0aZ"[random as usize >> 29];
            // What counts is that it returns.
            let _ = answerer.answer(&String::from_utf8(damaged).unwrap());
        }
    }

    /// The fuzz target that begins with these offers is built by hand only.
    #[test]
    fn the_seeds_of_fuzzing_are_answered_or_refused() {
        let (answerer, seeds) =
            (answerer(), Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds/webrtc_offers"));
        let mut answered: Vec<_> = fs::read_dir(seeds)
            .unwrap()
            .map(|seed| seed.unwrap().path())
            .filter(|seed| answerer.answer(&fs::read_to_string(seed).unwrap()).is_ok())
            .map(|seed| seed.file_name().unwrap().to_owned())
            .collect();
        answered.sort();
        assert_eq!(answered, ["browser", "candidates", "receives"]);
    }
}
