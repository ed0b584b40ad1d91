//! What a commit tells the processes that share the store: whose logs have grown, and that the tenants were changed.
//!
//! Within a process the door tells it itself. Between processes it goes as a short text, which is a hint: what is true
//! stands in the store, where whoever cannot be told looks for it.

use crate::{
    Engine, Tx,
    engine::{Heard, Hearer, Reach},
    live::Live,
    table::LastChange,
    tenancy::{self, ProfileKey, Tenancy},
};
use arc_swap::ArcSwap;
use hansard_domain::Result;
use std::sync::Arc;

/// Profiles that one text names; a server takes texts of up to 8,000 bytes.
const PROFILES_MAX: usize = 150;
/// The text that tells of a change of the tenants.
const TENANCY: &str = "tenancy";

/// Tells the last changes of profiles, once the transaction is committed.
pub(crate) fn tell_changes(tx: &Tx<'_>, last: &[(ProfileKey, LastChange)]) -> Result<()> {
    for last in last.chunks(PROFILES_MAX) {
        let words: Vec<String> =
            last.iter().map(|(profile, last)| format!("{}:{}", profile.0, last.number)).collect();
        tx.tell(&words.join(" "))?;
    }
    Ok(())
}

/// Tells that the tenants were changed, once the transaction is committed.
pub(crate) fn tell_tenancy(tx: &Tx<'_>) -> Result<()> {
    tx.tell(TENANCY)
}

/// What is to know what other processes tell.
pub(crate) struct Hearers {
    pub engine: Arc<Engine>,
    pub live: Arc<Live>,
    pub tenancy: Arc<ArcSwap<Tenancy>>,
}

impl Hearer for Hearers {
    fn hear(&self, heard: &Heard<'_>) -> Result<()> {
        match heard {
            Heard::Gap => {
                self.live.announce_all();
                self.renew_tenancy()
            }
            Heard::Text(TENANCY) => self.renew_tenancy(),
            Heard::Text(text) => {
                let told = text.split(' ').filter_map(read);
                told.for_each(|(profile, last)| self.live.announce(profile, last));
                Ok(())
            }
        }
    }

    /// Only of profiles that somebody watches: nobody else needs to be told.
    fn look(&self, tx: &Tx<'_>) -> Result<()> {
        tenancy::renew(&self.tenancy, tx)?;
        let watched = self.live.watched();
        let last = tx.last_changes(&watched)?;
        let told = watched.into_iter().zip(last).filter_map(|(profile, last)| Some((profile, last?.number)));
        told.for_each(|(profile, last)| self.live.announce(profile, last));
        Ok(())
    }
}

impl Hearers {
    fn renew_tenancy(&self) -> Result<()> {
        let tenancy = self.engine.read_blocking("load_tenancy", Reach::Store, Tenancy::load)?;
        tenancy::put_newer(&self.tenancy, tenancy);
        Ok(())
    }
}

fn read(word: &str) -> Option<(ProfileKey, i64)> {
    let (profile, last) = word.split_once(':')?;
    Some((ProfileKey(profile.parse().ok()?), last.parse().ok()?))
}
