//! Table `event`.

use super::{
    derived::{beside, full, time_beside, under},
    part::{AskedPart, Part, find_parts},
};
use crate::{Row, Tx, packed, part_id, tenancy::ProfileKey};
use hansard_domain::{
    Error, Id, Result, Time,
    code::Code,
    conversation::Conversation,
    event::{Event, EventType},
    name::{ConversationName, PartName, ProfileName},
};
use serde::{Deserialize, Serialize};

const COLUMNS: &str = "event_id, sequence, kind, event_time, create_time, actor, body";

/// Where a usage stands among the others: its time, its conversation's number, its sequence.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct UsagePlace(pub i64, pub i64, pub i32);

impl UsagePlace {
    /// Before every usage, from the newest on.
    pub(crate) const FIRST: Self = Self(i64::MAX, i64::MAX, i32::MAX);
}

fn read(conversation: &ConversationName, row: &Row<'_>) -> Result<Event> {
    let code = i32::try_from(row.i64(2)?).ok();
    let (sequence, event_time) = (i32::try_from(row.i64(1)?).unwrap_or(i32::MAX), Time(row.i64(3)?));
    let create_time = beside(row.i64(4)?, event_time);
    Ok(Event {
        name: conversation.event(part_id::of_row(row.text(0)?, conversation, create_time, sequence)),
        sequence,
        kind: code
            .and_then(EventType::from_code)
            .ok_or_else(|| Error::internal("an event has an unknown type"))?,
        event_time,
        create_time,
        actor: full(row.text(5)?, &conversation.profile.owner()),
        content: packed::read_in(&conversation.profile, row.bytes(6)?)?,
    })
}

impl Part for Event {
    fn id(&self) -> &Id {
        &self.name.id
    }
}

impl Tx<'_> {
    pub(crate) fn find_event(
        &self,
        profile: ProfileKey,
        conversation: &Conversation,
        id: &Id,
    ) -> Result<Option<Event>> {
        Ok(self.find_events(&[(profile, conversation, id)])?.pop().flatten())
    }

    /// Each of these events.
    pub(crate) fn find_events(&self, asked: &[AskedPart<'_>]) -> Result<Vec<Option<Event>>> {
        let of_number = const_format::formatcp!(
            "select {COLUMNS} from event
            where profile_key = $1 and conversation_key = $2 and sequence = $3"
        );
        let of_id = const_format::formatcp!(
            "select {COLUMNS} from event
            where profile_key = $1 and conversation_key = $2 and event_id = $3 and is_given = 1"
        );
        find_parts(self, (of_number, of_id), asked, read)
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

    /// Events that tell of a used suggestion in a range of times, newest first, before a place.
    pub(crate) fn list_suggestion_usages(
        &self,
        profile: (ProfileKey, &ProfileName),
        (from, to): (Time, Time),
        before: UsagePlace,
        limit: i32,
    ) -> Result<Vec<(UsagePlace, Event)>> {
        // Written out, as in the index, which serves only then.
        let kinds = EventType::SUGGESTION_USAGES.map(|kind| kind.code().to_string()).join(", ");
        let sql = format!(
            "select e.event_id, e.sequence, e.kind, e.event_time, e.create_time, e.actor, e.body,
                e.conversation_key, c.conversation_id
            from event e join conversation c
                on c.profile_key = e.profile_key and c.conversation_key = e.conversation_key
            where e.profile_key = $1 and e.kind in ({kinds})
                and e.event_time >= $2 and e.event_time <= $3
                and (e.event_time, e.conversation_key, e.sequence) < ($4, $5, $6)
            order by e.event_time desc, e.conversation_key desc, e.sequence desc limit $7"
        );
        let (key, name) = profile;
        let UsagePlace(time, conversation, sequence) = before;
        let params = [
            key.into(),
            from.0.into(),
            to.0.into(),
            time.into(),
            conversation.into(),
            sequence.into(),
            limit.into(),
        ];
        self.rows(&sql, &params, |row| {
            let event = read(&name.conversation(Id::known(row.text(8)?)), row)?;
            Ok((UsagePlace(event.event_time.0, row.i64(7)?, event.sequence), event))
        })
    }

    pub(crate) fn insert_event(&self, profile: ProfileKey, conversation: i64, event: &Event) -> Result<()> {
        let sql = "insert into event (profile_key, conversation_key, sequence, event_id, kind, event_time,
                create_time, actor, body, is_given)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        let body = packed::write_in(&event.name.conversation.profile, &event.content)?;
        let PartName { conversation: name, id, .. } = &event.name;
        let is_given = part_id::number(id) != Some(event.sequence);
        let id = part_id::stored(id, name, event.create_time, event.sequence);
        let actor = under(&event.actor, &name.profile.owner());
        let params = [
            profile.into(),
            conversation.into(),
            event.sequence.into(),
            id.into(),
            event.kind.code().into(),
            event.event_time.0.into(),
            time_beside(event.create_time, event.event_time).into(),
            (&actor).into(),
            body.as_slice().into(),
            is_given.into(),
        ];
        self.execute(sql, &params)
    }

    /// Writes an event's content over; nothing else of it changes.
    pub(crate) fn update_event(&self, profile: ProfileKey, conversation: i64, event: &Event) -> Result<()> {
        let sql = "update event set body = $4
            where profile_key = $1 and conversation_key = $2 and sequence = $3";
        let body = packed::write_in(&event.name.conversation.profile, &event.content)?;
        self.execute(
            sql,
            &[profile.into(), conversation.into(), event.sequence.into(), body.as_slice().into()],
        )
        .map(drop)
    }
}
