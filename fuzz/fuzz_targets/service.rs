//! See `mixminus_fuzz::service`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| mixminus_fuzz::service(input));
