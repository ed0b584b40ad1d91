//! The contract: types, clients, servers and descriptors generated from `proto/`.
//!
//! It holds no rule and no conversion.

/// The `hansard.v1` package.
#[allow(clippy::all, clippy::pedantic, unreachable_pub, missing_docs, unused_qualifications)]
pub mod v1 {
    tonic::include_proto!("hansard.v1");
}

/// The encoded `FileDescriptorSet` of the contract and its imports, with comments and HTTP options.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
