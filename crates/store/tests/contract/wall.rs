//! The second wall between tenants: what a server shows and takes where a statement forgets to name the tenant.
//!
//! Such statements are planted here; the store has none.

use crate::{
    layout::OF_THE_STORE,
    postgres::Postgres,
    world::{CUSTOMER, OTHER_CUSTOMER, World, answered_by, in_world},
};
use hansard_store::{Engine, Location, MIGRATIONS, Options, Reach, Tx};
use std::collections::BTreeMap;

/// Rows by table.
type Rows = BTreeMap<String, i64>;

/// Fills two customers and three profiles.
async fn fill(world: &World) {
    for (customer, profile) in [(CUSTOMER, "support"), (CUSTOMER, "sales"), (OTHER_CUSTOMER, "support")] {
        let there = world.at(customer, profile);
        for conversation in ["c", "d"] {
            there.start(conversation, answered_by("ada")).await.unwrap();
            there.append(conversation, "m", "said").await.unwrap();
        }
    }
}

/// Who may be reached: one profile and its customer.
async fn reach_of(world: &World) -> Reach {
    let profile = world.store.profile(&world.scope).await.unwrap();
    Reach::Tenants { customers: vec![profile.customer_key], profiles: vec![profile.key] }
}

/// Counts every table of tenants without a predicate, by a read of the product.
fn counted(fixture: &Postgres, tables: &[String], reach: Reach) -> Rows {
    let location = Location::Postgres(fixture.url().parse().unwrap());
    let engine = Engine::open(&Options::at(location), MIGRATIONS).unwrap();
    let tables = tables.to_vec();
    let count = move |tx: &Tx<'_>| {
        let count = |table: &String| {
            let rows = tx.row(&format!("select count(*) from {table}"), &[], |row| row.i64(0))?;
            Ok((table.clone(), rows.unwrap_or_default()))
        };
        tables.iter().map(count).collect()
    };
    let rows = engine.read_blocking("forgetful", reach, count).unwrap();
    engine.close().unwrap();
    rows
}

pub(crate) fn every_table_of_tenants_has_one(fixture: &Postgres) {
    in_world(fixture, async |_| {
        let walled =
            fixture.names("select relname from pg_class where relforcerowsecurity and relrowsecurity");
        let open = "select relname from pg_class where relkind in ('r', 'p') and not relforcerowsecurity
            and relnamespace = 'public'::regnamespace order by relname";
        assert_eq!(fixture.names(open), OF_THE_STORE);
        assert!(walled.len() > 20, "{walled:?}");
    });
}

pub(crate) fn a_read_that_forgets_its_tenant_finds_its_own_alone(fixture: &Postgres) {
    in_world(fixture, async |world| {
        fill(&world).await;
        let tables = fixture.names("select relname from pg_class where relforcerowsecurity order by relname");
        let reach = reach_of(&world).await;
        let (all, own) = tokio::task::block_in_place(|| {
            (counted(fixture, &tables, Reach::Store), counted(fixture, &tables, reach))
        });
        for table in ["conversation", "message", "change", "conversation_tag", "fresh_terms", "profile_head"]
        {
            let (all, own) = (all[table], own[table]);
            assert_eq!(own * 3, all, "{table}: a third of all rows is of this profile");
        }
        assert_eq!((own["profile"], all["profile"]), (2, 3), "the customer's two profiles");
        let nobody = Reach::Tenants { customers: Vec::new(), profiles: Vec::new() };
        let none = tokio::task::block_in_place(|| counted(fixture, &tables, nobody));
        assert!(none.values().all(|rows| *rows == 0), "{none:?}");
    });
}

pub(crate) fn a_write_that_forgets_its_tenant_changes_its_own_alone(fixture: &Postgres) {
    in_world(fixture, async |world| {
        fill(&world).await;
        let own = world.store.profile(&world.scope).await.unwrap().key.0;
        let confined = format!("set hansard.customers = '{{}}'; set hansard.profiles = '{{{own}}}'");
        let as_owner = |sql: &str| fixture.as_owner(&format!("{confined}; {sql}"));
        as_owner("delete from message").unwrap();
        let left = fixture.names("select distinct profile_key::text from message order by 1");
        assert_eq!(left.len(), 2);
        assert!(!left.contains(&own.to_string()), "{left:?}");
        let smuggled = "insert into growing_text values (2147483647, 1, 1)";
        assert!(as_owner(smuggled).unwrap_err().contains("row-level security"), "a row of another tenant");
        as_owner(&format!("insert into growing_text values ({own}, 1, 1)")).unwrap();
    });
}

pub(crate) fn who_does_not_say_its_reach_is_refused(fixture: &Postgres) {
    in_world(fixture, async |world| {
        fill(&world).await;
        let refused = fixture.as_owner("select body from message").unwrap_err();
        assert!(refused.contains("hansard.profiles"), "{refused}");
        let ended = "begin; set local hansard.profiles = 'all'; commit; select body from message";
        assert!(fixture.as_owner(ended).unwrap_err().contains("array"), "it ends with its transaction");
        fixture.as_owner("set hansard.profiles = 'all'; select body from message").unwrap();
    });
}
