//! The operations: enter, load, decide, record, commit.
//!
//! Free functions, the application first. They name no protocol and no SQL.

pub mod annotation;
pub mod api_key;
pub mod archive;
pub mod audit;
pub mod change;
pub mod conversation;
pub mod customer;
pub mod decommission;
pub mod edit;
pub mod entry;
pub mod event;
pub mod feed;
pub mod lease;
pub mod list;
pub mod message;
pub mod profile;
pub mod record;
pub mod redaction;
pub mod removal;
pub mod retention;
pub mod sample;
pub mod scorecard;
pub mod scorecard_template;
pub mod start;
pub mod state;
pub mod sweep;
pub mod tag;
pub mod transfer;
pub mod validator;

use hansard_domain::{Error, Id, Result, caller::Caller};
use hansard_store::{Receipt, Ticket, Written};
use std::collections::HashSet;

/// Who asks, and what the request brings along.
#[derive(Debug, Clone)]
pub struct Call {
    pub caller: Caller,
    pub ticket: Ticket,
}

impl Call {
    /// The same call for what must be done again when the request is retried.
    fn without_key(&self) -> Self {
        let mut call = self.clone();
        call.ticket.idempotency = None;
        call
    }
}

/// The ids of a receipt, as the service gave or took them.
fn ids(receipt: &Receipt) -> Vec<Id> {
    receipt.ids.iter().map(|id| Id::known(id.as_str())).collect()
}

/// Refuses a batch that brings one id twice: the second would be taken for a retry of the first.
fn distinct<'i>(field: &str, ids: impl Iterator<Item = Option<&'i Id>>) -> Result<()> {
    let mut seen = HashSet::new();
    for (index, id) in ids.enumerate() {
        if let Some(id) = id.filter(|id| !seen.insert(*id)) {
            return Err(Error::invalid(
                format!("{field}[{index}].name"),
                format!("brings the id {id} twice"),
            ));
        }
    }
    Ok(())
}

/// Forgets whether an outcome without content is the first or a replay.
fn done(_: Written<()>) {}
