//! Table `audit_entry`.

use crate::{Tx, tenancy::CustomerKey};
use hansard_domain::{Result, Time, audit::AuditEntry};

impl Tx<'_> {
    /// Appends to the customer's trail; the number is given here, and no time before that of the entry before.
    ///
    /// Two writes at once take their times before one of them has the trail.
    pub(crate) fn insert_audit_entry(&self, customer: CustomerKey, entry: &AuditEntry) -> Result<()> {
        let sql =
            "insert into audit_entry (customer_key, number, event_time, actor, action, resource, request_id)
            select $1, coalesce(last.number, 0) + 1,
                case when last.event_time > $2 then last.event_time else $2 end, $3, $4, $5, $6
            from (select 1) one left join (
                select number, event_time from audit_entry where customer_key = $1 order by number desc limit 1
            ) last on 1 = 1";
        let params = [
            customer.into(),
            entry.event_time.0.into(),
            (&entry.actor).into(),
            (&entry.action).into(),
            (&entry.resource).into(),
            (&entry.request_id).into(),
        ];
        self.execute(sql, &params)
    }

    /// Entries below `before`, newest first.
    pub(crate) fn list_audit_entries(
        &self,
        customer: CustomerKey,
        before: i64,
        limit: i32,
    ) -> Result<Vec<AuditEntry>> {
        let sql = "select number, event_time, actor, action, resource, request_id from audit_entry
            where customer_key = $1 and number < $2
            order by number desc limit $3";
        self.rows(sql, &[customer.into(), before.into(), limit.into()], |row| {
            Ok(AuditEntry {
                number: row.i64(0)?,
                event_time: Time(row.i64(1)?),
                actor: row.string(2)?,
                action: row.string(3)?,
                resource: row.string(4)?,
                request_id: row.string(5)?,
            })
        })
    }
}
