//! Black-box harness: starts the real binary on port 0 and speaks to it over the wire, as a stranger would.
//!
//! It knows the protos and the command line. It deliberately links nothing of the server, the store or the
//! domain: what it expects comes from the contract alone.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a harness fails by panicking and speaks to the tester"
)]

pub mod answer;
pub mod attack;
pub mod binary;
pub mod cgroup;
pub mod client;
pub mod contract;
pub mod data;
pub mod desk;
pub mod grpc;
pub mod grpc_web;
pub mod history;
pub mod house;
pub mod masks;
pub mod raw;
pub mod records;
pub mod residue;
pub mod round;
pub mod sample;
pub mod secret;
pub mod server;
pub mod sse;
pub mod store;
pub mod story;
pub mod tls;
pub mod watcher;
