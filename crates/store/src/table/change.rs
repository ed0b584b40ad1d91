//! Table `change`: the log that watchers read.

use crate::{
    Row, Tx,
    tenancy::{ProfileKey, ProfileTenant},
};
use hansard_domain::{
    Error, Id, Result, Time,
    change::{Change, ChangeKind, Cursor},
    code::Code,
};

/// A change that has no number yet.
#[derive(Debug, Clone)]
pub(crate) struct NewChange {
    pub conversation_key: i64,
    pub conversation: Id,
    pub kind: ChangeKind,
    pub part: Option<Id>,
    pub sequence: i32,
    pub time: Time,
    /// The agent of a conversation that is deleted by this change.
    pub agent: Option<Id>,
}

impl Tx<'_> {
    pub(crate) fn insert_change(&self, profile: ProfileKey, number: i64, change: &NewChange) -> Result<()> {
        let sql =
            "insert into change (profile_key, change_seq, conversation_key, conversation_id, kind, part_id,
                sequence, change_time, agent)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let params = [
            profile.into(),
            number.into(),
            change.conversation_key.into(),
            change.conversation.as_str().into(),
            change.kind.code().into(),
            change.part.as_ref().map(Id::as_str).into(),
            change.sequence.into(),
            change.time.0.into(),
            change.agent.as_ref().map(Id::as_str).into(),
        ];
        self.execute(sql, &params)
    }

    /// When the latest change of the store was made.
    ///
    /// One look-up a profile, however long the log is: as a join, SQLite would read the whole log.
    pub(crate) fn newest_change(&self) -> Result<Option<Time>> {
        let sql = "select max((select change_time from change
                where change.profile_key = profile_head.profile_key
                    and change.change_seq = profile_head.change_seq))
            from profile_head";
        Ok(self.row(sql, &[], |row| row.opt_i64(0))?.flatten().map(Time))
    }

    /// Changes after one cursor up to another that are wanted, in order, at most `limit`. `wanted` is given the
    /// conversation's number, and of a deleted one the agent that it had.
    pub(crate) fn list_changes(
        &self,
        profile: &ProfileTenant,
        (after, end): (Cursor, Cursor),
        limit: usize,
        mut wanted: impl FnMut(ChangedAt<'_>) -> Result<bool>,
    ) -> Result<Vec<Change>> {
        let sql = "select change_seq, conversation_id, kind, part_id, sequence, change_time, conversation_key, agent
            from change where profile_key = $1 and change_seq > $2 and change_seq <= $3 order by change_seq";
        let mut found = Vec::new();
        self.each(sql, &[profile.key.into(), after.0.into(), end.0.into()], |row| {
            let change = read(profile, row)?;
            let deleted = change.kind == ChangeKind::ConversationDeleted;
            let at = match deleted {
                true => ChangedAt::Deleted(row.opt_text(7)?),
                false => ChangedAt::Number(row.i64(6)?),
            };
            if wanted(at)? {
                found.push(change);
            }
            Ok(found.len() < limit)
        })?;
        Ok(found)
    }
}

/// Which conversation a change is of.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ChangedAt<'r> {
    /// One that was there after the change.
    Number(i64),
    /// One that the change deleted, with its agent.
    Deleted(Option<&'r str>),
}

fn read(profile: &ProfileTenant, row: &Row<'_>) -> Result<Change> {
    let code = i32::try_from(row.i64(2)?).ok();
    Ok(Change {
        cursor: Cursor(row.i64(0)?),
        conversation: profile.name.conversation(Id::known(row.text(1)?)),
        kind: code
            .and_then(ChangeKind::from_code)
            .ok_or_else(|| Error::internal("a change has an unknown kind"))?,
        part: row.opt_text(3)?.map(Id::known),
        sequence: i32::try_from(row.i64(4)?).unwrap_or(0),
        change_time: Time(row.i64(5)?),
    })
}
