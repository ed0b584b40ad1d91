//! `hansard demo`: a server on the loopback with made-up conversations in it.

use std::{net::SocketAddr, path::PathBuf};

use anyhow::{Context, bail};
use clap::{ArgMatches, Args, Command, Error, FromArgMatches};
use hansard_domain::{
    Id,
    caller::{Caller, Role},
    directory::ApiKeyBody,
    name::CustomerName,
};
use hansard_store::{Location, Ticket};

use super::{
    multi_threaded, print,
    serve::{REDACTION, parse_address},
    store::{StoreText, database},
};
use crate::{
    config::{Config, Retention},
    demo,
    dialect::service::Local,
    serve::{Bound, stop_signal},
    service::{Call, api_key},
    telemetry::Metrics,
};

/// The profile that a new store has; the demo fills it.
const CUSTOMER: &str = "default";
const PARENT: &str = "customers/default/profiles/default";

const EXAMPLES: &str = "\
Examples:
  hansard demo
  hansard demo --data-dir ./demo-data --listen 127.0.0.1:8080
  hansard demo --seed 7

Makes about 200 conversations over the five channels and one that stays live and keeps talking, then prints the
address, a key and six commands to paste. The same seed makes the same conversations.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct DemoArgs {
    #[command(flatten)]
    kept: KeptArgs,
    /// Loopback address and port; port 0 takes any free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0", value_parser = parse_address)]
    pub listen: SocketAddr,
    /// What the conversations are made from
    #[arg(long, value_name = "NUMBER", default_value_t = demo::SEED)]
    pub seed: u64,
}

/// Where the conversations are kept; none = nowhere for long.
#[derive(Debug)]
struct KeptArgs(Option<Location>);

#[derive(Debug, Args)]
struct KeptFlags {
    /// Keeps the conversations in this folder; a temporary one that goes at the end unless given
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Keeps the conversations in this PostgreSQL database
    #[arg(long, value_name = "URL")]
    store: Option<StoreText>,
}

impl Args for KeptArgs {
    fn augment_args(command: Command) -> Command {
        KeptFlags::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        KeptFlags::augment_args_for_update(command)
    }
}

impl FromArgMatches for KeptArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let KeptFlags { data_dir, store } = KeptFlags::from_arg_matches(matches)?;
        let database = database(matches, store.as_ref())?;
        Ok(Self(database.map(Location::Postgres).or_else(|| data_dir.map(Location::Folder))))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl DemoArgs {
    pub(super) fn run(self) -> anyhow::Result<()> {
        self.check_exposure()?;
        match &self.kept.0 {
            Some(location) => self.serve(location),
            None => {
                let folder = tempfile::Builder::new().prefix("hansard-demo-").tempdir()?;
                self.serve(&Location::Folder(folder.path().to_owned()))
            }
        }
    }

    fn serve(&self, location: &Location) -> anyhow::Result<()> {
        let config = Config {
            location: location.clone(),
            listen: self.listen,
            tls: None,
            insecure_bind: false,
            cors_origins: Vec::new(),
            external_detectors: Vec::new(),
            retention: Retention::default(),
        };
        multi_threaded()?.block_on(async {
            let stop = stop_signal().await?;
            let server = Bound::open(&config, Metrics::install()?).await?;
            let caller = Caller::command_line(Id::known(CUSTOMER));
            let services = Local::new(&server.app, caller.clone());
            let key = match server.first_key.clone() {
                Some(key) => key,
                None => another_key(&server, &services, caller).await?,
            };
            demo::populate(services.clone(), PARENT, self.seed).await.context("cannot fill the demo")?;
            print(demo::guide(server.address()?, &key, PARENT))?;
            print(format_args!("Note: {REDACTION}. Ctrl-C ends the demo."))?;
            let seed = self.seed;
            let talking = tokio::spawn(async move { demo::keep_talking(services, PARENT, seed).await });
            let outcome = server.run(stop).await;
            talking.abort();
            outcome
        })
    }

    /// Refuses addresses that other machines reach: a demo's key is on the screen.
    pub fn check_exposure(&self) -> anyhow::Result<()> {
        if self.listen.ip().is_loopback() {
            return Ok(());
        }
        bail!(
            "demo listens on the loopback only, not on {}; use 'hansard serve' for other machines",
            self.listen
        )
    }
}

/// Makes a key for a store that an earlier demo filled; every other record is left alone.
async fn another_key(server: &Bound, services: &Local, caller: Caller) -> anyhow::Result<String> {
    if !demo::is_in(services.clone(), PARENT).await? {
        bail!("the store holds a record that no demo made; give an absent or empty one");
    }
    let call = Call { caller, ticket: Ticket { request_id: "demo".into(), idempotency: None } };
    let customer = CustomerName(Id::known(CUSTOMER));
    let body = ApiKeyBody { role: Role::Admin, display_name: "Demo".to_owned(), ..ApiKeyBody::default() };
    let issued = api_key::create(&server.app, &call, &customer, body).await?;
    issued.secret.context("a new key has no secret")
}
