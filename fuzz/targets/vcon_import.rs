//! Searches for inputs that break `hansard_fuzz::vcon_import`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| hansard_fuzz::vcon_import::check(input));
