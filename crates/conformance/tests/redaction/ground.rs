//! A server of a test's own, all of whose files lie in one folder, temporary ones as well.

use std::path::{Path, PathBuf};
use std::process::Command;

use hansard_conformance::binary::{command, create_key, run_on};
use hansard_conformance::client::Client;
use hansard_conformance::desk::Desk;
use hansard_conformance::residue::{Search, Trace};
use hansard_conformance::server::Server;
use hansard_conformance::store;
use tempfile::TempDir;

pub(crate) struct Ground {
    pub(crate) server: Server,
    /// An admin at `customers/acme/profiles/support`.
    pub(crate) desk: Desk,
    pub(crate) key: String,
    folder: TempDir,
}

impl Ground {
    pub(crate) fn open() -> Self {
        let binary = command().get_program().to_owned();
        Self::open_with(Path::new(&binary))
    }

    /// Lets another binary serve.
    pub(crate) fn open_with(binary: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        run_on(&data, "profile create --customer acme --profile support --language en-US").ok();
        let key = create_key(&data, "--customer acme --role admin");
        let temporary = folder.path().join("tmp");
        std::fs::create_dir(&temporary).unwrap();
        let mut serve = Command::new(binary);
        serve.args(["serve", "--listen", "127.0.0.1:0"]).args(store::flags(&data));
        for variable in ["TMPDIR", "SQLITE_TMPDIR"] {
            serve.env(variable, &temporary);
        }
        let server = Server::spawn(serve);
        let client = Client::new(server.address(), &key);
        let desk = Desk::new(client, "customers/acme/profiles/support");
        Self { server, desk, key, folder }
    }

    /// Holds every file that the server has written.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Searches the files of the store, or what its database gives away.
    pub(crate) fn stored(&self, search: &Search) -> Vec<Trace> {
        if store::is_shared() {
            let backup = store::back_up(&self.data(), &self.folder().join("backup"));
            return search.bytes(Path::new("(its database)"), &backup);
        }
        search.folder(&self.data())
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }
}
