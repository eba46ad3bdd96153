//! See `mixminus_fuzz::ports`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| mixminus_fuzz::ports(input));
