//! A filter as SQL: conditions on `conversation c` in the common subset of both engines.

mod conditions;
mod list;

pub(crate) use conditions::Conditions;
pub use list::{ConversationPage, ListRequest};
