//! A database with a customer in it, and what is done there.

use hansard_cluster::Database;
use hansard_conformance::{
    binary::{Finished, command, finish},
    client::Client,
    desk::Desk,
    server::Server,
};

pub(crate) const SUPPORT: &str = "customers/acme/profiles/support";

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
