//! The tables: literal SQL in the common subset, one file a family.

mod api_key;
mod audit;
mod change;
mod clock_mark;
mod conversation;
mod conversation_metadata;
mod conversation_tag;
mod customer;
mod directory_entry;
mod event;
mod idempotency;
mod key_head;
mod message;
mod profile;

pub(crate) use change::NewChange;
pub(crate) use conversation::{CONVERSATION_COLUMNS, fold, read_conversation};
pub(crate) use directory_entry::EntryPlace;
pub(crate) use idempotency::Kept;
