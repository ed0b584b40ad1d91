//! Issue 7 against the real binary: what is masked on the way in, and what is left of what was removed.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod ground;
mod jobs;
mod masking;
mod oracle;
mod race;
mod receipts;
mod residue;
