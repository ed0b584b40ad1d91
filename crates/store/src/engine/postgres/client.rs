//! One connection to the server, made anew after it was lost, with the statements that it has prepared.

use std::{
    cell::{RefCell, RefMut},
    collections::HashMap,
    fmt, thread,
    time::Duration,
};

use hansard_domain::{Error, Result};
use postgres::{Client, NoTls, Statement};
use tokio::runtime::Handle;

use super::{fault, server};
use crate::engine::{DatabaseUrl, Fault};

/// More statements than the store has; what makes its text as it runs must not fill the server.
const STATEMENTS_CACHED: usize = 512;
/// A server that does not answer within this is not there.
const CONNECT_WITHIN: Duration = Duration::from_secs(3);
/// How long what was sent may stay unanswered by the server's machine.
const ACKNOWLEDGED_WITHIN: Duration = Duration::from_secs(5);

/// A connection that may be lost, and then is made anew.
pub(super) struct Connection {
    url: DatabaseUrl,
    open: RefCell<Option<Open>>,
}

/// A connection as long as it lasts.
pub(super) struct Open {
    pub(super) client: Client,
    statements: HashMap<Box<str>, Statement>,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("url", &self.url).finish_non_exhaustive()
    }
}

impl Connection {
    /// A connection that is made when it is first used.
    pub(super) fn new(url: &DatabaseUrl) -> Self {
        Self { url: url.clone(), open: RefCell::default() }
    }

    /// Runs statements that need no parameters and answer nothing, on a new connection if there is none.
    ///
    /// To be used where a transaction begins: one that was lost meanwhile is made anew.
    pub(super) fn begin(&self, sql: &str) -> Result<(), Fault> {
        if self.is_open() {
            match self.run(sql) {
                Err(Fault::Lost(_)) => self.drop_client(),
                done => return done,
            }
        }
        *self.open.borrow_mut() = Some(connect(&self.url)?);
        self.run(sql)
    }

    /// Runs statements that need no parameters and answer nothing.
    pub(super) fn run(&self, sql: &str) -> Result<(), Fault> {
        let done = self.open()?.client.batch_execute(sql);
        done.map_err(|error| Fault::from(&error))
    }

    /// The connection, as long as nothing was lost.
    pub(super) fn open(&self) -> Result<RefMut<'_, Open>, Fault> {
        let lost = |_| Fault::Lost("the connection was lost".to_owned());
        RefMut::filter_map(self.open.borrow_mut(), Option::as_mut).map_err(lost)
    }

    pub(super) fn is_open(&self) -> bool {
        self.open.borrow().is_some()
    }

    /// Gives the connection up, with whatever transaction it has.
    pub(super) fn drop_client(&self) {
        let Some(open) = self.open.borrow_mut().take() else { return };
        // The driver waits for the end of the connection, which a thread of the runtime may not.
        if Handle::try_current().is_ok() {
            let _ = thread::spawn(move || drop(open)).join();
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.drop_client();
    }
}

impl Open {
    /// A statement of this text, prepared once.
    pub(super) fn prepare(&mut self, sql: &str) -> Result<Statement, postgres::Error> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        if self.statements.len() >= STATEMENTS_CACHED {
            self.statements.clear();
        }
        let statement = self.client.prepare(sql)?;
        self.statements.insert(sql.into(), statement.clone());
        Ok(statement)
    }

    /// Forgets a statement that failed: its tables may have changed under it.
    pub(super) fn forget(&mut self, sql: &str) {
        self.statements.remove(sql);
    }
}

/// Connects on a thread of its own, wherever this is called.
pub(super) fn connect(url: &DatabaseUrl) -> Result<Open, Fault> {
    let connect = || {
        let mut config = url.config().clone();
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_WITHIN);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(ACKNOWLEDGED_WITHIN);
        }
        if config.get_application_name().is_none() {
            config.application_name("hansard");
        }
        config.connect(NoTls)
    };
    let connected = thread::scope(|scope| scope.spawn(connect).join());
    match connected {
        Ok(Ok(client)) => Ok(Open { client, statements: HashMap::new() }),
        // Also a wrong password: it may be right again once the operator has mended it.
        Ok(Err(error)) => Err(Fault::Lost(fault::text(&error))),
        Err(_) => Err(Fault::Lost("the driver panicked".to_owned())),
    }
}

/// Connects for the first time, and refuses a server that cannot hold a store.
pub(super) fn connect_first(url: &DatabaseUrl) -> Result<Connection> {
    let refused = |fault: Fault| match fault {
        Fault::Lost(reason) => {
            Error::failed_precondition(format!("the store {url} cannot be opened: {reason}"))
        }
        fault => fault.error(),
    };
    let connection = Connection::new(url);
    connection.begin("select 1").map_err(refused)?;
    server::check(url, &mut connection.open().map_err(refused)?.client)?;
    Ok(connection)
}
