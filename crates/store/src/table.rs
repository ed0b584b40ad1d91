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

/// Numbers that one statement asks for.
const NUMBERS: usize = 32;

/// Parameters for a profile, which is the first, and up to [`NUMBERS`] numbers; the last fills what is left.
fn numbered(profile: ProfileKey, numbers: &[i64]) -> Vec<Value<'static>> {
    let filled = numbers.iter().chain(std::iter::repeat_n(numbers.last().unwrap_or(&0), NUMBERS));
    std::iter::once(profile.into()).chain(filled.take(NUMBERS).map(|number| (*number).into())).collect()
}

/// The numbers of [`numbered`] as SQL names them.
const ASKED_NUMBERS: &str =
    "($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
    $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33)";
