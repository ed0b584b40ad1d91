//! Tables `keyword_gram`, `keyword_head` and `growing_text`: the index of keywords, and what is not in it.

use crate::{
    Row, Tx, Value,
    find::{BLOCK, Thirds, Versions},
    tenancy::ProfileKey,
};
use hansard_domain::{Error, Result, change::ChangeKind};

/// The text of a message, unless it is gone or still grows.
const SETTLED: &str = "select m.content from message m
    where m.profile_key = $1 and m.conversation_key = $2 and m.position = $3 and m.delete_time is null
        and not exists (select 1 from growing_text g where g.profile_key = m.profile_key
            and g.conversation_key = m.conversation_key and g.position = m.position)";

/// Changes after which a message says something, or something else.
const SAYS: [ChangeKind; 3] =
    [ChangeKind::MessageCreated, ChangeKind::MessageUpdated, ChangeKind::MessageRedacted];
/// Changes that take something out of the record.
const TAKES_OUT: [ChangeKind; 3] =
    [ChangeKind::ConversationDeleted, ChangeKind::MessageRedacted, ChangeKind::MessageDeleted];

/// How many texts are looked up together.
const TEXTS: usize = 256;

fn position(row: &Row<'_>, column: usize) -> Result<i32> {
    i32::try_from(row.i64(column)?).map_err(|_| Error::internal("a message has an impossible position"))
}

