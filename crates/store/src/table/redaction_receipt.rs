//! Table `redaction_receipt`.

use crate::{Row, Tx, json, tenancy::ProfileKey};
use hansard_domain::{
    Id, Result, Time,
    name::ProfileName,
    redact::{RedactionReceipt, SafeText},
};

const COLUMNS: &str = "receipt_id, conversation_id, job_id, actor, reason, places, create_time";

fn read(profile: &ProfileName, row: &Row<'_>) -> Result<RedactionReceipt> {
    Ok(RedactionReceipt {
        id: Id::known(row.text(0)?),
        conversation: profile.conversation(Id::known(row.text(1)?)),
        job: row.opt_text(2)?.map(Id::known),
        actor: row.string(3)?,
        reason: SafeText::stored(row.string(4)?),
        places: json::read(row.text(5)?)?,
        create_time: Time(row.i64(6)?),
    })
}

impl Tx<'_> {
    pub(crate) fn find_redaction_receipt(
        &self,
        profile: ProfileKey,
        name: &ProfileName,
        id: &Id,
    ) -> Result<Option<RedactionReceipt>> {
        let sql = const_format::formatcp!(
            "select {COLUMNS} from redaction_receipt where profile_key = $1 and receipt_id = $2"
        );
        self.row(sql, &[profile.into(), id.as_str().into()], |row| read(name, row))
    }

    /// Receipts after `after` in order of their ids, which is that of their times; of one conversation where one is
    /// named.
    pub(crate) fn list_redaction_receipts(
        &self,
        profile: ProfileKey,
        name: &ProfileName,
        conversation: Option<&Id>,
        after: &str,
        limit: i32,
    ) -> Result<Vec<RedactionReceipt>> {
        let of = if conversation.is_some() { "conversation_id = $4" } else { "$4 = ''" };
        let sql = format!(
            "select {COLUMNS} from redaction_receipt
            where profile_key = $1 and receipt_id > $2 and {of} order by receipt_id limit $3"
        );
        let conversation = conversation.map_or("", Id::as_str);
        let params = [profile.into(), after.into(), limit.into(), conversation.into()];
        self.rows(&sql, &params, |row| read(name, row))
    }

    pub(crate) fn insert_redaction_receipt(
        &self,
        profile: ProfileKey,
        receipt: &RedactionReceipt,
    ) -> Result<()> {
        let sql =
            "insert into redaction_receipt (profile_key, receipt_id, conversation_id, job_id, actor, reason,
                places, create_time)
            values ($1, $2, $3, $4, $5, $6, $7, $8)";
        let places = json::write(&receipt.places)?;
        let params = [
            profile.into(),
            receipt.id.as_str().into(),
            receipt.conversation.conversation.as_str().into(),
            receipt.job.as_ref().map(Id::as_str).into(),
            (&receipt.actor).into(),
            receipt.reason.as_str().into(),
            (&places).into(),
            receipt.create_time.0.into(),
        ];
        self.execute(sql, &params)
    }
}
