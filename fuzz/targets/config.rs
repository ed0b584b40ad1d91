//! Searches for inputs that break `hansard_fuzz::config`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| hansard_fuzz::config::check(input));
