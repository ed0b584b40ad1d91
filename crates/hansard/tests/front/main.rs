//! The protocol rim from the socket: bytes in, bytes out, with services that only pretend.

#![allow(clippy::unwrap_used)]

mod connection;
mod fixture;
mod grpc;
mod json;
mod limits;
mod log;
mod streams;
