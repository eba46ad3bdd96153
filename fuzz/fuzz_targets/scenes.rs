//! See `mixminus_fuzz::scenes`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| mixminus_fuzz::scenes(input));
