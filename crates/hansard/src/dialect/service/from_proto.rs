//! Wire messages to domain values. Every refusal names the field by its path in the request.

pub(super) mod annotation;
pub(super) mod archive;
pub(super) mod conversation;
pub(super) mod directory;
pub(super) mod event;
pub(super) mod filter;
pub(super) mod mask;
pub(super) mod message;
pub(super) mod names;
pub(super) mod retention;
mod value;

pub(super) use value::{code, json, metadata, optional_span, optional_time, texts};
