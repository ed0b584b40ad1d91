//! Tables `conversation` and `conversation_counter`.

use crate::{Row, Tx, Value, json, tenancy::ProfileKey};
use hansard_domain::{
    Error, Id, Result, Time,
    code::Code,
    conversation::{Body, Conversation, Counters},
    name::{ConversationName, ProfileName},
};
use std::sync::Arc;

/// The columns that [`read_conversation`] reads, of `conversation c` and `conversation_counter k`.
pub(crate) const CONVERSATION_COLUMNS: &str =
    "c.conversation_id, c.conversation_key, c.body, k.message_count, k.event_count, k.last_message_time";

const FROM: &str = "from conversation c join conversation_counter k
    on k.profile_key = c.profile_key and k.conversation_key = c.conversation_key";

const PUT: &str = "insert into conversation (profile_key, conversation_key, conversation_id, state, status, agent,
        start_time, end_time, update_time, delete_time, platform_conversation_id, platform_account_id,
        correlation_id, channel, source, language_code, usecase_id, sharing_state, audio_persistence_state,
        corruption_state, persistence_state, raise_hand_state, direction, skill, visitor_id, virtual_agent,
        deployment_config_id, display_name_folded, body)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
        $23, $24, $25, $26, $27, $28, $29)
    on conflict (profile_key, conversation_key) do update set
        state = excluded.state, status = excluded.status, agent = excluded.agent,
        start_time = excluded.start_time, end_time = excluded.end_time, update_time = excluded.update_time,
        delete_time = excluded.delete_time, platform_conversation_id = excluded.platform_conversation_id,
        platform_account_id = excluded.platform_account_id, correlation_id = excluded.correlation_id,
        channel = excluded.channel, source = excluded.source, language_code = excluded.language_code,
        usecase_id = excluded.usecase_id, sharing_state = excluded.sharing_state,
        audio_persistence_state = excluded.audio_persistence_state,
        corruption_state = excluded.corruption_state, persistence_state = excluded.persistence_state,
        raise_hand_state = excluded.raise_hand_state, direction = excluded.direction, skill = excluded.skill,
        visitor_id = excluded.visitor_id, virtual_agent = excluded.virtual_agent,
        deployment_config_id = excluded.deployment_config_id,
        display_name_folded = excluded.display_name_folded, body = excluded.body";

const SAME: &str = "select 1 from conversation
    where profile_key = $1 and conversation_key = $2 and (conversation_id, state, status, agent, start_time,
        end_time, update_time, delete_time, platform_conversation_id, platform_account_id, correlation_id,
        channel, source, language_code, usecase_id, sharing_state, audio_persistence_state, corruption_state,
        persistence_state, raise_hand_state, direction, skill, visitor_id, virtual_agent,
        deployment_config_id, display_name_folded)
    is ($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
        $25, $26, $27, $28)";

pub(crate) fn read_conversation(profile: &ProfileName, row: &Row<'_>) -> Result<Conversation> {
    Ok(Conversation {
        name: profile.conversation(Id::known(row.text(0)?)),
        number: row.i64(1)?,
        body: Arc::new(json::read::<Body>(row.text(2)?)?),
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
fn columns<'a>(
    profile: ProfileKey,
    conversation: &'a Conversation,
    folded: &'a str,
    text: &'a str,
) -> [Value<'a>; 29] {
    let body = &*conversation.body;
    let fields = &body.fields;
    let platform = fields.platform_info.as_ref();
    [
        profile.into(),
        conversation.number.into(),
        conversation.name.conversation.as_str().into(),
        body.state.code().into(),
        body.status.code().into(),
        fields.agent.as_ref().map(Id::as_str).into(),
        body.start_time.0.into(),
        body.end_time.map(|time| time.0).into(),
        body.update_time.0.into(),
        body.delete_time.map(|time| time.0).into(),
        platform.map_or("", |info| &info.platform_conversation_id).into(),
        platform.map_or("", |info| &info.platform_account_id).into(),
        (&fields.correlation_id).into(),
        fields.channel.code().into(),
        fields.source.code().into(),
        (&fields.language_code).into(),
        fields.usecase.rsplit('/').next().unwrap_or_default().into(),
        body.sharing_state.code().into(),
        body.audio_persistence_state.code().into(),
        fields.corruption_state.code().into(),
        fields.persistence_state.code().into(),
        fields.raise_hand_state.code().into(),
        fields.direction.code().into(),
        (&fields.skill).into(),
        fields.visitor.as_ref().map_or("", |visitor| &visitor.platform_visitor_id).into(),
        (&fields.virtual_agent).into(),
        fields.deployment.as_ref().map_or("", |deployment| &deployment.deployment_config_id).into(),
        folded.into(),
        text.into(),
    ]
}

/// Text as the display-name search compares it: letter by letter, so that a part of a name folds as it
/// does inside the name. The final sigma is the only letter whose lower case depends on its place.
pub(crate) fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).map(|letter| if letter == 'ς' { 'σ' } else { letter }).collect()
}

