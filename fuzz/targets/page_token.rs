//! Searches for inputs that break `hansard_fuzz::page_token`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| hansard_fuzz::page_token::check(input));
