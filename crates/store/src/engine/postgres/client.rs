//! One connection to the server, made anew after it was lost, with the statements that it knows.

use std::{
    cell::{RefCell, RefMut},
    collections::HashMap,
    fmt,
    future::{Future, poll_fn},
    sync::Arc,
    task::Poll,
    thread,
    time::Duration,
};

use hansard_domain::{Error, Result};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    runtime::{Builder, Handle, Runtime},
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinHandle,
    time::timeout,
};
use tokio_postgres::{
    AsyncMessage, Client, NoTls, Notification, Row,
    types::{ToSql, Type},
};

use super::{
    fault, server,
    statement::{Call, Failed, Prepared},
    tls::Tls,
    value::Owned,
};
use crate::engine::{DatabaseUrl, Fault, SslRule};

/// More statements than the store has; what makes its text as it runs must not fill the server.
const STATEMENTS_CACHED: usize = 512;
/// How long the end of a connection is waited for.
const LEAVE_WITHIN: Duration = Duration::from_secs(1);

/// A connection that may be lost, and then is made anew.
pub(super) struct Connection {
    url: DatabaseUrl,
    open: RefCell<Option<Open>>,
}

/// A connection as long as it lasts.
pub(super) struct Open {
    client: Client,
    /// Drives the connection while somebody waits for an answer, and not else.
    runtime: Runtime,
    connection: JoinHandle<()>,
    told: UnboundedReceiver<Notification>,
    statements: HashMap<Arc<str>, Arc<Prepared>>,
    /// Whether each transaction may run on another connection of the server.
    is_pooled: bool,
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
        self.begin_unless(sql, || false)
    }

    /// The same, unless the connection was lost and there is no use in making it anew.
    pub(super) fn begin_unless(&self, sql: &str, is_useless: impl FnOnce() -> bool) -> Result<(), Fault> {
        if self.is_open() {
            match self.run(sql) {
                Err(Fault::Lost(_)) => self.drop_client(),
                done => return done,
            }
        }
        if is_useless() {
            return Err(Fault::Lost("the server cannot be reached".to_owned()));
        }
        *self.open.borrow_mut() = Some(connect(&self.url)?);
        self.run(sql)
    }

    /// Runs statements that need no parameters and answer nothing.
    pub(super) fn run(&self, sql: &str) -> Result<(), Fault> {
        self.open()?.script(sql).map_err(|error| Fault::from(&error))
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
        // To wait for the end of the connection is nothing for a thread that drives asynchronous work.
        if Handle::try_current().is_ok() {
            let _ = thread::spawn(move || open.close()).join();
        } else {
            open.close();
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.drop_client();
    }
}

impl Open {
    /// Makes a statement of this text ready to be run, and prepares it where it was not yet.
    pub(super) fn call(&mut self, sql: &str, given: Vec<Owned>) -> Result<Call, Failed> {
        if let Some(prepared) = self.statements.get(sql) {
            return Ok(Call { prepared: Arc::clone(prepared), given });
        }
        if self.statements.len() >= STATEMENTS_CACHED {
            self.statements.clear();
        }
        let sql: Arc<str> = sql.into();
        let prepared = self.wait(Prepared::new(&self.client, Arc::clone(&sql), self.is_pooled));
        let prepared = Arc::new(prepared.map_err(|error| (Arc::clone(&sql), error))?);
        self.statements.insert(sql, Arc::clone(&prepared));
        Ok(Call { prepared, given })
    }

    /// The same with one insert in the place of several that stand together.
    pub(super) fn merged(&mut self, calls: &[Call]) -> Result<Vec<Call>, Failed> {
        let mut merged = Vec::new();
        for alike in calls.chunk_by(|one, next| Arc::ptr_eq(&one.prepared, &next.prepared)) {
            let mut rows: Vec<&[Owned]> = alike.iter().map(|call| &*call.given).collect();
            let prepared = &alike[0].prepared;
            while !rows.is_empty() {
                let count = prepared.many.as_ref().map_or(1, |many| many.fitting(&rows)).max(1);
                let many = prepared.many.as_ref().filter(|_| count > 1);
                let columns = many.and_then(|many| Some((many, many.columns(&rows[..count])?)));
                match columns {
                    Some((many, columns)) => merged.push(self.call(&many.sql, columns)?),
                    None => merged.extend(rows[..count].iter().map(|row| prepared.with(row))),
                }
                rows.drain(..count);
            }
        }
        Ok(merged)
    }

