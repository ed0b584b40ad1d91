//! Table `directory_entry`: users, teams, groups, usecases, tags and moments.

use crate::{
    Row, Tx, Value, json,
    tenancy::{CustomerKey, ProfileKey, stamps},
};
use hansard_domain::{
    Id, Result,
    directory::{Entry, EntryBody},
    name::Collection,
};

/// Where entries of one kind live; those of a customer have the profile key 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct EntryPlace {
    pub customer: CustomerKey,
    pub profile: ProfileKey,
    pub collection: Collection,
}

impl EntryPlace {
    fn params(&self) -> [Value<'static>; 3] {
        [self.customer.into(), self.profile.into(), self.collection.segment().into()]
    }
}

fn read(row: &Row<'_>) -> Result<Entry> {
    Ok(Entry { id: Id::known(row.text(0)?), body: json::read(row.text(1)?)?, stamps: stamps(row, 2)? })
}

impl Tx<'_> {
    pub(crate) fn find_entry(&self, place: EntryPlace, id: &Id) -> Result<Option<Entry>> {
        let sql = "select entry_id, body, create_time, update_time, version from directory_entry
            where customer_key = $1 and profile_key = $2 and collection = $3 and entry_id = $4";
        let [customer, profile, collection] = place.params();
        self.row(sql, &[customer, profile, collection, id.as_str().into()], read)
    }

    /// Whether each of these entries is there.
    pub(crate) fn has_entries(&self, asked: &[(EntryPlace, &Id)]) -> Result<Vec<bool>> {
        let sql = "select 1 from directory_entry
            where customer_key = $1 and profile_key = $2 and collection = $3 and entry_id = $4";
        let params = asked.iter().map(|(place, id)| {
            let [customer, profile, collection] = place.params();
            [customer, profile, collection, id.as_str().into()]
        });
        let found = self.row_of_each(sql, &params.collect::<Vec<_>>(), |_, _| Ok(()))?;
        Ok(found.into_iter().map(|found| found.is_some()).collect())
    }

    /// Entries after `after`, in order of their ids.
    pub(crate) fn list_entries(&self, place: EntryPlace, after: &str, limit: i32) -> Result<Vec<Entry>> {
        let sql = "select entry_id, body, create_time, update_time, version from directory_entry
            where customer_key = $1 and profile_key = $2 and collection = $3 and entry_id > $4
            order by entry_id limit $5";
        let [customer, profile, collection] = place.params();
        self.rows(sql, &[customer, profile, collection, after.into(), limit.into()], read)
    }

    pub(crate) fn put_entry(&self, place: EntryPlace, entry: &Entry) -> Result<()> {
        let sql =
            "insert into directory_entry (customer_key, profile_key, collection, entry_id, team, is_dev_user,
                body, create_time, update_time, version)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            on conflict (customer_key, profile_key, collection, entry_id) do update set
                team = excluded.team, is_dev_user = excluded.is_dev_user, body = excluded.body,
                update_time = excluded.update_time, version = excluded.version";
        let body = json::write(&entry.body)?;
        let [customer, profile, collection] = place.params();
        let params = [
            customer,
            profile,
            collection,
            entry.id.as_str().into(),
            entry.body.team.as_ref().map(Id::as_str).into(),
            entry.body.is_dev_user.into(),
            (&body).into(),
            entry.stamps.create_time.0.into(),
            entry.stamps.update_time.0.into(),
            entry.stamps.version.into(),
        ];
        self.execute(sql, &params)
    }

    pub(crate) fn delete_entry(&self, place: EntryPlace, id: &Id) -> Result<()> {
        let sql = "delete from directory_entry
            where customer_key = $1 and profile_key = $2 and collection = $3 and entry_id = $4";
        let [customer, profile, collection] = place.params();
        self.execute(sql, &[customer, profile, collection, id.as_str().into()])
    }

    pub(crate) fn load_users(&self, owner: &dyn Fn(i64) -> Id) -> Result<Vec<((Id, Id), EntryBody)>> {
        let sql = "select customer_key, entry_id, body from directory_entry where collection = 'users'";
        self.rows(sql, &[], |row| {
            Ok(((owner(row.i64(0)?), Id::known(row.text(1)?)), json::read(row.text(2)?)?))
        })
    }

    /// Entries of a customer's or a profile's directory whose columns and body do not fit, and why.
    pub(crate) fn unfit_entries(
        &self,
        customer: CustomerKey,
        profile: ProfileKey,
    ) -> Result<Vec<(String, &'static str)>> {
        let sql = "select collection, entry_id, body, team, is_dev_user from directory_entry
            where customer_key = $1 and profile_key = $2";
        let entries = self.rows(sql, &[customer.into(), profile.into()], |row| {
            let problem = match json::read::<EntryBody>(row.text(2)?) {
                Err(_) => Some("its body cannot be read"),
                Ok(body) => {
                    let fits = body.team.as_ref().map(Id::as_str) == row.opt_text(3)?
                        && body.is_dev_user == row.bool(4)?;
                    (!fits).then_some("its columns do not say what its body says")
                }
            };
            let name = format!("{}/{}", row.text(0)?, row.text(1)?);
            Ok(problem.map(|problem| (name, problem)))
        })?;
        Ok(entries.into_iter().flatten().collect())
    }
}
