//! See `mixminus_fuzz::decoders`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| mixminus_fuzz::decoders(input));
