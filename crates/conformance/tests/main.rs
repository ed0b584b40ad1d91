//! The conformance suite: one file for each subject, all against the real binary, over the wire.
#![allow(clippy::unwrap_used)]

mod admin;
mod archive;
mod authority;
mod callers;
mod changes;
mod check_config;
mod cli;
mod cli_asking;
mod demo;
mod doctor;
mod events;
mod fetch;
mod filter_text;
mod filters;
mod fresh;
mod grpc;
mod grpc_web;
mod hostile;
mod idempotency;
mod import;
mod keys;
mod lifecycle;
mod limits;
mod listing;
mod message_edits;
mod messages;
mod metadata;
mod operations;
mod remote;
mod sample;
mod start;
mod tags;
mod update;
mod vcon;
mod wire;
