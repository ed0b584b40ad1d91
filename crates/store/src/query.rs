//! What lists, counts and watchers are answered: the index finds, the record tells.

mod list;
mod sample;
mod subject;

pub use list::{ConversationPage, ListRequest};
pub use sample::{Sample, SamplePage, SampleRequest};
