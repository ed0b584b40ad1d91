//! How tables are laid out on a server, as its catalogue tells it: so that they can be spread by tenant.

use crate::{Fixture, postgres::Postgres};

/// What the store keeps for itself, of no tenant.
pub(crate) const OF_THE_STORE: [&str; 6] =
    ["clock_mark", "conversation_index_progress", "key_head", "lease", "schema_migration", "store_secret"];

/// Indexes of tenants' tables that something else leads: by its id a customer is told from others.
const LED_BY_ANOTHER: [&str; 1] = ["customer.customer_customer_id_key"];

const INDEXES: &str = "select t.relname || '.' || c.relname
    from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
        left join pg_attribute a on a.attrelid = t.oid and a.attnum = i.indkey[0]
    where t.relnamespace = 'public'::regnamespace
        and coalesce(a.attname, '') not in ('customer_key', 'profile_key') and t.relname <> all (string_to_array('{own}', ','))
    order by 1";

/// References by anything but the tenant alone may lead from one tenant to another.
const REFERENCES: &str = "select conrelid::regclass || ' -> ' || confrelid::regclass
    from pg_constraint r where contype = 'f' and (
        select array_agg(a.attname::text || b.attname::text)
        from unnest(r.conkey, r.confkey) as pair(here, there)
            join pg_attribute a on a.attrelid = r.conrelid and a.attnum = here
            join pg_attribute b on b.attrelid = r.confrelid and b.attnum = there
    ) not in ('{customer_keycustomer_key}', '{profile_keyprofile_key}')";

fn indexes(fixture: &Postgres) -> Vec<String> {
    fixture.names(&INDEXES.replace("{own}", &OF_THE_STORE.join(",")))
}

pub(crate) fn the_tenant_leads_every_index_and_reference(fixture: &Postgres) {
    fixture.open().close().unwrap();
    assert_eq!(indexes(fixture), LED_BY_ANOTHER);
    assert_eq!(fixture.names(REFERENCES), [""; 0]);
    assert_eq!(fixture.names("select sequencename from pg_sequences"), [""; 0], "keys are the tenants' own");
}

pub(crate) fn what_a_tenant_does_not_lead_is_noticed(fixture: &Postgres) {
    fixture.open().close().unwrap();
    fixture.as_owner("create index astray on message (message_id, profile_key)").unwrap();
    fixture.as_owner("create index expressed on message (lower(message_id))").unwrap();
    fixture
        .as_owner("alter table message add foreign key (position, profile_key) references conversation")
        .unwrap();
    let found = indexes(fixture);
    assert!(["message.astray", "message.expressed"].iter().all(|index| found.contains(&index.to_string())));
    assert_eq!(fixture.names(REFERENCES), ["message -> conversation"]);
}
