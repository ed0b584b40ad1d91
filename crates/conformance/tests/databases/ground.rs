//! A database with a customer in it, and what is done there.

use hansard_cluster::{Database, Held, Own};
use hansard_conformance::{
    binary::{Finished, command, finish},
    client::Client,
    desk::Desk,
    server::Server,
};
use std::{
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

pub(crate) const SUPPORT: &str = "customers/acme/profiles/support";

const STUCK_WITHIN: Duration = Duration::from_secs(60);
const WAITING: &str = "select count(*) from pg_locks where not granted";

/// Runs a command line, split at spaces, on a database.
pub(crate) fn run_at(url: &str, line: &str) -> Finished {
    finish(command().args(line.split(' ')).env("HANSARD_STORE", url))
}

/// Serves a database with further arguments.
pub(crate) fn serve(url: &str, args: &[&str]) -> Server {
    let mut serve = command();
    serve.arg("serve").env("HANSARD_STORE", url).args(["--listen", "127.0.0.1:0"]).args(args);
    Server::spawn(serve)
}

/// Makes the profile `support` of `acme`, and an admin's key.
pub(crate) fn make_acme(url: &str) -> String {
    run_at(url, "profile create --customer acme --profile support --language en-US").ok();
    run_at(url, "key create --customer acme --role admin").ok().trim_end().to_owned()
}

/// An admin at a server.
pub(crate) fn desk_at(server: &Server, key: &str) -> Desk {
    Desk::new(Client::new(server.address(), key), SUPPORT)
}

/// A new database with the profile `support` of `acme`, and an admin's key.
pub(crate) fn acme() -> (Database, String) {
    let database = Database::new();
    let key = make_acme(&database.url());
    (database, key)
}

/// Runs a command until it waits for a lock which the test holds.
pub(crate) fn spawn_stuck(mut command: Command, own: &Own, lock: &str) -> (Child, Held) {
    let held = own.hold(lock);
    let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let until = Instant::now() + STUCK_WITHIN;
    while own.query(&[WAITING]).unwrap().trim() == "0" {
        assert!(Instant::now() < until, "nothing comes to the lock: {lock}");
        thread::sleep(Duration::from_millis(10));
    }
    (child, held)
}
