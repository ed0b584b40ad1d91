//! Table `key_head`: the store's own numbers of customers and profiles.

use crate::Tx;
use hansard_domain::{Error, Result};

impl Tx<'_> {
    /// A key that no customer or profile, whichever `kind` names, has had before.
    pub(crate) fn new_key(&self, kind: &str) -> Result<i64> {
        let sql = "insert into key_head (kind, last_key) values ($1, 1)
            on conflict (kind) do update set last_key = key_head.last_key + 1
            returning last_key";
        let key = self.row(sql, &[kind.into()], |row| row.i64(0))?;
        key.ok_or_else(|| Error::internal("a key head gave no key"))
    }
}
