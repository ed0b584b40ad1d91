//! The operations: enter, load, decide, record, commit.
//!
//! Free functions, the application first. They name no protocol and no SQL.

pub mod api_key;
pub mod archive;
pub mod audit;
pub mod change;
pub mod conversation;
pub mod customer;
pub mod edit;
pub mod entry;
pub mod event;
pub mod list;
pub mod message;
pub mod profile;
pub mod redaction;
pub mod start;
pub mod state;
pub mod tag;

use hansard_domain::caller::Caller;
use hansard_store::{Receipt, Ticket, Written};

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
fn ids(receipt: &Receipt) -> Vec<hansard_domain::Id> {
    receipt.ids.iter().map(|id| hansard_domain::Id::known(id.as_str())).collect()
}

/// Forgets whether an outcome without content is the first or a replay.
fn done(_: Written<()>) {}
