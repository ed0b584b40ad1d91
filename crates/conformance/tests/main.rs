//! The conformance suite: one file for each subject, all against the real binary, over the wire.
#![allow(clippy::unwrap_used)]

mod admin;
mod callers;
mod changes;
mod events;
mod fetch;
mod filters;
mod grpc;
mod idempotency;
mod keys;
mod lifecycle;
mod listing;
mod message_edits;
mod messages;
mod metadata;
mod operations;
mod start;
mod tags;
mod update;
mod wire;
