//! Searches for inputs that break `hansard_fuzz::cursor`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| hansard_fuzz::cursor::check(input));
