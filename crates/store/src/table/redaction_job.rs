//! Tables `redaction_job` and `redaction_job_batch`.

use crate::{Row, Tx, json, tenancy::ProfileKey};
use hansard_domain::{Id, Result, Time, name::ProfileName, redact::RedactionJob};

const COLUMNS: &str = "job_id, body, create_time, update_time";

fn read(parent: &ProfileName, row: &Row<'_>) -> Result<RedactionJob> {
    Ok(RedactionJob {
        id: Id::known(row.text(0)?),
        parent: parent.clone(),
        body: json::read(row.text(1)?)?,
        create_time: Time(row.i64(2)?),
        update_time: Time(row.i64(3)?),
    })
}

impl Tx<'_> {
    pub(crate) fn find_redaction_job(
        &self,
        profile: ProfileKey,
        name: &ProfileName,
        id: &Id,
    ) -> Result<Option<RedactionJob>> {
        let sql = const_format::formatcp!(
            "select {COLUMNS} from redaction_job where profile_key = $1 and job_id = $2"
        );
        self.row(sql, &[profile.into(), id.as_str().into()], |row| read(name, row))
    }

    /// Jobs before `before`, the newest first.
    pub(crate) fn list_redaction_jobs(
        &self,
        profile: ProfileKey,
        name: &ProfileName,
        before: Option<&str>,
        limit: i32,
    ) -> Result<Vec<RedactionJob>> {
        let sql = const_format::formatcp!(
            "select {COLUMNS} from redaction_job
            where profile_key = $1 and ($2 = '' or job_id < $2) order by job_id desc limit $3"
        );
        let params = [profile.into(), before.unwrap_or_default().into(), limit.into()];
        self.rows(sql, &params, |row| read(name, row))
    }

    /// Every job that has not ended, with the key of its profile.
    pub(crate) fn list_open_redaction_jobs(&self) -> Result<Vec<(ProfileKey, Id)>> {
        let sql = "select profile_key, job_id from redaction_job where is_open = 1 order by job_id";
        self.rows(sql, &[], |row| Ok((ProfileKey(row.i64(0)?), Id::known(row.text(1)?))))
    }

    pub(crate) fn insert_redaction_job(
        &self,
        profile: ProfileKey,
        job: &RedactionJob,
        sealed: Option<&[u8]>,
    ) -> Result<()> {
        let sql =
            "insert into redaction_job (profile_key, job_id, is_open, body, sealed, create_time, update_time)
            values ($1, $2, $3, $4, $5, $6, $7)";
        let body = json::write(&job.body)?;
        let params = [
            profile.into(),
            job.id.as_str().into(),
            job.body.state.is_open().into(),
            (&body).into(),
            sealed.into(),
            job.create_time.0.into(),
            job.update_time.0.into(),
        ];
        self.execute(sql, &params)
    }

    /// Writes how far a job is; one that has ended forgets whom it looked for and where.
    pub(crate) fn update_redaction_job(&self, profile: ProfileKey, job: &RedactionJob) -> Result<()> {
        let sql = "update redaction_job set is_open = $3, body = $4, update_time = $5,
                sealed = case when cast($3 as bigint) = 1 then sealed else null end
            where profile_key = $1 and job_id = $2";
        let body = json::write(&job.body)?;
        let is_open = job.body.state.is_open();
        let params = [
            profile.into(),
            job.id.as_str().into(),
            is_open.into(),
            (&body).into(),
            job.update_time.0.into(),
        ];
        self.execute(sql, &params)?;
        if is_open {
            return Ok(());
        }
        let sql = "delete from redaction_job_batch where profile_key = $1 and job_id = $2";
        self.execute(sql, &[profile.into(), job.id.as_str().into()])
    }

    pub(crate) fn find_sealed(&self, profile: ProfileKey, job: &Id) -> Result<Option<Vec<u8>>> {
        let sql = "select sealed from redaction_job where profile_key = $1 and job_id = $2";
        let found = self.row(sql, &[profile.into(), job.as_str().into()], |row| {
            Ok(row.opt_bytes(0)?.map(<[u8]>::to_vec))
        })?;
        Ok(found.flatten())
    }

    pub(crate) fn insert_redaction_batch(
        &self,
        profile: ProfileKey,
        job: &Id,
        batch: i64,
        numbers: &[i64],
    ) -> Result<()> {
        let sql =
            "insert into redaction_job_batch (profile_key, job_id, batch, numbers) values ($1, $2, $3, $4)";
        let numbers = json::write(&numbers)?;
        self.execute(sql, &[profile.into(), job.as_str().into(), batch.into(), (&numbers).into()])
    }

    /// The first batch that is left, with its number.
    pub(crate) fn next_redaction_batch(
        &self,
        profile: ProfileKey,
        job: &Id,
    ) -> Result<Option<(i64, Vec<i64>)>> {
        let sql = "select batch, numbers from redaction_job_batch
            where profile_key = $1 and job_id = $2 order by batch limit 1";
        self.row(sql, &[profile.into(), job.as_str().into()], |row| {
            Ok((row.i64(0)?, json::read(row.text(1)?)?))
        })
    }

    /// Answers whether the batch was there.
    pub(crate) fn delete_redaction_batch(&self, profile: ProfileKey, job: &Id, batch: i64) -> Result<bool> {
        let sql = "delete from redaction_job_batch where profile_key = $1 and job_id = $2 and batch = $3";
        Ok(self.count(sql, &[profile.into(), job.as_str().into(), batch.into()])? > 0)
    }
}
