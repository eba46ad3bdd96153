//! See `mixminus_fuzz::scripts`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| mixminus_fuzz::scripts(input));
