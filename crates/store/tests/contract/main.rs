//! What every engine of the store promises, one suite for all of them.
//!
//! A test is a function over a [`Fixture`]; `every_engine!` runs them all on each engine. One that is not in
//! the lists below is dead code, which the compiler reports. What only one engine has is not tested here.

#![allow(clippy::unwrap_used)]

mod annotations;
mod backup;
mod changes;
mod clock;
mod connection;
mod deletion;
mod directory;
mod fixture;
mod gate;
mod group;
mod idempotency;
mod keyword;
mod layout;
mod naming;
mod numbering;
mod paging;
mod postgres;
mod processes;
mod redaction;
mod retention;
mod sqlite;
mod upgrade;
mod vacuum;
mod visibility;
mod wall;
mod world;

use fixture::{Files, Fixture};

macro_rules! contract {
    ($engine:ident, $fixture:ty: $($module:ident { $($test:ident,)* })*) => {
        mod $engine {
            $(mod $module {
                $(#[test]
                fn $test() {
                    crate::$module::$test(&<$fixture as crate::Fixture>::new());
                })*
            })*
        }
    };
}

macro_rules! every_engine {
    ($($suite:tt)*) => {
        contract! { on_sqlite, crate::sqlite::Sqlite: $($suite)* }
        contract! { on_postgres, crate::postgres::Postgres: $($suite)* }
    };
}

every_engine! {
    numbering {
        positions_and_sequences_have_no_gap_under_concurrency,
        one_message_id_from_many_writers_is_one_message,
        conversation_numbers_have_no_gap,
        one_conversation_id_from_many_writers_is_one_conversation,
        numbers_of_deleted_conversations_are_not_given_again,
        conversations_of_one_write_are_numbered_on,
    }
    group {
        a_failed_write_leaves_nothing_and_its_neighbours_commit,
        a_panic_fails_only_its_own_write,
        a_failed_write_alone_leaves_nothing,
        members_see_what_the_ones_before_put,
        a_great_many_at_once_lose_nothing,
        what_a_write_did_not_declare_is_refused,
        a_profile_deleted_meanwhile_fails_only_its_own_writes,
        a_profile_made_anew_meanwhile_takes_no_writes_of_the_old_one,
        what_is_read_back_is_what_was_put,
    }
    keyword {
        what_was_said_is_found_at_once_and_ever_after,
        what_is_deleted_leaves_the_index,
        what_another_message_says_stays_in_the_index,
        only_what_is_still_said_is_in_the_index,
        a_text_that_grows_is_found_as_it_is,
        a_text_of_known_letters_is_found,
        a_text_that_grows_of_known_letters_is_found_as_it_is,
        an_index_of_another_form_is_made_anew_at_the_start,
    }
    idempotency {
        the_same_request_is_replayed,
        another_request_under_the_same_key_is_refused,
        two_in_one_group_are_one,
        a_failure_keeps_nothing,
        keys_belong_to_a_customer_and_a_method,
        an_expired_key_is_free_again,
        what_is_kept_holds_no_text,
    }
    changes {
        readers_miss_nothing_while_writers_write,
        the_log_is_read_from_any_change_on,
        who_is_far_behind_misses_nothing,
        each_conversation_keeps_its_order,
        a_hint_is_never_ahead_of_the_log,
        a_cursor_beyond_the_log_is_refused,
    }
    clock {
        steps_change_no_order,
        steps_end_no_kept_answer_early,
        a_start_with_another_clock_changes_no_order_and_forgets_nothing,
    }
    deletion {
        a_deleted_conversation_is_in_no_table,
        a_conversation_begun_again_inherits_nothing,
        a_write_may_change_and_then_delete,
        a_deletion_leaves_what_was_queued_for_others,
    }
    visibility {
        an_agent_sees_only_its_own_conversations,
        an_agent_takes_no_place_it_cannot_see,
        tenants_never_see_each_other,
        a_foreign_profile_looks_absent,
        a_profile_made_anew_is_not_read_as_the_old_one,
        a_conversation_with_a_delete_time_is_closed_to_writes,
    }
    directory {
        the_snapshot_is_in_place_before_the_answer,
        a_failed_write_leaves_the_snapshot_alone,
        the_first_customer_is_made_once,
        upkeep_notes_when_keys_were_used,
        audit_numbers_have_no_gap,
        lists_go_by_the_bytes_of_ids,
    }
    naming {
        a_name_is_found_by_what_it_is_now,
    }
    paging {
        pages_are_the_whole_list_cut,
        a_token_belongs_to_its_list,
        a_token_cannot_be_forged,
        conversations_that_come_meanwhile_shift_nothing,
    }
    annotations {
        facts_follow_every_write,
        filters_find_what_was_remarked,
        a_deleted_conversation_leaves_no_fact,
        a_deleted_message_takes_the_places_in_its_text,
        usages_are_listed_newest_first,
    }
    redaction {
        what_is_removed_is_in_no_table_and_leaves_a_receipt,
        receipts_are_listed_by_conversation_and_page_by_page,
        a_job_goes_through_its_batches_and_forgets_whom_it_looked_for,
        what_was_masked_is_annotated_with_its_place,
    }
    retention {
        what_is_due_is_found_and_deleted,
        a_hold_that_comes_meanwhile_keeps_what_was_due,
    }
    upgrade {
        what_an_older_build_stored_is_read_as_it_was,
    }
    backup {
        a_restored_store_reads_the_same,
        a_reopened_store_reads_the_same,
    }
}

