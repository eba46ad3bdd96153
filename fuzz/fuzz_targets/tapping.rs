//! See `mixminus_fuzz::tapping`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| mixminus_fuzz::tapping(input));
