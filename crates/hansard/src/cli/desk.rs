//! The operator's desk: the folder of a stopped server, opened to work for one customer.
//!
//! It holds the folder until it is closed; what is done there is audited with the actor `cli`.

use std::{fmt::Display, future::Future, path::Path, sync::Arc};

use anyhow::{anyhow, bail};
use hansard_domain::{
    Id, Result,
    caller::{Caller, Role},
    name::{CustomerName, ProfileName},
};
use hansard_store::Ticket;
use tokio::runtime::Runtime;

use super::multi_threaded;
use crate::{
    app::App,
    client::{self, LocalConversations},
    service::Call,
};

pub(super) struct Desk {
    pub(super) app: Arc<App>,
    /// The operator's own hand: it manages, and sees no conversation.
    pub(super) call: Call,
    pub(super) customer: CustomerName,
    runtime: Runtime,
}

impl Desk {
    /// Opens the folder; `instead` is what to use where a server has it open.
    pub(super) fn open(data_dir: &Path, customer: &str, instead: impl Display) -> anyhow::Result<Self> {
        let customer = CustomerName(Id::parse("--customer", customer)?);
        let caller = Caller::new(customer.0.clone(), Vec::new(), Role::Operator, Id::known("cli"), None);
        let ticket = Ticket { request_id: "cli".into(), idempotency: None };
        let app =
            App::open(data_dir).map_err(|error| anyhow!("{error} (on a running server use {instead})"))?;
        Ok(Self { app, call: Call { caller, ticket }, customer, runtime: multi_threaded()? })
    }

    /// Opens a folder that must be there, for a customer that must be in it.
    pub(super) fn open_customer(
        data_dir: &Path,
        customer: &str,
        instead: impl Display,
    ) -> anyhow::Result<Self> {
        let remedy = "'hansard profile create' makes it";
        if !data_dir.is_dir() {
            bail!("the folder {} does not exist; {remedy}", data_dir.display());
        }
        let desk = Self::open(data_dir, customer, instead)?;
        if desk.app.store.tenancy().customer(&desk.customer.0).is_none() {
            bail!("{} is not in the folder {}; {remedy}", desk.customer, data_dir.display());
        }
        Ok(desk)
    }

    /// Opens a folder that must be there, for a profile that must be in it.
    pub(super) fn open_profile(
        data_dir: &Path,
        profile: &ProfileName,
        instead: impl Display,
    ) -> anyhow::Result<Self> {
        let desk = Self::open_customer(data_dir, profile.customer.as_str(), instead)?;
        if desk.app.store.tenancy().profile(profile).is_none() {
            bail!("{profile} is not in the folder {}; 'hansard profile create' makes it", data_dir.display());
        }
        Ok(desk)
    }

    /// The services for an admin of the customer, as a client sees them.
    pub(super) fn conversations(&self) -> LocalConversations {
        client::local(&self.app, Caller::command_line(self.customer.0.clone()))
    }

    /// Runs something to its end.
    pub(super) fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Folds the log into the database and lets the folder go.
    pub(super) fn close(self) -> Result<()> {
        self.app.store.close()
    }
}
