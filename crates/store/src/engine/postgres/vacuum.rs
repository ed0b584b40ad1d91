//! Rids the server's tables of rows that were deleted or written over, soon after somebody asked for it.
//!
//! The server's own vacuum waits until a fifth of a table is dead. What a row held may still lie in the log, in the free part
//! of its page until that is written over, and in backups: docs/redaction.md.

use std::{
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use hansard_domain::{Error, Result};

use super::client::connect;
use crate::engine::{DatabaseUrl, Fault};

/// How long askers are gathered.
const REST: Duration = Duration::from_secs(1);
/// A row goes when no read is left that may see it, so that it is done twice.
const READS_AT_MOST: Duration = Duration::from_secs(6);
const AGAIN_AFTER_FAILURE: Duration = Duration::from_secs(5);

const TABLES: &str = "select string_agg(quote_ident(tablename), ', ') from pg_tables
    where schemaname = current_schema() and tableowner = current_user";

/// Ends the thread when it is dropped.
#[derive(Debug)]
pub(crate) struct Vacuum {
    running: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Vacuum {
    pub(crate) fn start(url: &DatabaseUrl) -> Result<Self> {
        // One request more than the one in hand: whoever asks meanwhile is served after it.
        let (ask, asked) = bounded(1);
        let url = url.clone();
        let thread = thread::Builder::new()
            .name("store-vacuum".to_owned())
            .spawn(move || keep_clean(&url, &asked))
            .map_err(Error::internal)?;
        Ok(Self { running: Some((ask, thread)) })
    }

    /// Has what was deleted so far go soon.
    pub(crate) fn request(&self) {
        if let Some((ask, _)) = &self.running {
            let _ = ask.try_send(());
        }
    }
}

impl Drop for Vacuum {
    fn drop(&mut self) {
        let Some((ask, thread)) = self.running.take() else { return };
        drop(ask);
        if thread.join().is_err() {
            tracing::error!("the thread that vacuums the tables panicked");
        }
    }
}

/// Works until the store is closed. What is asked for just before that is left to the server's own vacuum.
fn keep_clean(url: &DatabaseUrl, asked: &Receiver<()>) {
    while asked.recv().is_ok() && clean(url, asked).is_some() {}
}

/// Vacuums twice, and again as long as somebody asks meanwhile; nothing where the store is closed.
fn clean(url: &DatabaseUrl, asked: &Receiver<()>) -> Option<()> {
    let mut is_asked_again = true;
    while is_asked_again {
        pause(asked, REST)?;
        vacuum_until_done(url, asked)?;
        is_asked_again = pause(asked, READS_AT_MOST)?;
        vacuum_until_done(url, asked)?;
    }
    Some(())
}

fn vacuum_until_done(url: &DatabaseUrl, asked: &Receiver<()>) -> Option<()> {
    while let Err(fault) = vacuum(url) {
        tracing::warn!(?fault, "the tables could not be vacuumed: tried again soon");
        pause(asked, AGAIN_AFTER_FAILURE)?;
    }
    Some(())
}

/// Answers whether somebody asked meanwhile; nothing where the store is closed.
fn pause(asked: &Receiver<()>, length: Duration) -> Option<bool> {
    let until = Instant::now() + length;
    let mut is_asked = false;
    loop {
        match asked.recv_deadline(until) {
            Ok(()) => is_asked = true,
            Err(RecvTimeoutError::Timeout) => return Some(is_asked),
            Err(RecvTimeoutError::Disconnected) => return None,
        }
    }
}

fn vacuum(url: &DatabaseUrl) -> Result<(), Fault> {
    let open = connect(url)?;
    let row = open.row(TABLES, &[]).map_err(|error| Fault::from(&error))?;
    let Some(tables) = row.get::<_, Option<String>>(0) else { return Ok(()) };
    let done = open.script(&format!("vacuum {tables}")).map_err(|error| Fault::from(&error));
    open.close();
    done
}