impl Tx<'_> {
    pub(crate) fn find_gram(&self, profile: ProfileKey, block: i64, gram: &[u8]) -> Result<Option<Thirds>> {
        Ok(self.find_grams(profile, &[(block, gram)])?.pop().flatten())
    }

    /// The thirds of conversations that have each of these grams, by block.
    pub(crate) fn find_grams(
        &self,
        profile: ProfileKey,
        asked: &[(i64, &[u8])],
    ) -> Result<Vec<Option<Thirds>>> {
        let mut found = vec![None; asked.len()];
        self.each_gram(profile, asked, |place, stored| {
            found[place] = Some(Thirds::stored(stored)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// Calls `each` with the place of each of these grams, by block, that has a set, and with the set.
    pub(crate) fn each_gram(
        &self,
        profile: ProfileKey,
        asked: &[(i64, &[u8])],
        mut each: impl FnMut(usize, &[u8]) -> Result<()>,
    ) -> Result<()> {
        let sql = "select members from keyword_gram where profile_key = $1 and block = $2 and gram = $3";
        let params = asked.iter().map(|(block, gram)| [profile.into(), (*block).into(), (*gram).into()]);
        self.rows_of_each(sql, &params.collect::<Vec<[Value<'_>; 3]>>(), |place, row| {
            each(place, row.bytes(0)?).map(|()| false)
        })
    }

    /// Calls `each` with the place of a block and the set of a gram there, for the grams from one on and before another.
    pub(crate) fn each_set_of_grams(
        &self,
        profile: ProfileKey,
        blocks: &[i64],
        (start, end): (&[u8], &[u8]),
        mut each: impl FnMut(usize, &[u8]) -> Result<()>,
    ) -> Result<()> {
        let sql = "select members from keyword_gram
            where profile_key = $1 and block = $2 and gram >= $3 and gram < $4";
        let params = blocks.iter().map(|block| [profile.into(), (*block).into(), start.into(), end.into()]);
        self.rows_of_each(sql, &params.collect::<Vec<[Value<'_>; 4]>>(), |place, row| {
            each(place, row.bytes(0)?).map(|()| true)
        })
    }

    /// Hands on the grams of a block with their sets.
    pub(crate) fn scan_grams(
        &self,
        profile: ProfileKey,
        block: i64,
        mut each: impl FnMut(&[u8], &[u8]) -> Result<()>,
    ) -> Result<()> {
        let sql =
            "select gram, members from keyword_gram where profile_key = $1 and block = $2 order by gram";
        self.each(sql, &[profile.into(), block.into()], |row| {
            each(row.bytes(0)?, row.bytes(1)?).map(|()| true)
        })
    }

    /// Hands on the settled texts of a block's conversations, each with its conversation's number and its position there.
    pub(crate) fn each_text_of_block(
        &self,
        profile: ProfileKey,
        block: i64,
        mut each: impl FnMut((i64, i32), &str),
    ) -> Result<()> {
        let sql = "select m.conversation_key, m.position, m.content from message m
            where m.profile_key = $1 and m.conversation_key >= $2 and m.conversation_key < $3
                and m.delete_time is null
                and not exists (select 1 from growing_text g where g.profile_key = m.profile_key
                    and g.conversation_key = m.conversation_key and g.position = m.position)";
        let params = [profile.into(), (block * BLOCK).into(), ((block + 1) * BLOCK).into()];
        self.each(sql, &params, |row| {
            each((row.i64(0)?, position(row, 1)?), row.text(2)?);
            Ok(true)
        })
    }

    /// The texts of a conversation that may be in the index, with their positions: those that neither grow nor are deleted.
    pub(crate) fn list_settled_texts(
        &self,
        profile: ProfileKey,
        conversation: i64,
    ) -> Result<Vec<(i32, String)>> {
        let sql = "select m.position, m.content from message m
            where m.profile_key = $1 and m.conversation_key = $2 and m.delete_time is null
                and not exists (select 1 from growing_text g where g.profile_key = m.profile_key
                    and g.conversation_key = m.conversation_key and g.position = m.position)";
        self.rows(sql, &[profile.into(), conversation.into()], |row| Ok((position(row, 0)?, row.string(1)?)))
    }

    /// Writes the thirds of a gram, or deletes a gram that none has.
    pub(crate) fn put_gram(
        &self,
        profile: ProfileKey,
        block: i64,
        gram: &[u8],
        thirds: &Thirds,
    ) -> Result<()> {
        if thirds.is_empty() {
            let sql = "delete from keyword_gram where profile_key = $1 and block = $2 and gram = $3";
            return self.execute(sql, &[profile.into(), block.into(), gram.into()]);
        }
        let sql = "insert into keyword_gram (profile_key, block, gram, members) values ($1, $2, $3, $4)
            on conflict (profile_key, block, gram) do update set members = excluded.members";
        let stored = thirds.to_stored();
        self.execute(sql, &[profile.into(), block.into(), gram.into(), (&stored).into()])
    }

    pub(crate) fn find_keyword_head(&self, profile: ProfileKey) -> Result<Option<i64>> {
        let sql = "select change_seq from keyword_head where profile_key = $1";
        self.row(sql, &[profile.into()], |row| row.i64(0))
    }

    /// Ends a turn in which grams of a profile were written: the index covers its log up to a change.
    pub(crate) fn put_keyword_head(&self, profile: ProfileKey, change: i64) -> Result<()> {
        let sql = "insert into keyword_head (profile_key, change_seq, grams_version) values ($1, $2, $3)
            on conflict (profile_key) do update set
                change_seq = excluded.change_seq, grams_version = excluded.grams_version";
        self.execute(sql, &[profile.into(), change.into(), Versions::unused()?.into()])
    }

    /// Empties the index of keywords, before it is made anew.
    pub(crate) fn clear_keywords(&self) -> Result<()> {
        self.execute("delete from keyword_gram", &[])?;
        self.execute("delete from keyword_head", &[])
    }

    /// Profiles whose log goes beyond their index, and by how many changes.
    pub(crate) fn list_unindexed(&self) -> Result<Vec<(ProfileKey, i64)>> {
        let sql = "select p.profile_key, p.change_seq - coalesce(k.change_seq, 0) from profile_head p
            left join keyword_head k on k.profile_key = p.profile_key
            where p.change_seq > coalesce(k.change_seq, 0) order by p.profile_key";
        self.rows(sql, &[], |row| Ok((ProfileKey(row.i64(0)?), row.i64(1)?)))
    }

    /// Hands on the settled texts that changes after one and up to another are about: the change, the number of
    /// the conversation and the position there, and the text, as long as `each` wants more.
    pub(crate) fn each_settled_text(
        &self,
        profile: ProfileKey,
        (after, to): (i64, i64),
        mut each: impl FnMut(i64, (i64, i32), &str) -> Result<bool>,
    ) -> Result<()> {
        let mut said = Vec::new();
        self.each_change(profile, (after, to), |change| {
            if SAYS.contains(&change.kind()?) {
                said.push((change.number, change.conversation_key(), change.sequence));
            }
            Ok(true)
        })?;
        let mut wants_more = true;
        for said in said.chunks(TEXTS) {
            let params = said.iter().map(|(_, conversation, position)| {
                [profile.into(), (*conversation).into(), (*position).into()]
            });
            self.rows_of_each(SETTLED, &params.collect::<Vec<[Value<'_>; 3]>>(), |place, row| {
                let (change, conversation, position) = said[place];
                wants_more = wants_more && each(change, (conversation, position), row.text(0)?)?;
                Ok(wants_more)
            })?;
            if !wants_more {
                break;
            }
        }
        Ok(())
    }

    /// Conversations out of which something was taken after a change, or which were deleted.
    pub(crate) fn list_removals_after(&self, profile: ProfileKey, change: i64) -> Result<Vec<i64>> {
        let mut removed = Vec::new();
        self.each_change(profile, (change, i64::MAX), |change| {
            if TAKES_OUT.contains(&change.kind()?) {
                removed.push(change.conversation_key());
            }
            Ok(true)
        })?;
        Ok(removed)
    }

    pub(crate) fn insert_growing_text(
        &self,
        profile: ProfileKey,
        conversation: i64,
        position: i32,
    ) -> Result<()> {
        let sql = "insert into growing_text (profile_key, conversation_key, position) values ($1, $2, $3)";
        self.execute(sql, &[profile.into(), conversation.into(), position.into()])
    }

    pub(crate) fn delete_growing_text(
        &self,
        profile: ProfileKey,
        conversation: i64,
        position: i32,
    ) -> Result<()> {
        let sql =
            "delete from growing_text where profile_key = $1 and conversation_key = $2 and position = $3";
        self.execute(sql, &[profile.into(), conversation.into(), position.into()])
    }

    pub(crate) fn has_growing_text(
        &self,
        profile: ProfileKey,
        conversation: i64,
        position: i32,
    ) -> Result<bool> {
        let sql =
            "select 1 from growing_text where profile_key = $1 and conversation_key = $2 and position = $3";
        Ok(self.row(sql, &[profile.into(), conversation.into(), position.into()], |_| Ok(()))?.is_some())
    }

    /// Hands on the texts that still grow, each with the number of its conversation.
    pub(crate) fn each_growing_text(
        &self,
        profile: ProfileKey,
        mut each: impl FnMut(i64, &str),
    ) -> Result<()> {
        let sql = "select g.conversation_key, m.content from growing_text g cross join message m
            where g.profile_key = $1 and m.profile_key = g.profile_key
                and m.conversation_key = g.conversation_key and m.position = g.position and m.delete_time is null";
        self.each(sql, &[profile.into()], |row| {
            each(row.i64(0)?, row.text(1)?);
            Ok(true)
        })
    }
}
