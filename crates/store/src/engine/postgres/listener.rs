//! Hears what other processes tell of the store.
//!
//! What it hears is a hint: the truth is read from the store. Whatever it may have missed, it says so.

use std::{
    thread::{self, JoinHandle},
    time::Duration,
};

use super::client::{Open, connect};
use crate::engine::{DatabaseUrl, Fault};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use hansard_domain::{Error, Result};

/// The channel of a database's store.
pub(super) const CHANNEL: &str = "hansard";
/// How soon it notices that it is to stop.
const LOOK_EVERY: Duration = Duration::from_millis(100);
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
    pub(crate) fn start(url: &DatabaseUrl, hear: Hear) -> Result<Self> {
        let (stop, stopped) = bounded(0);
        let url = url.clone();
        let thread = thread::Builder::new()
            .name("store-listen".to_owned())
            .spawn(move || listen(&url, &stopped, &hear))
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

fn listen(url: &DatabaseUrl, stopped: &Receiver<()>, hear: &Hear) {
    while stopped.recv_timeout(Duration::ZERO) == Err(RecvTimeoutError::Timeout) {
        let open = connect(url).map_err(|fault| fault.error());
        match open.and_then(|open| hear_until_lost(open, stopped, hear)) {
            Ok(()) => return,
            Err(error) => {
                tracing::warn!(?error, "nothing is heard of other processes: the connection is made anew");
                let _ = stopped.recv_timeout(REST);
            }
        }
    }
}

/// Ends without a fault when it is stopped.
fn hear_until_lost(mut open: Open, stopped: &Receiver<()>, hear: &Hear) -> Result<()> {
    open.script(&format!("listen {CHANNEL}")).map_err(|error| Fault::from(&error).error())?;
    hear(&Heard::Gap)?;
    while stopped.recv_timeout(Duration::ZERO) == Err(RecvTimeoutError::Timeout) {
        while let Some(told) = open.hear(LOOK_EVERY) {
            hear(&Heard::Text(told.payload()))?;
        }
        if open.is_closed() {
            return Err(Fault::Lost("the connection was lost".to_owned()).error());
        }
    }
    Ok(())
}
