//! See `mixminus_fuzz::offers`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| mixminus_fuzz::offers(input));
