//! See `mixminus_fuzz::clusters`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| mixminus_fuzz::clusters(input));
