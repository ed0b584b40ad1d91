//! The standard house: customers, profiles and one key for each kind of caller, made with the command line,
//! and one server that all tests of a process share.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;

use crate::binary::{create_key, run_on};
use crate::client::Client;
use crate::desk::Desk;
use crate::server::Server;

/// The keys of the house. `acme` is the customer under test, `globex` the neighbour.
#[derive(Debug, Clone)]
pub struct Keys {
    pub operator: String,
    pub admin: String,
    pub supervisor: String,
    /// Acts as `customers/acme/users/ada`.
    pub agent: String,
    pub writer: String,
    pub reader: String,
    /// An admin of `acme` limited to the profile `sales`.
    pub other_profile: String,
    /// An admin of `globex`.
    pub other_tenant: String,
}

/// A served folder with the standard customers and keys.
pub struct House {
    pub server: Server,
    pub keys: Keys,
    pub folder: TempDir,
}

impl House {
    /// Builds a house of its own, for a test that must not share.
    pub fn build() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path();
        run_on(dir, "profile create --customer acme --profile support --language en-US --language de-DE")
            .ok();
        run_on(dir, "profile create --customer acme --profile sales --language en-US").ok();
        run_on(dir, "profile create --customer globex --profile support --language en-US").ok();
        let acme = |rest: &str| create_key(dir, &format!("--customer acme {rest}"));
        let keys = Keys {
            operator: acme("--role operator"),
            admin: acme("--role admin"),
            supervisor: acme("--role supervisor"),
            agent: acme("--user ada --role agent"),
            writer: acme("--role writer"),
            reader: acme("--role reader"),
            other_profile: acme("--profile sales --role admin"),
            other_tenant: create_key(dir, "--customer globex --role admin"),
        };
        // Some tests look at conversations that are due by their own word.
        let server = Server::start_with(dir, &["--retention-interval", "never"]);
        Self { server, keys, folder }
    }

    /// Returns a caller with this key.
    pub fn client(&self, key: &str) -> Client {
        Client::new(self.server.address(), key)
    }

    pub fn admin(&self) -> Client {
        self.client(&self.keys.admin)
    }

    pub fn operator(&self) -> Client {
        self.client(&self.keys.operator)
    }

    /// Makes an admin's key that has run out when this returns.
    pub fn expired_key(&self) -> String {
        let lifetime = Duration::from_millis(1200);
        let expiry = jiff::Timestamp::now() + lifetime;
        let key = self
            .admin()
            .post("/v1/customers/acme/apiKeys", &json!({"role": "ADMIN", "expireTime": expiry.to_string()}))
            .ok();
        std::thread::sleep(lifetime);
        key["secret"].as_str().unwrap().to_owned()
    }

    /// Makes a fresh profile of `acme`, with languages en-US (default) and de-DE, and sits down at it as admin.
    pub fn desk(&self) -> Desk {
        let profile = unique("desk");
        let languages = json!({"languageCodes": ["en-US", "de-DE"]});
        self.admin().post(&format!("/v1/customers/acme/profiles?profileId={profile}"), &languages).ok();
        Desk::new(self.admin(), &format!("customers/acme/profiles/{profile}"))
    }
}

/// Returns the house that the tests of this process share.
pub fn house() -> &'static House {
    static HOUSE: OnceLock<House> = OnceLock::new();
    HOUSE.get_or_init(|| {
        let mut house = House::build();
        house.server.remove_at_exit(house.folder.path());
        house
    })
}

/// Returns an id that no other test of this process uses.
pub fn unique(prefix: &str) -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(1);
    format!("{prefix}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Returns the moment that lies so many whole seconds back, as the wire prints it.
pub fn seconds_ago(seconds: u64) -> String {
    let now = jiff::Timestamp::from_second(jiff::Timestamp::now().as_second()).unwrap();
    (now - Duration::from_secs(seconds)).to_string()
}
