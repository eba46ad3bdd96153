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
