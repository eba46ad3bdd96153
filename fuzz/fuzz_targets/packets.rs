//! See `mixminus_fuzz::packets`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| mixminus_fuzz::packets(input));
