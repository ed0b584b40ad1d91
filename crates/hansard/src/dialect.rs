//! The wire dialects: each only translates between its wire form and the operations.
//!
//! No dialect holds a rule of the business.

pub mod service;
pub mod transcode;
