//! Brings conversations of other formats into a service.
//!
//! A format turns one input item into one conversation, or says why not; the runner reads files, calls
//! ImportConversations in batches and reports. It never stores anything itself: what may go in is the service's rule.

pub mod archive;
mod batch;
pub mod dialog;
mod files;
pub mod format;
pub(crate) mod history;
pub mod item;
mod json;
mod lines;
pub(crate) mod names;
pub mod report;
mod retry;
mod runner;
mod source;
mod speaker;
pub(crate) mod time;
pub mod transcript;
pub mod vcon;

pub use files::Input;
pub use item::{Context, Item, Malformed};
pub use report::Report;
pub use runner::{Options, run};
