//! Hears what other processes tell of the store, or looks for it where nothing can be heard.
//!
//! What it hears is a hint: the truth is read from the store. Whatever it may have missed, it says so. A pooler that hands on the
//! server's connections after each transaction hands on no notices.

use std::{
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use hansard_domain::{Error, Result};

use super::{
    Reader,
    client::{Open, connect},
    server,
};
use crate::{
    engine::{DatabaseUrl, Fault, Reach, health::Monitor},
    tx::Tx,
};

/// The channel of a database's store.
pub(super) const CHANNEL: &str = "hansard";
/// How soon it notices that it is to stop.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// An operator may change them at any time.
const LOOK_AT_SETTINGS_EVERY: Duration = Duration::from_secs(10);
/// How long it waits for a server that is not there.
const REST: Duration = Duration::from_millis(250);
/// How often it looks where it cannot hear: a watcher is to be told within 50 ms.
const LOOK_FOR_NEWS_EVERY: Duration = Duration::from_millis(20);
/// No look lasts longer.
const LOOK_MAX: Duration = Duration::from_secs(5);

const LISTENS: &str = "select exists (select 1 from pg_listening_channels() c where c = $1)";

/// What was heard.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard<'t> {
    /// What another process told, or this one.
    Text(&'t str),
    /// Something may have been told while nobody listened.
    Gap,
}

/// Who is told what was heard.
pub(crate) trait Hearer: Send {
    /// Takes in what was heard; after a failure there is a gap.
    fn hear(&self, heard: &Heard<'_>) -> Result<()>;

    /// Looks for whatever others may have told.
    fn look(&self, tx: &Tx<'_>) -> Result<()>;
}

/// Ends the thread when it is dropped.
#[derive(Debug)]
pub(crate) struct Listener {
    stop: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Listener {
    /// Has the hearer told, on a thread of its own, or look.
    pub(crate) fn start(url: &DatabaseUrl, monitor: &Monitor, hearer: Box<dyn Hearer>) -> Result<Self> {
        let (stop, stopped) = bounded(0);
        let listening = Listening { url: url.clone(), monitor: monitor.clone(), stopped, hearer };
        let thread = thread::Builder::new()
            .name("store-listen".to_owned())
            .spawn(move || if listening.url.is_pooled() { listening.look() } else { listening.listen() })
            .map_err(Error::internal)?;
        Ok(Self { stop: Some((stop, thread)) })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let Some((stop, thread)) = self.stop.take() else { return };
        drop(stop);
        if thread.join().is_err() {
            tracing::error!("the thread that hears other processes panicked");
        }
    }
}

/// The thread's own.
struct Listening {
    url: DatabaseUrl,
    monitor: Monitor,
    stopped: Receiver<()>,
    hearer: Box<dyn Hearer>,
}

impl Listening {
    fn listen(&self) {
        while !self.is_stopped() {
            let open = connect(&self.url).map_err(|fault| {
                // Where nobody reads or writes, this is how it is noticed.
                self.monitor.report(&fault);
                fault.error()
            });
            match open.and_then(|open| self.hear_until_lost(open)) {
                Ok(()) => return,
                Err(error) => {
                    tracing::warn!(
                        ?error,
                        "nothing is heard of other processes: the connection is made anew"
                    );
                    let _ = self.stopped.recv_timeout(REST);
                }
            }
        }
    }

    /// Ends without a fault when it is stopped.
    fn hear_until_lost(&self, mut open: Open) -> Result<()> {
        let lost = |error: tokio_postgres::Error| Fault::from(&error).error();
        open.script(&format!("listen {CHANNEL}")).map_err(lost)?;
        self.hearer.hear(&Heard::Gap)?;
        let mut looked: Option<Instant> = None;
        while !self.is_stopped() {
            if is_due(&mut looked) {
                self.monitor.note_relaxations(&server::relaxations(&open).map_err(lost)?);
                if !open.row(LISTENS, &[CHANNEL]).map_err(lost)?.get::<_, bool>(0) {
                    return Err(deaf());
                }
            }
            if let Some(told) = open.hear(LOOK_EVERY) {
                self.hearer.hear(&Heard::Text(told.payload()))?;
            }
            if open.is_closed() {
                return Err(Fault::Lost("the connection was lost".to_owned()).error());
            }
        }
        Ok(())
    }

    /// Looks again and again. Each look tells all that there is to tell, so that one that failed leaves no gap.
    fn look(&self) {
        let reader = Reader::new(&self.url, LOOK_MAX, &self.monitor);
        let (mut looked, mut is_well, mut rest) = (None, true, Duration::ZERO);
        while !self.is_stopped_after(rest) {
            let began = Instant::now();
            let found = reader
                .read(&Reach::Store, |tx| self.hearer.look(tx))
                .and_then(|()| self.note_settings(&reader, &mut looked));
            if let (Err(error), true) = (&found, is_well) {
                tracing::warn!(?error, "what other processes changed is not seen: it is looked for again");
            }
            is_well = found.is_ok();
            // A server that is slow is not kept busy by looks.
            rest = if is_well { LOOK_FOR_NEWS_EVERY.max(began.elapsed()) } else { REST };
        }
    }

    fn note_settings(&self, reader: &Reader, looked: &mut Option<Instant>) -> Result<()> {
        if is_due(looked) {
            self.monitor.note_relaxations(&reader.relaxations()?);
        }
        Ok(())
    }

    fn is_stopped(&self) -> bool {
        self.is_stopped_after(Duration::ZERO)
    }

    fn is_stopped_after(&self, rest: Duration) -> bool {
        self.stopped.recv_timeout(rest) != Err(RecvTimeoutError::Timeout)
    }
}

/// Whether the settings are to be looked at, which they then are.
fn is_due(looked: &mut Option<Instant>) -> bool {
    let is_due = looked.is_none_or(|looked| looked.elapsed() > LOOK_AT_SETTINGS_EVERY);
    if is_due {
        *looked = Some(Instant::now());
    }
    is_due
}

/// The server does not know that somebody listens: it was told on another connection.
fn deaf() -> Error {
    let text = format!("watchers are not told in time: a pooler is in the way, {}", server::REMEDY);
    Error::unavailable(text)
}