    /// One question in the place of the same asked with many parameters, where there is one.
    pub(super) fn together(&mut self, calls: &[Call]) -> Result<Option<Call>, Failed> {
        let [first, _, ..] = calls else { return Ok(None) };
        let Some(questions) = &first.prepared.questions else { return Ok(None) };
        let given: Vec<&[Owned]> = calls.iter().map(|call| &*call.given).collect();
        let Some(columns) = questions.columns(&given) else { return Ok(None) };
        let sql = Arc::clone(&questions.sql);
        self.call(&sql, columns).map(Some)
    }

    /// Forgets a statement that failed: its tables may have changed under it.
    pub(super) fn forget(&mut self, sql: &str) {
        self.statements.remove(sql);
    }

    /// Runs statements that need no parameters and answer nothing.
    pub(super) fn script(&self, sql: &str) -> Result<(), tokio_postgres::Error> {
        self.wait(self.client.batch_execute(sql))
    }

    /// Runs one statement that is given texts, by itself, and returns its only row.
    pub(super) fn row(&self, sql: &str, given: &[&str]) -> Result<Row, tokio_postgres::Error> {
        let given: Vec<_> = given.iter().map(|text| (text as &(dyn ToSql + Sync), Type::TEXT)).collect();
        self.wait(self.client.query_typed_one(sql, &given))
    }

    /// Runs one statement and returns how many rows it changed.
    pub(super) fn count(&self, call: &Call) -> Result<u64, Failed> {
        self.wait(call.count(&self.client))
    }

    /// Sends every statement before it waits for the first answer, and returns the rows of each.
    ///
    /// The server runs them in their order; after one that failed, none.
    pub(super) fn rows_of_each(&self, calls: &[Call]) -> Result<Vec<Vec<Row>>, Failed> {
        self.wait(async {
            let mut answers = Vec::with_capacity(calls.len());
            for call in calls {
                let mut answer = Box::pin(call.rows(&self.client));
                // Polled once, a statement is on its way.
                let first = poll_fn(|context| Poll::Ready(answer.as_mut().poll(context))).await;
                answers.push((first, answer));
            }
            let mut rows = Vec::with_capacity(calls.len());
            for (first, answer) in answers {
                rows.push(match first {
                    Poll::Ready(answered) => answered?,
                    Poll::Pending => answer.await?,
                });
            }
            Ok(rows)
        })
    }

    /// What the server tells whoever listens, if it tells something within this time.
    pub(super) fn hear(&mut self, within: Duration) -> Option<Notification> {
        let Self { runtime, told, .. } = self;
        runtime.block_on(async { timeout(within, told.recv()).await }).ok().flatten()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    fn wait<T>(&self, answer: impl Future<Output = T>) -> T {
        self.runtime.block_on(answer)
    }

    /// Takes leave of the server, which would log a connection that only breaks off.
    pub(super) fn close(self) {
        let Self { client, runtime, connection, .. } = self;
        drop(client);
        let _ = runtime.block_on(async { timeout(LEAVE_WITHIN, connection).await });
    }
}

/// Connects on a thread of its own, wherever this is called.
pub(super) fn connect(url: &DatabaseUrl) -> Result<Open, Fault> {
    let connected = thread::scope(|scope| scope.spawn(|| connect_here(url)).join());
    match connected {
        Ok(Ok(open)) => Ok(open),
        // Also a wrong password: it may be right again once the operator has mended it.
        Ok(Err(reason)) => Err(Fault::Lost(reason)),
        Err(_) => Err(Fault::Lost("the driver panicked".to_owned())),
    }
}

fn connect_here(url: &DatabaseUrl) -> Result<Open, String> {
    let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    let refused = |error: tokio_postgres::Error| fault::text(&error);
    let (tell, told) = unbounded_channel();
    let (client, connection) = match url.ssl() {
        SslRule::Disable => {
            let (client, connection) = runtime.block_on(url.config().connect(NoTls)).map_err(refused)?;
            (client, runtime.spawn(drive(connection, tell)))
        }
        _ => {
            let tls = Tls::new(url).map_err(|error| error.to_string())?;
            let (client, connection) = runtime.block_on(url.config().connect(tls)).map_err(refused)?;
            (client, runtime.spawn(drive(connection, tell)))
        }
    };
    Ok(Open { client, runtime, connection, told, statements: HashMap::new(), is_pooled: url.is_pooled() })
}

/// Moves what is sent and answered, until the connection ends. Whatever ends it, the next statement says so.
async fn drive<S, T>(mut connection: tokio_postgres::Connection<S, T>, tell: UnboundedSender<Notification>)
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
        if let AsyncMessage::Notification(notification) = message {
            let _ = tell.send(notification);
        }
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
    server::check(url, &*connection.open().map_err(refused)?)?;
    Ok(connection)
}
