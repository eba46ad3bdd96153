//! See `mixminus_fuzz::webrtc_offers`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| mixminus_fuzz::webrtc_offers(input));
