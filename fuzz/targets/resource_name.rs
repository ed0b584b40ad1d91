//! Searches for inputs that break `hansard_fuzz::resource_name`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| hansard_fuzz::resource_name::check(input));
