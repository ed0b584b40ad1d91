//! Table `clock_mark`: one row, where the store's clock stood.

use crate::{
    Tx,
    clock::{Mark, Moment},
};
use hansard_domain::{Result, Time};

impl Tx<'_> {
    /// The mark, with the latest time of any change since; none in a new store.
    pub(crate) fn find_clock_mark(&self) -> Result<Option<Mark>> {
        let sql = "select latest_time, counted_time from clock_mark";
        let mark =
            self.row(sql, &[], |row| Ok(Mark { latest: Time(row.i64(0)?), counted: Time(row.i64(1)?) }))?;
        let Some(mark) = mark else { return Ok(None) };
        let changed = self.newest_change()?.unwrap_or(mark.latest);
        Ok(Some(Mark { latest: mark.latest.max(changed), ..mark }))
    }

    /// Moves the mark on, or leaves it where another process has moved it further.
    pub(crate) fn put_clock_mark(&self, at: Moment) -> Result<()> {
        let sql = "insert into clock_mark (name, latest_time, counted_time) values ('store', $1, $2)
            on conflict (name) do update set
                latest_time = case when excluded.latest_time > clock_mark.latest_time
                    then excluded.latest_time else clock_mark.latest_time end,
                counted_time = case when excluded.counted_time > clock_mark.counted_time
                    then excluded.counted_time else clock_mark.counted_time end";
        self.execute(sql, &[at.now.0.into(), at.counted.0.into()])
    }
}
