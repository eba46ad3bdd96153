//! See `mixminus_fuzz::figures`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| mixminus_fuzz::figures(input));
