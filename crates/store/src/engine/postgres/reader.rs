//! One read connection: snapshots that end in time.

use std::time::{Duration, Instant};

use hansard_domain::{Error, Result};

use super::{Session, client::Connection, server, wall};
use crate::{
    engine::{DatabaseUrl, Reach, guarded, health::Monitor},
    tx::Tx,
};

#[derive(Debug)]
pub(crate) struct Reader {
    connection: Connection,
    begin: String,
    time_max: Duration,
    monitor: Monitor,
}

impl Reader {
    /// A reader that connects at its first read.
    pub(crate) fn new(url: &DatabaseUrl, time_max: Duration, monitor: &Monitor) -> Self {
        let ms = time_max.as_millis();
        let begin = format!(
            "begin isolation level repeatable read read only; set local statement_timeout = {ms};
             set local idle_in_transaction_session_timeout = {}",
            2 * ms
        );
        Self { connection: Connection::new(url), begin, time_max, monitor: monitor.clone() }
    }

    /// Runs `work` on one snapshot of what is in its reach, which ends with it or when its time is over.
    pub(crate) fn read<T>(&self, reach: &Reach, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        let deadline = Instant::now() + self.time_max;
        // Who waits for a connection keeps the others waiting: while there is none, the writer looks for it.
        let begin = format!("{}; {}", self.begin, wall::confining(reach));
        let begun = self.connection.begin_unless(&begin, || self.monitor.is_unreachable());
        begun.map_err(|fault| {
            self.monitor.report(&fault);
            fault.error()
        })?;
        let tx = Tx::new(Session::new(&self.connection, Some(deadline)).into());
        let done = guarded(|| work(&tx));
        if self.connection.run("rollback").is_err() {
            self.connection.drop_client();
        }
        done
    }

    /// The settings by which a crash of the server's machine may lose what it acknowledged.
    pub(super) fn relaxations(&self) -> Result<Vec<&'static str>> {
        let open = self.connection.open().map_err(|fault| fault.error())?;
        server::relaxations(&open).map_err(Error::internal)
    }
}
