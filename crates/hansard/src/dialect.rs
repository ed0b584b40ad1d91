//! The wire dialects: each only translates between its wire form and the operations.
//!
//! No dialect holds a rule of the business.

pub mod records;
mod retry;
pub mod service;
pub mod transcode;

/// Marks an answer that is empty because the caller has it: what the handed-in validator stands for is unchanged.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NotModified;
