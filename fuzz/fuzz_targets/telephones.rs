//! See `mixminus_fuzz::telephones`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| mixminus_fuzz::telephones(input));
