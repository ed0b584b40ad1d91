//! The rules of the record: what a conversation is, who may do what, what can be asked.
//!
//! It does no I/O, reads no clock, and knows neither wire types nor SQL.

pub mod annotation;
pub mod audit;
pub mod caller;
pub mod change;
pub mod code;
pub mod conversation;
pub mod directory;
pub mod error;
pub mod event;
pub mod filter;
pub mod id;
pub mod language;
pub mod limits;
pub mod message;
pub mod metadata;
pub mod name;
pub mod page;
pub mod redact;
pub mod retention;
pub mod scorecard;
pub mod time;

pub use error::{Error, ErrorKind, Result};
pub use id::Id;
pub use time::{Span, Time};
