//! Table `event`.

use crate::{Row, Tx, json, part_id, tenancy::ProfileKey};
use hansard_domain::{
    Error, Id, Result, Time,
    code::Code,
    conversation::Conversation,
    event::{Event, EventType},
    name::ConversationName,
};

const COLUMNS: &str = "event_id, sequence, kind, event_time, create_time, actor, body";

fn read(conversation: &ConversationName, row: &Row<'_>) -> Result<Event> {
    let code = i32::try_from(row.i64(2)?).ok();
    Ok(Event {
        name: conversation.event(Id::known(row.text(0)?)),
        sequence: i32::try_from(row.i64(1)?).unwrap_or(i32::MAX),
        kind: code
            .and_then(EventType::from_code)
            .ok_or_else(|| Error::internal("an event has an unknown type"))?,
        event_time: Time(row.i64(3)?),
        create_time: Time(row.i64(4)?),
        actor: row.string(5)?,
        content: json::read(row.text(6)?)?,
    })
}

impl Tx<'_> {
    pub(crate) fn find_event(
        &self,
        profile: ProfileKey,
        conversation: &Conversation,
        id: &Id,
    ) -> Result<Option<Event>> {
        let read = |row: &Row<'_>| read(&conversation.name, row);
        if let Some(sequence) = part_id::number(id) {
            let sql = const_format::formatcp!(
                "select {COLUMNS} from event
                where profile_key = $1 and conversation_key = $2 and sequence = $3 and event_id = $4"
            );
            let params = [profile.into(), conversation.number.into(), sequence.into(), id.as_str().into()];
            if let Some(found) = self.row(sql, &params, read)? {
                return Ok(Some(found));
            }
        }
        let sql = const_format::formatcp!(
            "select {COLUMNS} from event
            where profile_key = $1 and conversation_key = $2 and event_id = $3 and is_given = 1"
        );
        self.row(sql, &[profile.into(), conversation.number.into(), id.as_str().into()], read)
    }

    /// Events after a sequence number, in order; of all types where `kinds` is empty.
    pub(crate) fn list_events(
        &self,
        profile: ProfileKey,
        conversation: &Conversation,
        after: i32,
        kinds: &[EventType],
        limit: i32,
    ) -> Result<Vec<Event>> {
        let codes: Vec<String> = kinds.iter().map(|kind| kind.code().to_string()).collect();
        let of_kind =
            if kinds.is_empty() { String::new() } else { format!("and kind in ({})", codes.join(", ")) };
        let sql = format!(
            "select {COLUMNS} from event
            where profile_key = $1 and conversation_key = $2 and sequence > $3 {of_kind}
            order by sequence limit $4"
        );
        let params = [profile.into(), conversation.number.into(), after.into(), limit.into()];
        self.rows(&sql, &params, |row| read(&conversation.name, row))
    }

    pub(crate) fn insert_event(&self, profile: ProfileKey, conversation: i64, event: &Event) -> Result<()> {
        let sql = "insert into event (profile_key, conversation_key, sequence, event_id, kind, event_time,
                create_time, actor, body, is_given)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        let body = json::write(&event.content)?;
        let is_given = part_id::number(&event.name.id) != Some(event.sequence);
        let params = [
            profile.into(),
            conversation.into(),
            event.sequence.into(),
            event.name.id.as_str().into(),
            event.kind.code().into(),
            event.event_time.0.into(),
            event.create_time.0.into(),
            (&event.actor).into(),
            (&body).into(),
            is_given.into(),
        ];
        self.execute(sql, &params).map(drop)
    }
}
