//! The tables: literal SQL in the common subset, one file a family.

mod annotation;
mod api_key;
mod audit;
mod change;
mod clock_mark;
mod conversation;
mod conversation_index;
mod conversation_tag;
mod customer;
mod derived;
mod directory_entry;
mod event;
mod idempotency;
mod key_head;
mod keyword_gram;
mod lease;
mod message;
mod part;
mod profile;
mod redaction_job;
mod redaction_receipt;
mod scorecard;
mod scorecard_template;

use crate::{Value, tenancy::ProfileKey};

pub(crate) use change::{ChangedAt, NewChange};
pub(crate) use directory_entry::EntryPlace;
pub(crate) use event::UsagePlace;
pub(crate) use idempotency::Kept;
pub(crate) use part::AskedPart;
pub(crate) use profile::LastChange;

/// Parameters for each of what has a number in its profile.
fn numbered(asked: impl IntoIterator<Item = (ProfileKey, i64)>) -> Vec<[Value<'static>; 2]> {
    asked.into_iter().map(|(profile, number)| [profile.into(), number.into()]).collect()
}

/// The same for numbers of one profile.
fn numbered_in(profile: ProfileKey, numbers: &[i64]) -> Vec<[Value<'static>; 2]> {
    numbered(numbers.iter().map(|number| (profile, *number)))
}
