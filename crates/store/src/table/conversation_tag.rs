//! Table `conversation_tag`.

use super::numbered_in;
use crate::{Tx, tenancy::ProfileKey};
use hansard_domain::{Id, Result};

impl Tx<'_> {
    /// Ids of a conversation's tags, in order.
    pub(crate) fn list_conversation_tags(&self, profile: ProfileKey, conversation: i64) -> Result<Vec<Id>> {
        let sql = "select tag_id from conversation_tag
            where profile_key = $1 and conversation_key = $2 order by tag_id";
        self.rows(sql, &[profile.into(), conversation.into()], |row| Ok(Id::known(row.text(0)?)))
    }

    /// Ids of the tags of some conversations, in order, by the conversation's number.
    pub(crate) fn list_tags_of(&self, profile: ProfileKey, numbers: &[i64]) -> Result<Vec<Vec<Id>>> {
        let sql = "select tag_id from conversation_tag
            where profile_key = $1 and conversation_key = $2 order by tag_id";
        let mut tags = vec![Vec::new(); numbers.len()];
        self.rows_of_each(sql, &numbered_in(profile, numbers), |place, row| {
            tags[place].push(Id::known(row.text(0)?));
            Ok(true)
        })?;
        Ok(tags)
    }

    /// Adds a tag; false where the conversation has it already.
    pub(crate) fn add_conversation_tag(
        &self,
        profile: ProfileKey,
        conversation: i64,
        tag: &Id,
    ) -> Result<bool> {
        let sql = "insert into conversation_tag (profile_key, tag_id, conversation_key) values ($1, $2, $3)
            on conflict (profile_key, tag_id, conversation_key) do nothing";
        Ok(self.count(sql, &[profile.into(), tag.as_str().into(), conversation.into()])? > 0)
    }

    /// Removes a tag; false where the conversation does not have it.
    pub(crate) fn delete_conversation_tag(
        &self,
        profile: ProfileKey,
        conversation: i64,
        tag: &Id,
    ) -> Result<bool> {
        let sql = "delete from conversation_tag
            where profile_key = $1 and tag_id = $2 and conversation_key = $3";
        Ok(self.count(sql, &[profile.into(), tag.as_str().into(), conversation.into()])? > 0)
    }

    /// Numbers of the conversations that carry a tag.
    pub(crate) fn list_tagged(&self, profile: ProfileKey, tag: &Id, limit: i32) -> Result<Vec<i64>> {
        let sql = "select conversation_key from conversation_tag
            where profile_key = $1 and tag_id = $2 order by conversation_key limit $3";
        self.rows(sql, &[profile.into(), tag.as_str().into(), limit.into()], |row| row.i64(0))
    }
}
