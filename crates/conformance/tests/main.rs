//! The conformance suite: one file for each subject, all against the real binary, over the wire.
#![allow(clippy::unwrap_used)]

mod events;
mod fetch;
mod lifecycle;
mod message_edits;
mod messages;
mod metadata;
mod start;
mod tags;
mod update;
