//! The operator's desk: the record opened to work for one customer, in a store or on a running server.
//!
//! A folder is held until the desk is closed; what is done in a store is audited with the actor `cli`. On a server the key
//! decides what may be done.

use std::{env, future::Future, sync::Arc, time::Duration};

use anyhow::{anyhow, bail};
use hansard_domain::{
    Id,
    caller::{Caller, Role},
    name::{CustomerName, ProfileName},
};
use hansard_store::{Location, folder};
use tokio::runtime::Runtime;

use super::{multi_threaded, progress::Bar, target::Place};
use crate::{
    app::App,
    client::{self, Conversations, Way, admin::Directory, redaction::Redactions},
};

const LOOK_AT_INDEX_EVERY: Duration = Duration::from_millis(20);

pub(super) struct Desk {
    /// The store's own application; none where a server has it.
    app: Option<Arc<App>>,
    /// For the directory: manages, and sees no conversation.
    managing: Way,
    /// For conversations.
    working: Way,
    customer: CustomerName,
    runtime: Runtime,
}

impl Desk {
    /// Opens the place; a store is made when absent.
    pub(super) fn open(place: &Place, customer: &str) -> anyhow::Result<Self> {
        let customer = CustomerName(Id::parse("--customer", customer)?);
        let runtime = multi_threaded()?;
        match place {
            Place::Store(location) => Self::in_store(location, customer, runtime),
            Place::Server(server) => {
                let way = runtime.block_on(client::connect(server))?;
                Ok(Self { app: None, managing: way.clone(), working: way, customer, runtime })
            }
        }
    }

    fn in_store(location: &Location, customer: CustomerName, runtime: Runtime) -> anyhow::Result<Self> {
        let app = App::open(location).map_err(|error| anyhow!("{error}{}", remedy(location)))?;
        let operator = Caller::new(customer.0.clone(), Vec::new(), Role::Operator, Id::known("cli"), None);
        let managing = client::local(&app, operator);
        let working = client::local(&app, Caller::command_line(customer.0.clone()));
        Ok(Self { app: Some(app), managing, working, customer, runtime })
    }

    /// Makes the customer of a store when absent; on a server the directory's operations do so.
    pub(super) fn ensure_customer(&self) -> anyhow::Result<()> {
        match &self.app {
            Some(app) => Ok(app.store.ensure_customer(&self.customer.0)?),
            None => Ok(()),
        }
    }

    /// Opens a place for a customer that must be there.
    pub(super) fn open_customer(place: &Place, customer: &str) -> anyhow::Result<Self> {
        let remedy = "'hansard profile create' makes it";
        if let Place::Store(Location::Folder(data_dir)) = place
            && !data_dir.is_dir()
        {
            bail!("the folder {} does not exist; {remedy}", data_dir.display());
        }
        let desk = Self::open(place, customer)?;
        if let Some(app) = &desk.app
            && app.store.tenancy().customer(&desk.customer.0).is_none()
        {
            bail!("{} is not in {}; {remedy}", desk.customer, place);
        }
        Ok(desk)
    }

    /// Opens a place for a profile that must be there.
    pub(super) fn open_profile(place: &Place, profile: &ProfileName) -> anyhow::Result<Self> {
        let desk = Self::open_customer(place, profile.customer.as_str())?;
        if let Some(app) = &desk.app
            && app.store.tenancy().profile(profile).is_none()
        {
            bail!("{profile} is not in {place}; 'hansard profile create' makes it");
        }
        Ok(desk)
    }

    /// The customer's directory.
    pub(super) fn directory(&self) -> Directory<Way> {
        Directory::new(self.managing.clone(), &self.customer)
    }

    /// The directory, as whoever works with conversations sees it.
    pub(super) fn working_directory(&self) -> Directory<Way> {
        Directory::new(self.working.clone(), &self.customer)
    }

    /// The application of the store; none where a server has it.
    pub(super) fn app(&self) -> Option<&App> {
        self.app.as_deref()
    }

    /// The conversations, as a client sees them.
    pub(super) fn conversations(&self) -> Conversations<Way> {
        Conversations::new(self.working.clone())
    }

    /// Removals, as a client sees them.
    pub(super) fn redactions(&self) -> Redactions<Way> {
        Redactions::new(self.working.clone())
    }

    /// Runs something to its end.
    pub(super) fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Waits until keyword searches need not read what a store was given just now; a server does so by itself.
    pub(super) fn index_keywords(&self) -> anyhow::Result<()> {
        let Some(app) = &self.app else { return Ok(()) };
        let bar = Bar::new("Indexing");
        let mut total = 0;
        loop {
            let left = self.runtime.block_on(app.store.unindexed_changes())?.unsigned_abs();
            total = left.max(total);
            bar.show(total - left, total);
            if left == 0 {
                bar.clear();
                return Ok(());
            }
            std::thread::sleep(LOOK_AT_INDEX_EVERY);
        }
    }

    /// Lets the store go; of a folder it folds the log into the database.
    pub(super) fn close(self) -> anyhow::Result<()> {
        match self.app {
            Some(app) => Ok(app.store.close()?),
            None => Ok(()),
        }
    }
}

/// The same command for the server that holds the folder, where one does.
fn remedy(location: &Location) -> String {
    let Location::Folder(data_dir) = location else { return String::new() };
    let Some(url) = folder::holder(data_dir).and_then(|holder| holder.address) else { return String::new() };
    let command = on_server(env::args().skip(1), &url);
    format!(".\nWork through the server, with a key of it in HANSARD_KEY:\n  {command}")
}

/// A command line for a server instead of a folder.
fn on_server(args: impl Iterator<Item = String>, url: &str) -> String {
    let mut words = vec!["hansard".to_owned()];
    let mut args = args;
    while let Some(arg) = args.next() {
        if arg == "--data-dir" {
            args.next();
        } else if !arg.starts_with("--data-dir=") {
            words.push(quoted(&arg));
        }
    }
    words.push(format!("--server {url}"));
    words.join(" ")
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@,+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_for_the_server_is_the_one_that_was_given() {
        let words = |line: &str| line.split('|').map(str::to_owned).collect::<Vec<_>>().into_iter();
        assert_eq!(
            on_server(words("key|create|--data-dir|d|--customer|acme|--display-name|it's me"), "http://h:1"),
            "hansard key create --customer acme --display-name 'it'\\''s me' --server http://h:1"
        );
        assert_eq!(
            on_server(words("key|list|--data-dir=d"), "http://h"),
            "hansard key list --server http://h"
        );
    }
}
