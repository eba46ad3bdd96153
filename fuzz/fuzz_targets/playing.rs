//! See `mixminus_fuzz::playing`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| mixminus_fuzz::playing(input));
