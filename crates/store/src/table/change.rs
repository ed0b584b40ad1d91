//! Table `change`: the log that watchers read.
//!
//! A row holds what one group of writes changed in a profile: its columns the last change, whose number is the row's, and
//! `earlier` those before it.

use crate::{
    Row, Tx, packed, part_id,
    tenancy::{ProfileKey, ProfileTenant},
};
use hansard_domain::{
    Error, Id, Result, Time,
    change::{Change, ChangeKind, Cursor},
    code::Code,
    name::ConversationName,
};
use serde::{Deserialize, Serialize};

/// How many changes a row holds at most: so few that whoever reads one of them passes over few others.
const ROW_CHANGES: usize = 32;

/// A change that has no number yet.
#[derive(Debug, Clone)]
pub(crate) struct NewChange {
    pub conversation_key: i64,
    pub conversation: ConversationName,
    pub kind: ChangeKind,
    pub part: Option<Id>,
    pub sequence: i32,
    pub time: Time,
    /// The agent of a conversation that is deleted by this change.
    pub agent: Option<Id>,
}

impl NewChange {
    fn entry(&self) -> Entry<'_> {
        let stored = |id| part_id::stored(id, &self.conversation, self.time, self.sequence);
        Entry {
            number: 0,
            conversation: (self.conversation_key, self.conversation.conversation.as_str()),
            kind: self.kind.code(),
            part: self.part.as_ref().map(stored),
            sequence: self.sequence,
            time: self.time.0,
            agent: self.agent.as_ref().map(Id::as_str),
        }
    }
}

/// A change as it is stored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry<'r> {
    pub(crate) number: i64,
    /// The number of its conversation, and its id.
    conversation: (i64, &'r str),
    kind: i32,
    /// As [`part_id`] has it.
    part: Option<&'r str>,
    pub(crate) sequence: i32,
    time: i64,
    agent: Option<&'r str>,
}

/// Which conversation a change is of.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ChangedAt<'r> {
    /// One that was there after the change.
    Number(i64),
    /// One that the change deleted, with its agent.
    Deleted(Option<&'r str>),
}

impl<'r> Entry<'r> {
    pub(crate) fn conversation_key(&self) -> i64 {
        self.conversation.0
    }

    pub(crate) fn kind(&self) -> Result<ChangeKind> {
        ChangeKind::from_code(self.kind).ok_or_else(|| Error::internal("a change has an unknown kind"))
    }

    fn at(&self) -> Result<ChangedAt<'r>> {
        Ok(match self.kind()? {
            ChangeKind::ConversationDeleted => ChangedAt::Deleted(self.agent),
            _ => ChangedAt::Number(self.conversation_key()),
        })
    }

    fn change(&self, profile: &ProfileTenant) -> Result<Change> {
        let conversation = profile.name.conversation(Id::known(self.conversation.1));
        let change_time = Time(self.time);
        let id = |part| part_id::of_row(part, &conversation, change_time, self.sequence);
        Ok(Change {
            cursor: Cursor(self.number),
            kind: self.kind()?,
            part: self.part.map(id),
            sequence: self.sequence,
            change_time,
            conversation,
        })
    }
}

/// The changes of a row before its last, column by column. What is the same as the row's last is not repeated.
#[derive(Default, Serialize, Deserialize)]
struct Earlier<'r> {
    kinds: Vec<i32>,
    sequences: Vec<i32>,
    #[serde(borrow)]
    parts: Vec<Option<&'r str>>,
    /// From the change at a place on, another conversation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    conversations: Vec<(usize, i64, &'r str)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    times: Vec<(usize, i64)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    agents: Vec<(usize, &'r str)>,
}

