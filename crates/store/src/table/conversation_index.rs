//! Tables `conversation_term`, `fresh_terms`, `conversation_times`, `conversation_run`, `conversation_block` and
//! `conversation_index_progress`: the index that filters are answered from.

use super::numbered;
use crate::{
    Row, Tx, Value,
    find::{Bounds, Chunk, Members, Part, Progress, Run, Start, Versions},
    tenancy::ProfileKey,
};
use hansard_domain::Result;

impl Tx<'_> {
    /// The set of each of these terms, by block.
    pub(crate) fn find_members_of_each(
        &self,
        profile: ProfileKey,
        asked: &[(i64, &[u8])],
    ) -> Result<Vec<Option<Members>>> {
        let mut found = vec![None; asked.len()];
        self.each_set_of_terms(profile, asked, |place, stored| {
            found[place] = Some(Members::stored(stored)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// Calls `each` with the place of each of these terms, by block, that has a set, and with the set.
    pub(crate) fn each_set_of_terms(
        &self,
        profile: ProfileKey,
        asked: &[(i64, &[u8])],
        mut each: impl FnMut(usize, &[u8]) -> Result<()>,
    ) -> Result<()> {
        let sql = "select members from conversation_term
            where profile_key = $1 and block = $2 and term = $3";
        let params = asked.iter().map(|(block, term)| [profile.into(), (*block).into(), (*term).into()]);
        self.rows_of_each(sql, &params.collect::<Vec<[Value<'_>; 3]>>(), |place, row| {
            each(place, row.bytes(0)?).map(|()| false)
        })
    }

    /// Calls `each` with the terms of blocks from one on and before another, in order: the place of the block, the term
    /// and its set.
    pub(crate) fn scan_members(
        &self,
        profile: ProfileKey,
        blocks: &[i64],
        (start, end): (&[u8], &[u8]),
        mut each: impl FnMut(usize, &[u8], &[u8]) -> Result<()>,
    ) -> Result<()> {
        let sql = "select term, members from conversation_term
            where profile_key = $1 and block = $2 and term >= $3 and term < $4 order by term";
        let params = blocks.iter().map(|block| [profile.into(), (*block).into(), start.into(), end.into()]);
        self.rows_of_each(sql, &params.collect::<Vec<[Value<'_>; 4]>>(), |place, row| {
            each(place, row.bytes(0)?, row.bytes(1)?).map(|()| true)
        })
    }

    /// Calls `each` with the first terms of a range that each block has, in order or backwards, so many at most: the place
    /// of the block, the term and its set.
    pub(crate) fn each_set_in_order(
        &self,
        profile: ProfileKey,
        blocks: &[i64],
        (start, end): (&[u8], &[u8]),
        (is_backwards, limit): (bool, i64),
        mut each: impl FnMut(usize, &[u8], &[u8]) -> Result<()>,
    ) -> Result<()> {
        let sql = if is_backwards {
            "select term, members from conversation_term
                where profile_key = $1 and block = $2 and term >= $3 and term < $4
                order by term desc limit $5"
        } else {
            "select term, members from conversation_term
                where profile_key = $1 and block = $2 and term >= $3 and term < $4
                order by term limit $5"
        };
        let params = blocks
            .iter()
            .map(|block| [profile.into(), (*block).into(), start.into(), end.into(), limit.into()]);
        self.rows_of_each(sql, &params.collect::<Vec<[Value<'_>; 5]>>(), |place, row| {
            each(place, row.bytes(0)?, row.bytes(1)?).map(|()| true)
        })
    }

    pub(crate) fn put_members(
        &self,
        profile: ProfileKey,
        block: i64,
        term: &[u8],
        members: &Members,
    ) -> Result<()> {
        let sql = "insert into conversation_term (profile_key, block, term, members) values ($1, $2, $3, $4)
            on conflict (profile_key, block, term) do update set members = excluded.members";
        let members = members.to_stored();
        self.execute(sql, &[profile.into(), block.into(), term.into(), (&members).into()])
    }

    pub(crate) fn delete_members(&self, profile: ProfileKey, block: i64, term: &[u8]) -> Result<()> {
        let sql = "delete from conversation_term where profile_key = $1 and block = $2 and term = $3";
        self.execute(sql, &[profile.into(), block.into(), term.into()])
    }

    /// The terms of each of these conversations, where it is fresh.
    pub(crate) fn find_fresh_terms(&self, asked: &[(ProfileKey, i64)]) -> Result<Vec<Option<Vec<u8>>>> {
        let sql = "select terms from fresh_terms where profile_key = $1 and conversation_key = $2";
        self.row_of_each(sql, &numbered(asked.iter().copied()), |_, row| Ok(row.bytes(0)?.to_vec()))
    }

    /// Calls `each` with the terms of the fresh conversations from one number on and before another, in order.
    pub(crate) fn each_fresh_terms(
        &self,
        profile: ProfileKey,
        (start, end): (i64, i64),
        mut each: impl FnMut(i64, &[u8]) -> Result<()>,
    ) -> Result<()> {
        let sql = "select conversation_key, terms from fresh_terms
            where profile_key = $1 and conversation_key >= $2 and conversation_key < $3
            order by conversation_key";
        self.each(sql, &[profile.into(), start.into(), end.into()], |row| {
            each(row.i64(0)?, row.bytes(1)?).map(|()| true)
        })
    }

    pub(crate) fn put_fresh_terms(&self, profile: ProfileKey, number: i64, terms: &[u8]) -> Result<()> {
        let sql = "insert into fresh_terms (profile_key, conversation_key, terms) values ($1, $2, $3)
            on conflict (profile_key, conversation_key) do update set terms = excluded.terms";
        self.execute(sql, &[profile.into(), number.into(), terms.into()])
    }

    /// Deletes those from one number on and before another.
    pub(crate) fn delete_fresh_terms(&self, profile: ProfileKey, (start, end): (i64, i64)) -> Result<()> {
        let sql = "delete from fresh_terms
            where profile_key = $1 and conversation_key >= $2 and conversation_key < $3";
        self.execute(sql, &[profile.into(), start.into(), end.into()])
    }

    /// Each of these chunks; one that is not there is empty.
    pub(crate) fn find_times(&self, asked: &[(ProfileKey, i64)]) -> Result<Vec<Chunk>> {
        let sql = "select times from conversation_times where profile_key = $1 and chunk = $2";
        let found = self.row_of_each(sql, &numbered(asked.iter().copied()), |_, row| {
            Ok(Chunk::stored(row.bytes(0)?.to_vec()))
        })?;
        Ok(found.into_iter().map(Option::unwrap_or_default).collect())
    }

    /// Calls `each` with the chunks from one on up to another that are there, in order.
    pub(crate) fn each_times(
        &self,
        profile: ProfileKey,
        (first, last): (i64, i64),
        mut each: impl FnMut(i64, Chunk),
    ) -> Result<()> {
        let sql = "select chunk, times from conversation_times
            where profile_key = $1 and chunk >= $2 and chunk <= $3 order by chunk";
        self.each(sql, &[profile.into(), first.into(), last.into()], |row| {
            each(row.i64(0)?, Chunk::stored(row.bytes(1)?.to_vec()));
            Ok(true)
        })
    }

    pub(crate) fn put_times(&self, profile: ProfileKey, chunk: i64, times: &Chunk) -> Result<()> {
        let sql = "insert into conversation_times (profile_key, chunk, times) values ($1, $2, $3)
            on conflict (profile_key, chunk) do update set times = excluded.times";
        self.execute(sql, &[profile.into(), chunk.into(), times.as_bytes().into()])
    }

    /// The run that a conversation belongs into.
    pub(crate) fn find_run(&self, profile: ProfileKey, start: Start) -> Result<Option<Run>> {
        let sql = "select from_time, from_conversation, starts from conversation_run
            where profile_key = $1 and (from_time, from_conversation) <= ($2, $3)
            order by from_time desc, from_conversation desc limit 1";
        self.row(sql, &[profile.into(), start.0.into(), start.1.into()], read_run)
    }

    /// The runs before the one that begins here, the nearest first.
    pub(crate) fn runs_before(&self, profile: ProfileKey, from: Start, limit: i64) -> Result<Vec<Run>> {
        let sql = "select from_time, from_conversation, starts from conversation_run
            where profile_key = $1 and (from_time, from_conversation) < ($2, $3)
            order by from_time desc, from_conversation desc limit $4";
        self.rows(sql, &[profile.into(), from.0.into(), from.1.into(), limit.into()], read_run)
    }

    /// The runs that follow the one which begins here, the nearest first.
    pub(crate) fn runs_after(&self, profile: ProfileKey, from: Start, limit: i64) -> Result<Vec<Run>> {
        let sql = "select from_time, from_conversation, starts from conversation_run
            where profile_key = $1 and (from_time, from_conversation) > ($2, $3)
            order by from_time, from_conversation limit $4";
        self.rows(sql, &[profile.into(), from.0.into(), from.1.into(), limit.into()], read_run)
    }

    /// Where the run begins that follows the one which begins here.
    pub(crate) fn next_run(&self, profile: ProfileKey, from: Start) -> Result<Option<Start>> {
        let sql = "select from_time, from_conversation from conversation_run
            where profile_key = $1 and (from_time, from_conversation) > ($2, $3)
            order by from_time, from_conversation limit 1";
        self.row(sql, &[profile.into(), from.0.into(), from.1.into()], |row| Ok((row.i64(0)?, row.i64(1)?)))
    }

    pub(crate) fn put_run(&self, profile: ProfileKey, run: &Run) -> Result<()> {
        let sql = "insert into conversation_run (profile_key, from_time, from_conversation, starts)
            values ($1, $2, $3, $4)
            on conflict (profile_key, from_time, from_conversation) do update set starts = excluded.starts";
        let (from, starts) = (run.from, run.to_stored());
        self.execute(sql, &[profile.into(), from.0.into(), from.1.into(), (&starts).into()])
    }

    pub(crate) fn delete_run(&self, profile: ProfileKey, from: Start) -> Result<()> {
        let sql = "delete from conversation_run
            where profile_key = $1 and from_time = $2 and from_conversation = $3";
        self.execute(sql, &[profile.into(), from.0.into(), from.1.into()])
    }

    /// How many conversations stand in the runs of a profile.
    pub(crate) fn count_in_runs(&self, profile: ProfileKey) -> Result<usize> {
        let mut count = 0;
        let sql = "select from_time, from_conversation, starts from conversation_run where profile_key = $1";
        self.each(sql, &[profile.into()], |row| {
            count += read_run(row)?.starts.len();
            Ok(true)
        })?;
        Ok(count)
    }

    /// The bounds of each of these blocks.
    pub(crate) fn find_bounds(&self, asked: &[(ProfileKey, i64)]) -> Result<Vec<Option<Bounds>>> {
        let sql = "select block, min_start, max_start, min_update, max_update from conversation_block
            where profile_key = $1 and block = $2";
        self.row_of_each(sql, &numbered(asked.iter().copied()), |_, row| Ok(read_bounds(row)?.1))
    }

    /// The blocks of a profile that hold a conversation, or held one.
    pub(crate) fn list_blocks(&self, profile: ProfileKey) -> Result<Vec<((i64, Bounds), Versions)>> {
        let sql = "select block, min_start, max_start, min_update, max_update,
                sets_version, times_version, grams_version
            from conversation_block where profile_key = $1 order by block";
        self.rows(sql, &[profile.into()], |row| {
            let versions = Versions { sets: row.i64(5)?, times: row.i64(6)?, grams: row.i64(7)? };
            Ok((read_bounds(row)?, versions))
        })
    }

    /// Puts the bounds of a block whose times were written: what was read of them before is no longer so.
    pub(crate) fn put_bounds(&self, profile: ProfileKey, block: i64, bounds: &Bounds) -> Result<()> {
        let sql = "insert into conversation_block
                (profile_key, block, min_start, max_start, min_update, max_update, times_version)
            values ($1, $2, $3, $4, $5, $6, $7)
            on conflict (profile_key, block) do update set
                min_start = excluded.min_start, max_start = excluded.max_start,
                min_update = excluded.min_update, max_update = excluded.max_update,
                times_version = excluded.times_version";
        let Bounds { start, update } = bounds;
        let params = [
            profile.into(),
            block.into(),
            start.0.into(),
            start.1.into(),
            update.0.into(),
            update.1.into(),
            Versions::unused()?.into(),
        ];
        self.execute(sql, &params)
    }

    /// What was read of the block's sets before is no longer so.
    pub(crate) fn renew_version_of_sets(&self, profile: ProfileKey, block: i64) -> Result<()> {
        let sql = "update conversation_block set sets_version = $3 where profile_key = $1 and block = $2";
        self.execute(sql, &[profile.into(), block.into(), Versions::unused()?.into()])
    }

    /// What was read of the block's grams before is no longer so.
    pub(crate) fn renew_version_of_grams(&self, profile: ProfileKey, block: i64) -> Result<()> {
        let sql = "update conversation_block set grams_version = $3 where profile_key = $1 and block = $2";
        self.execute(sql, &[profile.into(), block.into(), Versions::unused()?.into()])
    }

    pub(crate) fn find_index_progress(&self, part: Part) -> Result<Option<Progress>> {
        let sql = "select form, profile_key, next_number, is_done from conversation_index_progress
            where name = $1";
        self.row(sql, &[part.name().into()], |row| {
            let profile = ProfileKey(row.i64(1)?);
            Ok(Progress { form: row.i64(0)?, profile, number: row.i64(2)?, is_done: row.bool(3)? })
        })
    }

    pub(crate) fn put_index_progress(&self, part: Part, progress: &Progress) -> Result<()> {
        let sql = "insert into conversation_index_progress (name, form, profile_key, next_number, is_done)
            values ($1, $2, $3, $4, $5)
            on conflict (name) do update set form = excluded.form, profile_key = excluded.profile_key,
                next_number = excluded.next_number, is_done = excluded.is_done";
        let Progress { form, profile, number, is_done } = *progress;
        let params = [part.name().into(), form.into(), profile.into(), number.into(), is_done.into()];
        self.execute(sql, &params)
    }

    /// Empties the index, before it is made anew.
    pub(crate) fn clear_index(&self) -> Result<()> {
        const TABLES: [&str; 5] = [
            "conversation_term",
            "fresh_terms",
            "conversation_times",
            "conversation_run",
            "conversation_block",
        ];
        TABLES.iter().try_for_each(|table| self.execute(&format!("delete from {table}"), &[]))
    }
}

fn read_run(row: &Row<'_>) -> Result<Run> {
    Run::stored((row.i64(0)?, row.i64(1)?), row.bytes(2)?)
}

fn read_bounds(row: &Row<'_>) -> Result<(i64, Bounds)> {
    let bounds = Bounds { start: (row.i64(1)?, row.i64(2)?), update: (row.i64(3)?, row.i64(4)?) };
    Ok((row.i64(0)?, bounds))
}
