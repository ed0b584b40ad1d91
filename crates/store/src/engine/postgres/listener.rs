//! Hears what other processes tell of the store.
//!
//! What it hears is a hint: the truth is read from the store. Whatever it may have missed, it says so.

use std::{
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use hansard_domain::{Error, Result};

use super::{
    client::{Open, connect},
    server,
};
use crate::engine::{DatabaseUrl, Fault, health::Monitor};

/// The channel of a database's store.
pub(super) const CHANNEL: &str = "hansard";
/// How soon it notices that it is to stop.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// An operator may change them at any time.
const LOOK_AT_SETTINGS_EVERY: Duration = Duration::from_secs(10);
/// How long it waits for a server that is not there.
const REST: Duration = Duration::from_millis(250);

/// What was heard.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard<'t> {
    /// What another process told, or this one.
    Text(&'t str),
    /// Something may have been told while nobody listened.
    Gap,
}

/// Who is told what was heard.
pub(crate) type Hear = Box<dyn Fn(&Heard<'_>) -> Result<()> + Send>;

/// Ends the thread when it is dropped.
#[derive(Debug)]
pub(crate) struct Listener {
    stop: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Listener {
    /// Has `hear` called, on a thread of its own, with whatever is told. After a failure of it there is a gap.
    pub(crate) fn start(url: &DatabaseUrl, monitor: &Monitor, hear: Hear) -> Result<Self> {
        let (stop, stopped) = bounded(0);
        let listening = Listening { url: url.clone(), monitor: monitor.clone(), stopped, hear };
        let thread = thread::Builder::new()
            .name("store-listen".to_owned())
            .spawn(move || listening.run())
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
    hear: Hear,
}

impl Listening {
    fn run(&self) {
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
        (self.hear)(&Heard::Gap)?;
        let mut looked: Option<Instant> = None;
        while !self.is_stopped() {
            if looked.is_none_or(|looked| looked.elapsed() > LOOK_AT_SETTINGS_EVERY) {
                looked = Some(Instant::now());
                self.monitor.note_relaxations(&server::relaxations(&mut open).map_err(lost)?);
            }
            if let Some(told) = open.hear(LOOK_EVERY) {
                (self.hear)(&Heard::Text(told.payload()))?;
            }
            if open.is_closed() {
                return Err(Fault::Lost("the connection was lost".to_owned()).error());
            }
        }
        Ok(())
    }

    fn is_stopped(&self) -> bool {
        self.stopped.recv_timeout(Duration::ZERO) != Err(RecvTimeoutError::Timeout)
    }
}