impl<'r> Earlier<'r> {
    fn of(changes: &[Entry<'r>], last: &Entry<'r>) -> Self {
        let mut earlier = Self::default();
        let mut conversation = last.conversation;
        for (place, change) in changes.iter().enumerate() {
            earlier.kinds.push(change.kind);
            earlier.sequences.push(change.sequence);
            earlier.parts.push(change.part);
            if change.conversation != conversation {
                conversation = change.conversation;
                earlier.conversations.push((place, conversation.0, conversation.1));
            }
            if change.time != last.time {
                earlier.times.push((place, change.time));
            }
            earlier.agents.extend(change.agent.map(|agent| (place, agent)));
        }
        earlier
    }

    /// The changes that a row holds, the last one among them.
    fn entries(self, last: Entry<'r>) -> impl Iterator<Item = Entry<'r>> {
        let first = last.number - self.kinds.len() as i64;
        let mut conversations = self.conversations.into_iter().peekable();
        let mut conversation = last.conversation;
        let columns = self.kinds.into_iter().zip(self.sequences).zip(self.parts);
        let entries = columns.enumerate().map(move |(place, ((kind, sequence), part))| {
            if let Some((_, key, id)) = conversations.next_if(|(from, _, _)| *from == place) {
                conversation = (key, id);
            }
            let time = self.times.iter().find(|(at, _)| *at == place).map_or(last.time, |(_, time)| *time);
            let agent = self.agents.iter().find(|(at, _)| *at == place).map(|(_, agent)| *agent);
            Entry { number: first + place as i64, conversation, kind, part, sequence, time, agent }
        });
        entries.chain([last])
    }
}

const COLUMNS: &str =
    "change_seq, conversation_key, conversation_id, kind, part_id, sequence, change_time, agent, earlier";

/// The changes of a row, in order.
fn read<'r>(row: &'r Row<'_>) -> Result<impl Iterator<Item = Entry<'r>>> {
    let last = Entry {
        number: row.i64(0)?,
        conversation: (row.i64(1)?, row.text(2)?),
        kind: i32::try_from(row.i64(3)?).unwrap_or(i32::MAX),
        part: row.opt_text(4)?,
        sequence: i32::try_from(row.i64(5)?).unwrap_or(0),
        time: row.i64(6)?,
        agent: row.opt_text(7)?,
    };
    let earlier = row.opt_bytes(8)?.map(packed::read::<Earlier<'_>>).transpose()?;
    Ok(earlier.unwrap_or_default().entries(last))
}

impl Tx<'_> {
    /// Writes changes with the numbers from `first` on.
    pub(crate) fn insert_changes(
        &self,
        profile: ProfileKey,
        first: i64,
        changes: &[NewChange],
    ) -> Result<()> {
        let mut before = first - 1;
        for row in changes.chunks(ROW_CHANGES) {
            before += row.len() as i64;
            self.insert_row(profile, before, row)?;
        }
        Ok(())
    }

    fn insert_row(&self, profile: ProfileKey, number: i64, changes: &[NewChange]) -> Result<()> {
        let sql =
            "insert into change (profile_key, change_seq, conversation_key, conversation_id, kind, part_id,
                sequence, change_time, agent, earlier)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        let entries: Vec<Entry<'_>> = changes.iter().map(NewChange::entry).collect();
        let Some((last, earlier)) = entries.split_last() else { return Ok(()) };
        let earlier =
            (!earlier.is_empty()).then(|| packed::write(&Earlier::of(earlier, last))).transpose()?;
        let params = [
            profile.into(),
            number.into(),
            last.conversation.0.into(),
            last.conversation.1.into(),
            last.kind.into(),
            last.part.into(),
            last.sequence.into(),
            last.time.into(),
            last.agent.into(),
            earlier.as_ref().into(),
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

    /// Hands on the changes after one number and up to another, in order, as long as `each` wants more.
    pub(crate) fn each_change(
        &self,
        profile: ProfileKey,
        (after, to): (i64, i64),
        mut each: impl FnMut(&Entry<'_>) -> Result<bool>,
    ) -> Result<()> {
        let sql = const_format::formatcp!(
            "select {COLUMNS} from change where profile_key = $1 and change_seq > $2 and change_seq <= $3
            order by change_seq"
        );
        // The row that holds the last one may end after it.
        let end = to.saturating_add(ROW_CHANGES as i64 - 1);
        self.each(sql, &[profile.into(), after.into(), end.into()], |row| {
            for change in read(row)?.skip_while(|change| change.number <= after) {
                if change.number > to || !each(&change)? {
                    return Ok(false);
                }
            }
            Ok(true)
        })
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
        let mut found = Vec::new();
        self.each_change(profile.key, (after.0, end.0), |change| {
            if wanted(change.at()?)? {
                found.push(change.change(profile)?);
            }
            Ok(found.len() < limit)
        })?;
        Ok(found)
    }
}
