//! Table `message`.

use super::{
    derived::{beside, time_beside},
    part::{AskedPart, Part, find_parts},
};
use crate::{
    Row, Stretch, Tx, Value,
    find::{Mask, THIRDS},
    packed, part_id,
    tenancy::ProfileKey,
};
use hansard_domain::{
    Id, Result, Time,
    conversation::Conversation,
    message::{Content, Message},
    name::{ConversationName, PartName},
    redact::SafeText,
};
use std::sync::Arc;

const COLUMNS: &str = "message_id, position, create_time, update_time, delete_time, content, body";

fn read(conversation: &ConversationName, row: &Row<'_>) -> Result<Message> {
    let mut content: Content = packed::read_in(&conversation.profile, row.bytes(6)?)?;
    content.text = SafeText::stored(row.string(5)?);
    let (position, create_time) = (i32::try_from(row.i64(1)?).unwrap_or(i32::MAX), Time(row.i64(2)?));
    Ok(Message {
        name: conversation.message(part_id::of_row(row.text(0)?, conversation, create_time, position)),
        position,
        content: Arc::new(content),
        create_time,
        update_time: beside(row.i64(3)?, create_time),
        delete_time: row.opt_i64(4)?.map(Time),
    })
}

impl Part for Message {
    fn id(&self) -> &Id {
        &self.name.id
    }
}

impl Tx<'_> {
    pub(crate) fn find_message(
        &self,
        profile: ProfileKey,
        conversation: &Conversation,
        id: &Id,
    ) -> Result<Option<Message>> {
        Ok(self.find_messages(&[(profile, conversation, id)])?.pop().flatten())
    }

    /// Each of these messages.
    pub(crate) fn find_messages(&self, asked: &[AskedPart<'_>]) -> Result<Vec<Option<Message>>> {
        let of_number = const_format::formatcp!(
            "select {COLUMNS} from message
            where profile_key = $1 and conversation_key = $2 and position = $3"
        );
        let of_id = const_format::formatcp!(
            "select {COLUMNS} from message
            where profile_key = $1 and conversation_key = $2 and message_id = $3 and is_given = 1"
        );
        find_parts(self, (of_number, of_id), asked, read)
    }

    /// Messages after a position, in order.
    pub(crate) fn list_messages(
        &self,
        profile: ProfileKey,
        conversation: &Conversation,
        after: i32,
        show_deleted: bool,
        limit: i32,
    ) -> Result<Vec<Message>> {
        let sql = const_format::formatcp!(
            "select {COLUMNS} from message
            where profile_key = $1 and conversation_key = $2 and position > $3
                and ($4 = 1 or delete_time is null)
            order by position limit $5"
        );
        let params =
            [profile.into(), conversation.number.into(), after.into(), show_deleted.into(), limit.into()];
        self.rows(sql, &params, |row| read(&conversation.name, row))
    }

    /// Part of the messages that are not deleted, in order.
    pub(crate) fn list_stretch_of_messages(
        &self,
        profile: ProfileKey,
        conversation: &Conversation,
        stretch: Stretch,
    ) -> Result<Vec<Message>> {
        let sql = const_format::formatcp!(
            "select {COLUMNS} from message
            where profile_key = $1 and conversation_key = $2 and delete_time is null
            order by position limit $3 offset $4"
        );
        let bound = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let params = [
            profile.into(),
            conversation.number.into(),
            bound(stretch.take).into(),
            bound(stretch.skip).into(),
        ];
        self.rows(sql, &params, |row| read(&conversation.name, row))
    }

    /// How many messages are not deleted.
    pub(crate) fn count_messages(&self, profile: ProfileKey, conversation: i64) -> Result<i64> {
        let sql = "select count(*) from message
            where profile_key = $1 and conversation_key = $2 and delete_time is null";
        Ok(self.row(sql, &[profile.into(), conversation.into()], |row| row.i64(0))?.unwrap_or(0))
    }

    /// The text of a message that is not deleted.
    pub(crate) fn find_text(
        &self,
        profile: ProfileKey,
        conversation: i64,
        position: i32,
    ) -> Result<Option<String>> {
        let sql = "select content from message
            where profile_key = $1 and conversation_key = $2 and position = $3 and delete_time is null";
        self.row(sql, &[profile.into(), conversation.into(), position.into()], |row| row.string(0))
    }

    /// The texts of a conversation's messages, without deleted ones.
    pub(crate) fn list_texts(&self, profile: ProfileKey, conversation: i64) -> Result<Vec<String>> {
        let mut texts = Vec::new();
        self.each_text_of(profile, &[(conversation, Mask::WHOLE)], |_, text| {
            texts.push(text.to_owned());
            true
        })?;
        Ok(texts)
    }

    /// Calls `each` with the place of each conversation and the texts of its thirds, in their order and without deleted ones,
    /// as long as it wants more of that conversation.
    pub(crate) fn each_text_of(
        &self,
        profile: ProfileKey,
        conversations: &[(i64, Mask)],
        mut each: impl FnMut(usize, &str) -> bool,
    ) -> Result<()> {
        const { assert!(THIRDS == 3) };
        let sql = "select content from message
            where profile_key = $1 and conversation_key = $2 and delete_time is null
                and (cast($3 as bigint) >> cast(position % 3 as integer)) & 1 = 1
            order by position";
        let asked = conversations
            .iter()
            .map(|(number, Mask(thirds))| [profile.into(), (*number).into(), i64::from(*thirds).into()]);
        self.rows_of_each(sql, &asked.collect::<Vec<[Value<'_>; 3]>>(), |place, row| {
            Ok(each(place, row.text(0)?))
        })
    }

    pub(crate) fn insert_message(
        &self,
        profile: ProfileKey,
        conversation: i64,
        message: &Message,
    ) -> Result<()> {
        let sql = "insert into message (profile_key, conversation_key, position, message_id, create_time, update_time,
                delete_time, content, body, is_given)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        let body = packed::write_in(&message.name.conversation.profile, &message.content)?;
        let PartName { conversation: name, id, .. } = &message.name;
        let is_given = part_id::number(id) != Some(message.position);
        let id = part_id::stored(id, name, message.create_time, message.position);
        let params = [
            profile.into(),
            conversation.into(),
            message.position.into(),
            id.into(),
            message.create_time.0.into(),
            time_beside(message.update_time, message.create_time).into(),
            message.delete_time.map(|time| time.0).into(),
            message.content.text.as_str().into(),
            body.as_slice().into(),
            is_given.into(),
        ];
        self.execute(sql, &params)
    }

    pub(crate) fn update_message(
        &self,
        profile: ProfileKey,
        conversation: i64,
        message: &Message,
    ) -> Result<()> {
        let sql = "update message set update_time = $4, delete_time = $5, content = $6, body = $7
            where profile_key = $1 and conversation_key = $2 and position = $3";
        let body = packed::write_in(&message.name.conversation.profile, &message.content)?;
        let params = [
            profile.into(),
            conversation.into(),
            message.position.into(),
            time_beside(message.update_time, message.create_time).into(),
            message.delete_time.map(|time| time.0).into(),
            message.content.text.as_str().into(),
            body.as_slice().into(),
        ];
        self.execute(sql, &params)
    }
}
