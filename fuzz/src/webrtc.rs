//! The offers of browsers to the example `call_server`.

use std::sync::LazyLock;

use str0m::crypto;

use crate::live::webrtc::offer::Answerer;

static ANSWERER: LazyLock<Answerer> = LazyLock::new(|| {
    let certificate = crypto::from_feature_flags().dtls_provider.generate_certificate().expect("a certificate");
    Answerer::new("192.0.2.1:7".parse().expect("an address"), certificate)
});

/// Answers an offer, or says what is wrong with it. An answer has the one stream and the server's candidate.
pub fn webrtc_offers(input: &[u8]) {
    let Ok(offer) = std::str::from_utf8(input) else { return };
    match ANSWERER.answer(offer) {
        Ok(answered) => {
            let streams: Vec<&str> = answered.sdp.lines().filter(|line| line.starts_with("m=")).collect();
            assert!(streams.len() == 1 && streams[0].starts_with("m=audio"), "{}", answered.sdp);
            assert!(answered.sdp.contains("192.0.2.1 7 typ host") && answered.sdp.contains(&answered.ufrag));
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
