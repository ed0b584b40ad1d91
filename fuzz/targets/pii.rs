//! Searches for inputs that break `hansard_fuzz::pii`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| hansard_fuzz::pii::check(input));
