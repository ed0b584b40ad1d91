//! Tables `profile` and `profile_head`.

use crate::{
    Row, Tx, Value, json,
    tenancy::{CustomerKey, ProfileKey},
};
use hansard_domain::{
    Error, Id, Result, Time,
    directory::{ProfileBody, Stamps},
    name::ProfileName,
};

/// The end of a profile's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LastChange {
    /// 0 where there is no change yet.
    pub number: i64,
    pub time: Option<Time>,
}

impl Tx<'_> {
    /// Visits every profile with its customer's key.
    pub(crate) fn load_profiles(&self, visit: &mut dyn FnMut(i64, &Row<'_>) -> Result<()>) -> Result<()> {
        let sql = "select profile_key, customer_key, profile_id, body, create_time, update_time, version from profile";
        self.rows(sql, &[], |row| visit(row.i64(1)?, row)).map(drop)
    }

    pub(crate) fn insert_profile(
        &self,
        customer: CustomerKey,
        id: &Id,
        body: &ProfileBody,
        stamps: &Stamps,
    ) -> Result<ProfileKey> {
        let sql = "insert into profile
            (profile_key, customer_key, profile_id, body, create_time, update_time, version)
            values ($1, $2, $3, $4, $5, $6, $7)";
        let key = ProfileKey(self.new_key("profile")?);
        let body = json::write(body)?;
        let params = [
            key.into(),
            customer.into(),
            id.as_str().into(),
            (&body).into(),
            stamps.create_time.0.into(),
            stamps.update_time.0.into(),
            stamps.version.into(),
        ];
        self.execute(sql, &params)?;
        let head = "insert into profile_head (profile_key, change_seq, conversation_seq) values ($1, 0, 0)";
        self.execute(head, &[key.into()])?;
        Ok(key)
    }

    pub(crate) fn update_profile(&self, key: ProfileKey, body: &ProfileBody, stamps: &Stamps) -> Result<()> {
        let sql = "update profile set body = $2, update_time = $3, version = $4 where profile_key = $1";
        let body = json::write(body)?;
        let params = [key.into(), (&body).into(), stamps.update_time.0.into(), stamps.version.into()];
        self.execute(sql, &params)
    }

    pub(crate) fn profile_name(&self, key: ProfileKey) -> Result<ProfileName> {
        let sql = "select c.customer_id, p.profile_id from profile p
            join customer c on c.customer_key = p.customer_key where p.profile_key = $1";
        let name = self.row(sql, &[key.into()], |row| {
            Ok(ProfileName { customer: Id::known(row.text(0)?), profile: Id::known(row.text(1)?) })
        })?;
        name.ok_or_else(|| Error::internal("the profile is not there"))
    }

    pub(crate) fn has_conversations(&self, key: ProfileKey) -> Result<bool> {
        let sql = "select 1 from conversation where profile_key = $1 limit 1";
        Ok(self.row(sql, &[key.into()], |_| Ok(()))?.is_some())
    }

    /// Deletes a profile that has no conversations any more.
    pub(crate) fn delete_profile(&self, customer: CustomerKey, key: ProfileKey) -> Result<()> {
        const TABLES: [&str; 7] = [
            "scorecard_template",
            "redaction_receipt",
            "redaction_job_batch",
            "redaction_job",
            "change",
            "profile_head",
            "profile",
        ];
        let entries = "delete from directory_entry where customer_key = $1 and profile_key = $2";
        self.execute(entries, &[customer.into(), key.into()])?;
        for table in TABLES {
            self.execute(&format!("delete from {table} where profile_key = $1"), &[key.into()])?;
        }
        Ok(())
    }

    /// The last number given to a conversation of the profile, deleted ones included.
    pub(crate) fn last_conversation_number(&self, key: ProfileKey) -> Result<i64> {
        let sql = "select conversation_seq from profile_head where profile_key = $1";
        let last = self.row(sql, &[key.into()], |row| row.i64(0))?;
        last.ok_or_else(|| Error::internal("the profile has no head"))
    }

    pub(crate) fn put_last_conversation_number(&self, key: ProfileKey, number: i64) -> Result<()> {
        let sql = "update profile_head set conversation_seq = $2 where profile_key = $1";
        self.execute(sql, &[key.into(), number.into()])
    }

    /// The number and the time of the last change of each of these profiles.
    pub(crate) fn last_changes(&self, profiles: &[ProfileKey]) -> Result<Vec<Option<LastChange>>> {
        let sql = "select h.change_seq, (select c.change_time from change c
                where c.profile_key = h.profile_key and c.change_seq = h.change_seq)
            from profile_head h where h.profile_key = $1";
        let params: Vec<[Value<'_>; 1]> = profiles.iter().map(|profile| [(*profile).into()]).collect();
        self.row_of_each(sql, &params, |_, row| read_last_change(row))
    }

    /// The last change of a profile, and the version of its grams.
    pub(crate) fn last_change_and_grams(&self, profile: ProfileKey) -> Result<Option<(LastChange, i64)>> {
        let sql = "select h.change_seq, (select c.change_time from change c
                where c.profile_key = h.profile_key and c.change_seq = h.change_seq),
                coalesce((select k.grams_version from keyword_head k where k.profile_key = h.profile_key), 0)
            from profile_head h where h.profile_key = $1";
        self.row(sql, &[profile.into()], |row| Ok((read_last_change(row)?, row.i64(2)?)))
    }

    /// Takes numbers for `count` changes and answers the first. The last statement of a write.
    pub(crate) fn take_change_numbers(&self, key: ProfileKey, count: i64) -> Result<i64> {
        let sql = "update profile_head set change_seq = change_seq + $2 where profile_key = $1
            returning change_seq";
        let last = self.row(sql, &[key.into(), count.into()], |row| row.i64(0))?;
        Ok(last.ok_or_else(|| Error::internal("the profile has no head"))? - count + 1)
    }

    /// The number of the profile's last change.
    pub(crate) fn last_change_number(&self, key: ProfileKey) -> Result<i64> {
        let sql = "select change_seq from profile_head where profile_key = $1";
        Ok(self.row(sql, &[key.into()], |row| row.i64(0))?.unwrap_or(0))
    }
}

fn read_last_change(row: &Row<'_>) -> Result<LastChange> {
    Ok(LastChange { number: row.i64(0)?, time: row.opt_i64(1)?.map(Time) })
}
