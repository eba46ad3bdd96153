//! See `mixminus_fuzz::encoding`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| mixminus_fuzz::encoding(input));
