//! Searches for inputs that break `hansard_fuzz::json_transcoder`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| hansard_fuzz::json_transcoder::check(input));
