//! The steps that make the tables of a store; their scripts are in `migrations/`.

use crate::Migration;

/// Every step of the schema, oldest first.
pub const MIGRATIONS: &[Migration] = &[
    Migration { version: 1, name: "record", sql: include_str!("../migrations/0001_record.sql") },
    Migration {
        version: 2,
        name: "smaller indexes",
        sql: include_str!("../migrations/0002_smaller_indexes.sql"),
    },
    Migration { version: 3, name: "clock_mark", sql: include_str!("../migrations/0003_clock_mark.sql") },
    Migration { version: 4, name: "find", sql: include_str!("../migrations/0004_find.sql") },
    Migration { version: 5, name: "annotations", sql: include_str!("../migrations/0005_annotations.sql") },
    Migration { version: 6, name: "entities", sql: include_str!("../migrations/0006_entities.sql") },
    Migration { version: 7, name: "redaction", sql: include_str!("../migrations/0007_redaction.sql") },
    Migration { version: 8, name: "lease", sql: include_str!("../migrations/0008_lease.sql") },
    Migration { version: 9, name: "tenant first", sql: include_str!("../migrations/0009_tenant_first.sql") },
    Migration {
        version: 10,
        name: "long platform ids",
        sql: include_str!("../migrations/0010_long_platform_ids.sql"),
    },
    Migration {
        version: 11,
        name: "packed bodies",
        sql: include_str!("../migrations/0011_packed_bodies.sql"),
    },
    Migration {
        version: 12,
        name: "changes in rows",
        sql: include_str!("../migrations/0012_changes_in_rows.sql"),
    },
    Migration {
        version: 13,
        name: "block versions",
        sql: include_str!("../migrations/0013_block_versions.sql"),
    },
    Migration {
        version: 14,
        name: "block times version",
        sql: include_str!("../migrations/0014_block_times_version.sql"),
    },
    Migration {
        version: 15,
        name: "block grams version",
        sql: include_str!("../migrations/0015_block_grams_version.sql"),
    },
    Migration {
        version: 16,
        name: "versions at random",
        sql: include_str!("../migrations/0016_versions_at_random.sql"),
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    /// As `sha256sum` prints them.
    const LANDED: &str = include_str!("../migrations/landed.sha256");

    #[test]
    fn a_step_that_landed_is_never_changed() {
        let landed = LANDED.lines().filter_map(|line| line.split_once("  "));
        let landed: Vec<_> = landed.map(|(checksum, file)| (checksum.to_owned(), file.to_owned())).collect();
        let file = |step: &Migration| format!("{:04}_{}.sql", step.version, step.name.replace(' ', "_"));
        let present: Vec<_> = MIGRATIONS.iter().map(|step| (step.checksum(), file(step))).collect();
        assert_eq!(
            present, landed,
            "stores have taken these steps: add a step, and its line to landed.sha256"
        );
    }
}
