//! Tables `conversation` and `conversation_counter`.

use super::{numbered, numbered_in};
use crate::{Row, Tx, Value, find::BLOCK, packed, tenancy::ProfileKey};
use hansard_domain::{
    Error, Id, Result, Time,
    conversation::{Body, Conversation, Counters},
    name::{ConversationName, ProfileName},
};
use serde::Deserialize;
use std::sync::Arc;

/// The columns that [`read_conversation`] reads, of `conversation c` and `conversation_counter k`.
const CONVERSATION_COLUMNS: &str =
    "c.conversation_id, c.conversation_key, c.body, k.message_count, k.event_count, k.last_message_time";

const FROM: &str = "from conversation c join conversation_counter k
    on k.profile_key = c.profile_key and k.conversation_key = c.conversation_key";

const PUT: &str = "insert into conversation (profile_key, conversation_key, conversation_id, start_time,
        platform_conversation_id, platform_account_id, body)
    values ($1, $2, $3, $4, $5, $6, $7)
    on conflict (profile_key, conversation_key) do update set
        start_time = excluded.start_time, platform_conversation_id = excluded.platform_conversation_id,
        platform_account_id = excluded.platform_account_id, body = excluded.body";

const SAME: &str = "select 1 from conversation
    where profile_key = $1 and conversation_key = $2 and conversation_id = $3 and start_time = $4
        and platform_conversation_id = $5 and platform_account_id = $6";

/// The part of a [`Body`] that names it.
#[derive(Deserialize)]
struct NamedBody {
    fields: NamedFields,
}

#[derive(Deserialize)]
struct NamedFields {
    #[serde(default)]
    display_name: String,
}

fn read_conversation(profile: &ProfileName, row: &Row<'_>) -> Result<Conversation> {
    Ok(Conversation {
        name: profile.conversation(Id::known(row.text(0)?)),
        number: row.i64(1)?,
        body: Arc::new(packed::read_in::<Body>(profile, row.bytes(2)?)?),
        counters: read_counters(row, 3)?,
    })
}

/// Reads message_count, event_count and last_message_time from three columns.
fn read_counters(row: &Row<'_>, first: usize) -> Result<Counters> {
    Ok(Counters {
        messages: count(row.i64(first)?),
        events: count(row.i64(first + 1)?),
        last_message_time: row.opt_i64(first + 2)?.map(Time),
    })
}

fn count(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// The columns of [`PUT`] in their order.
fn columns<'a>(profile: ProfileKey, conversation: &'a Conversation, body: &'a [u8]) -> [Value<'a>; 7] {
    let platform = conversation.body.fields.platform_info.as_ref();
    [
        profile.into(),
        conversation.number.into(),
        conversation.name.conversation.as_str().into(),
        conversation.body.start_time.0.into(),
        platform.map_or("", |info| &info.platform_conversation_id).into(),
        platform.map_or("", |info| &info.platform_account_id).into(),
        body.into(),
    ]
}

