//! See `mixminus_fuzz::recordings`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| mixminus_fuzz::recordings(input));
