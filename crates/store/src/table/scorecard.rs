//! Table `scorecard`.

use super::numbered_in;
use crate::{
    Row, Tx, json,
    tenancy::{ProfileKey, stamps},
};
use hansard_domain::{
    Error, Id, Result,
    filter::ScorecardFact,
    name::ProfileName,
    scorecard::{Scorecard, ScorecardBody},
};

/// Of `scorecard s` and its `conversation c`.
const COLUMNS: &str = "s.scorecard_id, c.conversation_id, s.template_id, s.revision, s.body, s.create_time,
    s.update_time, s.version";

const FROM: &str = "from scorecard s join conversation c
    on c.profile_key = s.profile_key and c.conversation_key = s.conversation_key";

fn read(profile: &ProfileName, row: &Row<'_>) -> Result<Scorecard> {
    Ok(Scorecard {
        id: Id::known(row.text(0)?),
        conversation: profile.conversation(Id::known(row.text(1)?)),
        template: Id::known(row.text(2)?),
        revision: revision(row, 3)?,
        body: json::read::<ScorecardBody>(row.text(4)?)?,
        stamps: stamps(row, 5)?,
    })
}

fn revision(row: &Row<'_>, column: usize) -> Result<i32> {
    i32::try_from(row.i64(column)?).map_err(|_| Error::internal("a scorecard has an impossible revision"))
}

impl Tx<'_> {
    pub(crate) fn find_scorecard(
        &self,
        profile: ProfileKey,
        name: &ProfileName,
        id: &Id,
    ) -> Result<Option<Scorecard>> {
        let sql = const_format::formatcp!(
            "select {COLUMNS} {FROM} where s.profile_key = $1 and s.scorecard_id = $2"
        );
        self.row(sql, &[profile.into(), id.as_str().into()], |row| read(name, row))
    }

    /// Whether an id is taken; its conversation may be one of this very write.
    pub(crate) fn has_scorecard(&self, profile: ProfileKey, id: &Id) -> Result<bool> {
        let sql = "select 1 from scorecard where profile_key = $1 and scorecard_id = $2";
        Ok(self.row(sql, &[profile.into(), id.as_str().into()], |_| Ok(()))?.is_some())
    }

    /// Scorecards of the profile after `after`, in order of their ids.
    pub(crate) fn list_scorecards(
        &self,
        profile: ProfileKey,
        name: &ProfileName,
        after: &str,
        limit: i32,
    ) -> Result<Vec<Scorecard>> {
        let sql = const_format::formatcp!(
            "select {COLUMNS} {FROM}
            where s.profile_key = $1 and s.scorecard_id > $2
            order by s.scorecard_id limit $3"
        );
        self.rows(sql, &[profile.into(), after.into(), limit.into()], |row| read(name, row))
    }

    /// Scorecards of a conversation after `after`, in order of their ids.
    pub(crate) fn list_scorecards_of(
        &self,
        profile: ProfileKey,
        name: &ProfileName,
        conversation: i64,
        after: &str,
        limit: i32,
    ) -> Result<Vec<Scorecard>> {
        let sql = const_format::formatcp!(
            "select {COLUMNS} {FROM}
            where s.profile_key = $1 and s.conversation_key = $2 and s.scorecard_id > $3
            order by s.scorecard_id limit $4"
        );
        let params = [profile.into(), conversation.into(), after.into(), limit.into()];
        self.rows(sql, &params, |row| read(name, row))
    }

    /// What filters ask of the scorecards of each of these conversations.
    pub(super) fn scorecard_facts_of(
        &self,
        profile: ProfileKey,
        conversations: &[i64],
    ) -> Result<Vec<Vec<ScorecardFact>>> {
        let sql = "select template_id, revision, body from scorecard
            where profile_key = $1 and conversation_key = $2 order by scorecard_id";
        let mut facts = vec![Vec::new(); conversations.len()];
        self.rows_of_each(sql, &numbered_in(profile, conversations), |place, row| {
            let body: ScorecardBody = json::read(row.text(2)?)?;
            facts[place].push(body.fact(Id::known(row.text(0)?), revision(row, 1)?));
            Ok(true)
        })?;
        Ok(facts)
    }

    pub(crate) fn has_scorecards_of(&self, profile: ProfileKey, template: &Id) -> Result<bool> {
        let sql = "select 1 from scorecard where profile_key = $1 and template_id = $2 limit 1";
        Ok(self.row(sql, &[profile.into(), template.as_str().into()], |_| Ok(()))?.is_some())
    }

    /// Scorecards whose template's revision is not there.
    pub(crate) fn list_scorecards_without_template(&self, profile: ProfileKey) -> Result<Vec<Id>> {
        let sql = "select scorecard_id from scorecard s where profile_key = $1 and not exists (
                select 1 from scorecard_template t
                where t.profile_key = s.profile_key and t.template_id = s.template_id
                    and t.revision = s.revision)";
        self.rows(sql, &[profile.into()], |row| Ok(Id::known(row.text(0)?)))
    }

    pub(crate) fn put_scorecard(
        &self,
        profile: ProfileKey,
        conversation: i64,
        scorecard: &Scorecard,
    ) -> Result<()> {
        let sql =
            "insert into scorecard (profile_key, scorecard_id, conversation_key, template_id, revision, body,
                create_time, update_time, version)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            on conflict (profile_key, scorecard_id) do update set
                body = excluded.body, update_time = excluded.update_time, version = excluded.version";
        let Scorecard { id, template, revision, body, stamps, .. } = scorecard;
        let body = json::write(body)?;
        let params = [
            profile.into(),
            id.as_str().into(),
            conversation.into(),
            template.as_str().into(),
            (*revision).into(),
            (&body).into(),
            stamps.create_time.0.into(),
            stamps.update_time.0.into(),
            stamps.version.into(),
        ];
        self.execute(sql, &params)
    }

    pub(crate) fn delete_scorecard(&self, profile: ProfileKey, id: &Id) -> Result<()> {
        let sql = "delete from scorecard where profile_key = $1 and scorecard_id = $2";
        self.execute(sql, &[profile.into(), id.as_str().into()])
    }
}
