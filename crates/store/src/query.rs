//! What lists, counts and watchers are answered: the index finds, the record tells.

mod found;
mod list;
mod numbered;
mod retention;
mod sample;
mod subject;

pub use list::{ConversationPage, ListRequest};
pub use numbered::{Numbered, NumberedRequest, Stretch};
pub use retention::{DuePage, RetentionPreview, RuleCounts};
pub use sample::{Sample, SamplePage, SampleRequest};
