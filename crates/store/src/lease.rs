//! What one of the servers that share a store does for all of them.
//!
//! A lease saves work; nothing may rely on it for what is right: clocks differ, and who has it may be slow.

use crate::{Direct, Outcome, Receipt, Store, Written};
use hansard_domain::{Result, Span};

/// Whether a lease was taken.
struct Taken(bool);

impl Outcome for Taken {
    fn receipt(&self) -> Receipt {
        Receipt::default()
    }
}

impl Store {
    /// Takes or renews a lease for a time; answers whether this server has it. Who has a store alone always has it.
    ///
    /// Whoever has taken one knows the tenants as they were at that moment, or newer.
    pub async fn lease(&self, name: &str, span: Span) -> Result<bool> {
        if !self.is_shared() {
            return Ok(true);
        }
        let (name, holder) = (name.to_owned(), self.holder().to_owned());
        let work = move |direct: &mut Direct<'_>| {
            let now = direct.now();
            direct.tx.take_lease(&name, &holder, now, now.plus(span)).map(Taken)
        };
        Ok(match self.transact_own("lease", work).await? {
            Written::Fresh(Taken(taken)) => taken,
            Written::Replayed(_) => false,
        })
    }

    /// Gives a lease back before its time.
    pub async fn release(&self, name: &str) -> Result<()> {
        if !self.is_shared() {
            return Ok(());
        }
        let (name, holder) = (name.to_owned(), self.holder().to_owned());
        let work = move |direct: &mut Direct<'_>| direct.tx.delete_lease(&name, &holder);
        self.transact_own("release", work).await.map(drop)
    }
}
