//! Searches for inputs that break `hansard_fuzz::filter_text`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| hansard_fuzz::filter_text::check(input));