impl Tx<'_> {
    /// The conversation with the length of its stored body.
    pub(crate) fn find_conversation(
        &self,
        profile: ProfileKey,
        name: &ConversationName,
    ) -> Result<Option<(Conversation, usize)>> {
        Ok(self.find_conversations(&[(profile, name)])?.pop().flatten())
    }

    /// Each of these conversations with the length of its stored body.
    pub(crate) fn find_conversations(
        &self,
        asked: &[(ProfileKey, &ConversationName)],
    ) -> Result<Vec<Option<(Conversation, usize)>>> {
        // Two look-ups and no join: SQLite plans a join with bound keys anew each time it runs.
        let sql = "select conversation_key, body from conversation
            where profile_key = $1 and conversation_id = $2";
        let params =
            asked.iter().map(|(profile, name)| [(*profile).into(), name.conversation.as_str().into()]);
        let bodies = self.row_of_each(sql, &params.collect::<Vec<[Value<'_>; 2]>>(), |place, row| {
            let body = row.bytes(1)?;
            Ok((row.i64(0)?, Arc::new(packed::read_in::<Body>(&asked[place].1.profile, body)?), body.len()))
        })?;
        let places = asked.iter().zip(&bodies);
        let found = places.filter_map(|((profile, _), body)| Some((*profile, body.as_ref()?.0)));
        let mut counters = self.get_counters(found)?.into_iter();
        let conversation = |((_, name), body): (&(ProfileKey, &ConversationName), _)| {
            let (number, body, bytes) = body?;
            let counters = counters.next()?;
            Some((Conversation { name: (*name).clone(), number, body, counters }, bytes))
        };
        Ok(asked.iter().zip(bodies).map(conversation).collect())
    }

    /// The counters of each of these conversations.
    fn get_counters(&self, asked: impl IntoIterator<Item = (ProfileKey, i64)>) -> Result<Vec<Counters>> {
        let sql = "select message_count, event_count, last_message_time from conversation_counter
            where profile_key = $1 and conversation_key = $2";
        let found = self.row_of_each(sql, &numbered(asked), |_, row| read_counters(row, 0))?;
        let found: Option<Vec<_>> = found.into_iter().collect();
        found.ok_or_else(|| Error::internal("a conversation has no counters"))
    }

    /// The newest conversation of a platform id that is wanted.
    pub(crate) fn find_by_platform_id(
        &self,
        profile: ProfileKey,
        name: &ProfileName,
        (platform_id, account_id): (&str, &str),
        wanted: impl Fn(&Conversation) -> bool,
    ) -> Result<Option<Conversation>> {
        let sql = const_format::formatcp!(
            "select {CONVERSATION_COLUMNS} {FROM}
            where c.profile_key = $1 and c.platform_conversation_id = $2 and c.platform_conversation_id <> ''
                and substr(c.platform_conversation_id, 1, 200) = substr($2, 1, 200)
                and ($3 = '' or c.platform_account_id = $3)
            order by c.start_time desc, c.conversation_key desc"
        );
        let mut found = None;
        self.each(sql, &[profile.into(), platform_id.into(), account_id.into()], |row| {
            found = Some(read_conversation(name, row)?).filter(&wanted);
            Ok(found.is_none())
        })?;
        Ok(found)
    }

    pub(crate) fn find_by_number(
        &self,
        profile: ProfileKey,
        name: &ProfileName,
        number: i64,
    ) -> Result<Option<Conversation>> {
        Ok(self.find_by_numbers(profile, name, &[number])?.pop().flatten())
    }

    /// The numbers of all conversations, in order.
    pub(crate) fn list_all_numbers(&self, profile: ProfileKey) -> Result<Vec<i64>> {
        let sql =
            "select conversation_key from conversation where profile_key = $1 order by conversation_key";
        self.rows(sql, &[profile.into()], |row| row.i64(0))
    }

    /// The display name of each alone; no body is read whole.
    pub(crate) fn find_display_names(
        &self,
        profile: ProfileKey,
        name: &ProfileName,
        numbers: &[i64],
    ) -> Result<Vec<Option<String>>> {
        let sql = "select body from conversation where profile_key = $1 and conversation_key = $2";
        self.row_of_each(sql, &numbered_in(profile, numbers), |_, row| {
            Ok(packed::read_in::<NamedBody>(name, row.bytes(0)?)?.fields.display_name)
        })
    }

    /// Each of these conversations, where it is there.
    pub(crate) fn find_by_numbers(
        &self,
        profile: ProfileKey,
        name: &ProfileName,
        numbers: &[i64],
    ) -> Result<Vec<Option<Conversation>>> {
        let sql = "select conversation_id, body from conversation
            where profile_key = $1 and conversation_key = $2";
        let bodies = self.row_of_each(sql, &numbered_in(profile, numbers), |_, row| {
            Ok((Id::known(row.text(0)?), Arc::new(packed::read_in::<Body>(name, row.bytes(1)?)?)))
        })?;
        let there = numbers.iter().zip(&bodies).filter(|(_, body)| body.is_some());
        let mut counters = self.get_counters(there.map(|(number, _)| (profile, *number)))?.into_iter();
        let conversation = |(number, body): (&i64, Option<_>)| {
            let (id, body) = body?;
            let (name, counters) = (name.conversation(id), counters.next()?);
            Some(Conversation { name, number: *number, body, counters })
        };
        Ok(numbers.iter().zip(bodies).map(conversation).collect())
    }

    /// Ids of conversations by their numbers, in their order; those that are absent are left out.
    pub(crate) fn list_ids(&self, profile: ProfileKey, numbers: &[i64]) -> Result<Vec<(Id, i64)>> {
        let sql = "select conversation_id from conversation where profile_key = $1 and conversation_key = $2";
        let ids =
            self.row_of_each(sql, &numbered_in(profile, numbers), |_, row| Ok(Id::known(row.text(0)?)))?;
        Ok(ids.into_iter().zip(numbers).filter_map(|(id, number)| Some((id?, *number))).collect())
    }

    /// Ids and numbers of messages of conversations by their numbers, in their order; those that are absent are left out.
    pub(crate) fn list_lengths(&self, profile: ProfileKey, numbers: &[i64]) -> Result<Vec<(Id, i32)>> {
        let ids = self.list_ids(profile, numbers)?;
        let counters = self.get_counters(ids.iter().map(|(_, number)| (profile, *number)))?;
        let lengths = ids.into_iter().zip(counters);
        Ok(lengths.map(|((id, _), counters)| (id, counters.messages)).collect())
    }

    /// The numbers of the conversations that have no more than so many messages, in order.
    pub(crate) fn list_not_longer(&self, profile: ProfileKey, messages: i32) -> Result<Vec<i64>> {
        let sql = "select conversation_key from conversation_counter
            where profile_key = $1 and message_count <= $2 order by conversation_key";
        self.rows(sql, &[profile.into(), messages.into()], |row| row.i64(0))
    }

    /// Numbers and bodies of the conversations of a block, in order.
    pub(crate) fn list_block(&self, profile: ProfileKey, block: i64) -> Result<Vec<(i64, Body)>> {
        let sql = "select conversation_key, body from conversation
            where profile_key = $1 and conversation_key >= $2 and conversation_key < $3 order by conversation_key";
        let (from, to) = (block * BLOCK, (block + 1) * BLOCK);
        let name = self.profile_name(profile)?;
        self.rows(sql, &[profile.into(), from.into(), to.into()], |row| {
            Ok((row.i64(0)?, packed::read_in::<Body>(&name, row.bytes(1)?)?))
        })
    }

    /// The first conversation at a profile and number, or after them.
    pub(crate) fn next_conversation(
        &self,
        profile: ProfileKey,
        number: i64,
    ) -> Result<Option<(ProfileKey, i64)>> {
        let sql = "select profile_key, conversation_key from conversation
            where profile_key > $1 or (profile_key = $1 and conversation_key >= $2)
            order by profile_key, conversation_key limit 1";
        self.row(sql, &[profile.into(), number.into()], |row| Ok((ProfileKey(row.i64(0)?), row.i64(1)?)))
    }

    /// Inserts a conversation or replaces its row; answers the length of its stored body.
    pub(crate) fn put_conversation(&self, profile: ProfileKey, conversation: &Conversation) -> Result<usize> {
        let body = packed::write_in(&conversation.name.profile, &*conversation.body)?;
        self.execute(PUT, &columns(profile, conversation, &body))?;
        Ok(body.len())
    }

    /// Whether the columns of a stored conversation say what its body says.
    pub(crate) fn has_columns_of(&self, profile: ProfileKey, conversation: &Conversation) -> Result<bool> {
        let columns = columns(profile, conversation, &[]);
        // The body is the last, and what it is compared with.
        let found = self.row(SAME, &columns[..columns.len() - 1], |_| Ok(()))?;
        Ok(found.is_some())
    }

    pub(crate) fn put_counters(&self, profile: ProfileKey, conversation: &Conversation) -> Result<()> {
        let sql = "insert into conversation_counter
                (profile_key, conversation_key, message_count, event_count, last_message_time)
            values ($1, $2, $3, $4, $5)
            on conflict (profile_key, conversation_key) do update set
                message_count = excluded.message_count, event_count = excluded.event_count,
                last_message_time = excluded.last_message_time";
        let counters = conversation.counters;
        let params = [
            profile.into(),
            conversation.number.into(),
            counters.messages.into(),
            counters.events.into(),
            counters.last_message_time.map(|time| time.0).into(),
        ];
        self.execute(sql, &params)
    }

    /// Deletes a conversation and everything that belongs to it; the change log keeps its names.
    pub(crate) fn delete_conversation(&self, profile: ProfileKey, number: i64) -> Result<()> {
        const TABLES: [&str; 8] = [
            "message",
            "growing_text",
            "event",
            "annotation",
            "scorecard",
            "conversation_tag",
            "conversation_counter",
            "conversation",
        ];
        for table in TABLES {
            let sql = format!("delete from {table} where profile_key = $1 and conversation_key = $2");
            self.execute(&sql, &[profile.into(), number.into()])?;
        }
        Ok(())
    }
}
