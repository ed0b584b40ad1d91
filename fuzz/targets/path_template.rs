//! Searches for inputs that break `hansard_fuzz::path_template`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| hansard_fuzz::path_template::check(input));
