//! See `mixminus_fuzz::wav`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| mixminus_fuzz::wav(input));
