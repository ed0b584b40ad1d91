//! Table `lease`.

use crate::Tx;
use hansard_domain::{Result, Time};

impl Tx<'_> {
    /// Takes a lease that is free, or has run out by `now`, or renews the holder's own; answers whether it has it.
    pub(crate) fn take_lease(&self, name: &str, holder: &str, now: Time, until: Time) -> Result<bool> {
        let sql = "insert into lease (name, holder, until_time) values ($1, $2, $3)
            on conflict (name) do update set holder = excluded.holder, until_time = excluded.until_time
            where lease.holder = excluded.holder or lease.until_time <= $4";
        let changed = self.count(sql, &[name.into(), holder.into(), until.0.into(), now.0.into()])?;
        Ok(changed > 0)
    }

    /// Gives a lease back, where the holder still has it.
    pub(crate) fn delete_lease(&self, name: &str, holder: &str) -> Result<()> {
        let sql = "delete from lease where name = $1 and holder = $2";
        self.execute(sql, &[name.into(), holder.into()])
    }
}
