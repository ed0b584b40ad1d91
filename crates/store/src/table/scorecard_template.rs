//! Table `scorecard_template`: a row a revision.

use crate::{Row, Tx, json, tenancy::ProfileKey};
use hansard_domain::{Error, Id, Result, Time, scorecard::ScorecardTemplate};

const COLUMNS: &str = "template_id, revision, body, create_time, update_time";

fn read(row: &Row<'_>) -> Result<ScorecardTemplate> {
    Ok(ScorecardTemplate {
        id: Id::known(row.text(0)?),
        revision: i32::try_from(row.i64(1)?)
            .map_err(|_| Error::internal("a template has an impossible revision"))?,
        body: json::read(row.text(2)?)?,
        create_time: Time(row.i64(3)?),
        update_time: Time(row.i64(4)?),
    })
}

impl Tx<'_> {
    /// A revision of a template, or the newest.
    pub(crate) fn find_template(
        &self,
        profile: ProfileKey,
        id: &Id,
        revision: Option<i32>,
    ) -> Result<Option<ScorecardTemplate>> {
        let sql = const_format::formatcp!(
            "select {COLUMNS} from scorecard_template
            where profile_key = $1 and template_id = $2 and (revision = $3 or $3 is null)
            order by revision desc limit 1"
        );
        self.row(sql, &[profile.into(), id.as_str().into(), revision.into()], read)
    }

    /// The newest revisions of the templates after `after`, in order of their ids.
    pub(crate) fn list_templates(
        &self,
        profile: ProfileKey,
        after: &str,
        limit: i32,
    ) -> Result<Vec<ScorecardTemplate>> {
        let sql = const_format::formatcp!(
            "select {COLUMNS} from scorecard_template t
            where profile_key = $1 and template_id > $2 and revision = (
                select max(revision) from scorecard_template
                where profile_key = $1 and template_id = t.template_id)
            order by template_id limit $3"
        );
        self.rows(sql, &[profile.into(), after.into(), limit.into()], read)
    }

    /// Every revision of every template.
    pub(crate) fn list_revisions(&self, profile: ProfileKey) -> Result<Vec<ScorecardTemplate>> {
        let sql = const_format::formatcp!("select {COLUMNS} from scorecard_template where profile_key = $1");
        self.rows(sql, &[profile.into()], read)
    }

    pub(crate) fn insert_template(&self, profile: ProfileKey, template: &ScorecardTemplate) -> Result<()> {
        let sql = "insert into scorecard_template
                (profile_key, template_id, revision, body, create_time, update_time)
            values ($1, $2, $3, $4, $5, $6)";
        let body = json::write(&template.body)?;
        let params = [
            profile.into(),
            template.id.as_str().into(),
            template.revision.into(),
            (&body).into(),
            template.create_time.0.into(),
            template.update_time.0.into(),
        ];
        self.execute(sql, &params)
    }

    /// Deletes all revisions of a template.
    pub(crate) fn delete_template(&self, profile: ProfileKey, id: &Id) -> Result<()> {
        let sql = "delete from scorecard_template where profile_key = $1 and template_id = $2";
        self.execute(sql, &[profile.into(), id.as_str().into()])
    }
}