impl Tx<'_> {
    /// The conversation with the length of its stored body.
    pub(crate) fn find_conversation(
        &self,
        profile: ProfileKey,
        name: &ConversationName,
    ) -> Result<Option<(Conversation, usize)>> {
        // Two look-ups and no join: SQLite plans a join with bound keys anew each time it runs.
        let sql = "select conversation_key, body from conversation
            where profile_key = $1 and conversation_id = $2";
        let found = self.row(sql, &[profile.into(), name.conversation.as_str().into()], |row| {
            let text = row.text(1)?;
            Ok((row.i64(0)?, Arc::new(json::read::<Body>(text)?), text.len()))
        })?;
        let Some((number, body, body_bytes)) = found else { return Ok(None) };
        let counters = self.get_counters(profile, number)?;
        Ok(Some((Conversation { name: name.clone(), number, body, counters }, body_bytes)))
    }

    fn get_counters(&self, profile: ProfileKey, conversation: i64) -> Result<Counters> {
        let sql = "select message_count, event_count, last_message_time from conversation_counter
            where profile_key = $1 and conversation_key = $2";
        let counters = self.row(sql, &[profile.into(), conversation.into()], |row| read_counters(row, 0))?;
        counters.ok_or_else(|| Error::internal("a conversation has no counters"))
    }

    /// The newest conversation of a platform id that is not deleted.
    pub(crate) fn find_by_platform_id(
        &self,
        profile: ProfileKey,
        name: &ProfileName,
        platform_id: &str,
        account_id: &str,
        agent: Option<&Id>,
    ) -> Result<Option<Conversation>> {
        let sql = const_format::formatcp!(
            "select {CONVERSATION_COLUMNS} {FROM}
            where c.profile_key = $1 and c.platform_conversation_id = $2 and c.platform_conversation_id <> ''
                and ($3 = '' or c.platform_account_id = $3) and ($4 is null or c.agent = $4)
                and c.delete_time is null
            order by c.start_time desc, c.conversation_key desc limit 1"
        );
        let params = [profile.into(), platform_id.into(), account_id.into(), agent.map(Id::as_str).into()];
        self.row(sql, &params, |row| read_conversation(name, row))
    }

    pub(crate) fn find_by_number(
        &self,
        profile: ProfileKey,
        name: &ProfileName,
        number: i64,
    ) -> Result<Option<Conversation>> {
        let sql = const_format::formatcp!(
            "select {CONVERSATION_COLUMNS} {FROM} where c.profile_key = $1 and c.conversation_key = $2"
        );
        self.row(sql, &[profile.into(), number.into()], |row| read_conversation(name, row))
    }

    /// The live conversations of an agent, oldest first.
    pub(crate) fn list_live_of_agent(
        &self,
        profile: ProfileKey,
        name: &ProfileName,
        agent: &Id,
    ) -> Result<Vec<Conversation>> {
        let sql = const_format::formatcp!(
            "select {CONVERSATION_COLUMNS} {FROM}
            where c.profile_key = $1 and c.agent = $2 and c.state = 1 and c.delete_time is null
            order by c.start_time, c.conversation_id"
        );
        self.rows(sql, &[profile.into(), agent.as_str().into()], |row| read_conversation(name, row))
    }

    /// Inserts a conversation or replaces its row; answers the length of its stored body.
    pub(crate) fn put_conversation(&self, profile: ProfileKey, conversation: &Conversation) -> Result<usize> {
        let text = json::write(&*conversation.body)?;
        let folded = fold(conversation.body.fields.display_name.as_str());
        self.execute(PUT, &columns(profile, conversation, &folded, &text))?;
        Ok(text.len())
    }

    /// Whether the columns of a stored conversation say what its body says.
    pub(crate) fn has_columns_of(&self, profile: ProfileKey, conversation: &Conversation) -> Result<bool> {
        let folded = fold(conversation.body.fields.display_name.as_str());
        let columns = columns(profile, conversation, &folded, "");
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
        self.execute(sql, &params).map(drop)
    }

    /// Deletes a conversation and everything that belongs to it; the change log keeps its names.
    pub(crate) fn delete_conversation(&self, profile: ProfileKey, number: i64) -> Result<()> {
        const TABLES: [&str; 6] = [
            "message",
            "event",
            "conversation_tag",
            "conversation_metadata",
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
