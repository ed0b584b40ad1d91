//! Table `key_head`: the store's own numbers of customers and profiles, and of the states of all tenants.

use crate::Tx;
use hansard_domain::{Error, Result};

/// What counts the changes of the tenants.
const TENANCY: &str = "tenancy";

impl Tx<'_> {
    /// How often the tenants have been changed.
    pub(crate) fn tenancy_version(&self) -> Result<i64> {
        let sql = "select last_key from key_head where kind = $1";
        Ok(self.row(sql, &[TENANCY.into()], |row| row.i64(0))?.unwrap_or(0))
    }

    /// Counts a change of the tenants, so that other processes notice it.
    pub(crate) fn count_tenancy_version(&self) -> Result<()> {
        self.new_key(TENANCY).map(drop)
    }

    /// A key that no customer or profile, whichever `kind` names, has had before.
    pub(crate) fn new_key(&self, kind: &str) -> Result<i64> {
        let sql = "insert into key_head (kind, last_key) values ($1, 1)
            on conflict (kind) do update set last_key = key_head.last_key + 1
            returning last_key";
        let key = self.row(sql, &[kind.into()], |row| row.i64(0))?;
        key.ok_or_else(|| Error::internal("a key head gave no key"))
    }
}
