//! What the suite needs of an engine besides the store itself.

use hansard_store::{Store, SystemTimeSource, TimeSource, fsck};
use std::{collections::BTreeMap, sync::Arc};

/// A place where one engine keeps one store.
pub(crate) trait Fixture: Sized {
    /// A place with nothing in it.
    fn new() -> Self;

    /// Opens the store of the place, made as needed; one at a time.
    fn open(&self) -> Store {
        self.open_at(Arc::new(SystemTimeSource))
    }

    /// Opens the store of the place with a clock of the test's own.
    fn open_at(&self, time: Arc<dyn TimeSource>) -> Store;

    /// How many rows each table holds with `text` in any of their columns; tables without are left out.
    fn rows_with(&self, text: &str) -> BTreeMap<String, i64>;

    /// How many rows each table holds that belong to the conversation of a number.
    fn rows_of_conversation(&self, number: i64) -> BTreeMap<String, i64>;

    /// Changes rows behind the store's back; there must be some.
    fn change(&self, sql: &str);

    /// Makes the store as a build left it that knew so many steps of the schema, and puts rows into it.
    fn make_old(&self, steps: usize, rows: &[String]);

    /// What of the closed store, or of its index, is not what was written.
    fn findings(&self) -> Vec<fsck::Finding>;

    /// A new place, restored from a backup of this one.
    fn back_up_and_restore(&self) -> Self;
}

/// A place whose files the engine itself keeps free of what is deleted.
pub(crate) trait Files: Fixture {
    /// Files of the place that hold `text` somewhere in their bytes.
    fn files_with(&self, text: &str) -> Vec<String>;
}
