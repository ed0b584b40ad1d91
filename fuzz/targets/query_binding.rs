//! Searches for inputs that break `hansard_fuzz::query_binding`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| hansard_fuzz::query_binding::check(input));