// What an engine promises of its own files.
contract! { in_files, crate::sqlite::Sqlite:
    deletion {
        a_deleted_conversation_is_in_no_file,
        a_deleted_message_is_in_no_file,
    }
}

// What a shared store promises to all who share it.
contract! { shared, crate::postgres::Postgres:
    connection {
        connections_that_were_cut_are_made_anew,
        a_write_whose_connection_is_cut_stores_nothing,
    }
    layout {
        the_tenant_leads_every_index_and_reference,
        what_a_tenant_does_not_lead_is_noticed,
    }
    processes {
        appends_of_both_are_numbered_without_a_gap,
        what_the_other_changed_is_what_the_next_write_finds,
        what_a_standby_had_not_got_is_not_remembered,
        what_a_standby_had_not_got_is_not_found,
        what_a_standby_had_not_got_is_not_looked_at,
        conversations_of_both_are_in_one_index,
        a_retry_at_the_other_is_a_replay,
        a_profile_of_the_other_is_known_at_once,
        the_end_of_a_profile_of_the_other_is_soon_known,
        a_watcher_hears_of_the_other,
        audit_entries_of_both_are_in_the_order_of_their_times,
        audit_entries_of_both_are_numbered_without_a_gap,
    }
    vacuum {
        rows_of_what_was_deleted_go_soon,
    }
    wall {
        every_table_of_tenants_has_one,
        a_read_that_forgets_its_tenant_finds_its_own_alone,
        a_write_that_forgets_its_tenant_changes_its_own_alone,
        who_does_not_say_its_reach_is_refused,
    }
}

// What a pooler in transaction mode leaves of a connection is enough: statements are sent whole, and news are looked for.
// No pooler is in the way here; `cargo xtask soak pooler` has one.
contract! { pooled, crate::postgres::Postgres<true>:
    numbering {
        positions_and_sequences_have_no_gap_under_concurrency,
        conversations_of_one_write_are_numbered_on,
    }
    group {
        a_failed_write_leaves_nothing_and_its_neighbours_commit,
        a_great_many_at_once_lose_nothing,
        what_is_read_back_is_what_was_put,
    }
    keyword {
        what_was_said_is_found_at_once_and_ever_after,
    }
    idempotency {
        the_same_request_is_replayed,
    }
    changes {
        readers_miss_nothing_while_writers_write,
        the_log_is_read_from_any_change_on,
        a_hint_is_never_ahead_of_the_log,
    }
    directory {
        audit_numbers_have_no_gap,
    }
    annotations {
        facts_follow_every_write,
        filters_find_what_was_remarked,
    }
    redaction {
        what_is_removed_is_in_no_table_and_leaves_a_receipt,
        a_job_goes_through_its_batches_and_forgets_whom_it_looked_for,
    }
    retention {
        what_is_due_is_found_and_deleted,
    }
    backup {
        a_reopened_store_reads_the_same,
    }
    connection {
        connections_that_were_cut_are_made_anew,
        a_write_whose_connection_is_cut_stores_nothing,
    }
    processes {
        appends_of_both_are_numbered_without_a_gap,
        what_the_other_changed_is_what_the_next_write_finds,
        conversations_of_both_are_in_one_index,
        a_profile_of_the_other_is_known_at_once,
        the_end_of_a_profile_of_the_other_is_soon_known,
        a_watcher_hears_of_the_other,
    }
}
