//! Row-level security: a transaction sees the rows of the tenants in its [`Reach`], and no others.
//!
//! Also the owner of the tables is held to it. Whoever may bypass row-level security, as superusers may, is not.

use super::{client::Open, session::Session};
use crate::{engine::Reach, tx::Value};
use hansard_domain::Result;

/// Puts a policy on every table that has none yet and an index that a tenant leads: the customer where there are both.
///
/// A transaction that has not said its reach is refused: the setting is not there, or no array. The array is read once a
/// statement, not once a row.
const RAISE: &str = "do $$
declare
    walled record;
begin
    for walled in
        select c.relname as name, case when bool_or(a.attname = 'customer_key') then 'customer' else 'profile' end as tenant
        from pg_class c join pg_index i on i.indrelid = c.oid
            join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
        where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relforcerowsecurity
            and a.attname in ('customer_key', 'profile_key')
        group by c.relname
    loop
        execute format('alter table %I enable row level security', walled.name);
        execute format('alter table %I force row level security', walled.name);
        execute format(
            'create policy tenant on %I using (coalesce(%I = any '
                '((select nullif(current_setting(%L), ''all'')::int8[])::int8[]), true))',
            walled.name, walled.tenant || '_key', 'hansard.' || walled.tenant || 's');
    end loop;
end
$$";

const STATE: &str =
    "select set_config('hansard.customers', $1, true), set_config('hansard.profiles', $2, true)";

const BYPASSES: &str = "select rolsuper or rolbypassrls from pg_roles where rolname = current_user";

impl Session<'_> {
    /// Has tables that name a tenant held to the reach of each transaction.
    pub(crate) fn raise_walls(&self) -> Result<()> {
        self.script(RAISE)
    }

    /// Holds the statements that follow to a reach.
    pub(crate) fn confine(&self, reach: &Reach) -> Result<()> {
        let (customers, profiles) = reach.words();
        self.execute(STATE, &[Value::Text(&customers), Value::Text(&profiles)])
    }
}

/// The same as statements of a script that begins a transaction.
pub(super) fn confining(reach: &Reach) -> String {
    let (customers, profiles) = reach.words();
    format!("set local hansard.customers = '{customers}'; set local hansard.profiles = '{profiles}'")
}

/// Whether the connection's role is held to no reach.
pub(super) fn is_bypassed(open: &Open) -> Result<bool, tokio_postgres::Error> {
    Ok(open.row(BYPASSES, &[])?.get(0))
}
