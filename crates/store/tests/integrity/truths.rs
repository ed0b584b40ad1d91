//! What `fsck` knows of the record: each truth is broken once, behind the store's back, and found.

use hansard_store::fsck::{self, Place};
use rusqlite::{Connection, OpenFlags};

use crate::files::{Files, closed_store, database};

const IN: &str = "where profile_key = (select profile_key from profile where profile_id = 'support' limit 1)";
const C1: &str = "customers/acme/profiles/support/conversations/c1";
const SUPPORT: &str = "customers/acme/profiles/support";

/// What is done to the record, which resource is named, and what is said of it.
const BROKEN: [(&str, &str, &str); 41] = [
    (
        "delete from message {in} and conversation_key = 2 and position = 5",
        C1,
        "message 5 is missing before message 6",
    ),
    (
        "delete from message {in} and conversation_key = 2 and position = 10",
        C1,
        "its last message is 9, and its counter says 10",
    ),
    (
        "update conversation_counter set message_count = 11 {in} and conversation_key = 2",
        C1,
        "its counter says 11",
    ),
    (
        "update event set sequence = 9 {in} and conversation_key = 2 and sequence = 2",
        C1,
        "event 2 is missing before event 9",
    ),
    (
        "update conversation_counter set event_count = 1 {in} and conversation_key = 2",
        C1,
        "its last event is 2, and its counter says 1",
    ),
    ("delete from change {in} and change_seq = 20", SUPPORT, "with gaps"),
    ("update change set earlier = null {in} and earlier is not null", SUPPORT, "with gaps"),
    (
        "update change set earlier = x'09' {in} and earlier is not null",
        SUPPORT,
        "a change after 0 cannot be read",
    ),
    ("update profile_head set change_seq = change_seq + 1 {in}", SUPPORT, "as the last"),
    (
        "update profile_head set conversation_seq = 2 {in}",
        SUPPORT,
        "it has a conversation 263, and gave 2 as the last",
    ),
    (
        "update conversation set start_time = 1 {in} and conversation_key = 2",
        C1,
        "its columns do not say what its body says",
    ),
    ("update conversation set body = x'09' {in} and conversation_key = 2", C1, "it cannot be read"),
    (
        "update message set body = x'09' {in} and conversation_key = 2 and position = 4",
        C1,
        "message 1 or a later one cannot be read",
    ),
    ("delete from conversation_term {in} and term = x'01'", SUPPORT, UNFIT),
    ("update conversation_term set members = x'0100' {in} and term = x'01'", SUPPORT, UNFIT),
    (
        "insert into conversation_term select profile_key, block, x'1e', members from conversation_term {in}
        and term = x'01'",
        SUPPORT,
        UNFIT,
    ),
    ("delete from fresh_terms {in}", SUPPORT, UNFIT),
    ("update fresh_terms set terms = x'010001' {in}", SUPPORT, UNFIT),
    ("update fresh_terms set terms = x'09' {in}", SUPPORT, UNFIT),
    ("insert into fresh_terms select profile_key, 99, x'010001' from profile {in}", SUPPORT, UNFIT),
    ("insert into fresh_terms select profile_key, 2, x'010001' from profile {in}", SUPPORT, UNFIT),
    ("update conversation_times set times = zeroblob(length(times)) {in}", SUPPORT, UNFIT),
    ("delete from conversation_run {in}", SUPPORT, UNFIT),
    ("update conversation_run set starts = zeroblob(length(starts)) {in}", SUPPORT, UNFIT),
    ("update conversation_run set starts = starts || zeroblob(16) {in}", SUPPORT, UNFIT),
    ("update conversation_run set from_time = 9e18 {in}", SUPPORT, UNFIT),
    (
        "insert into conversation_run select profile_key, 9e18, 1, zeroblob(16) from conversation_run {in}",
        SUPPORT,
        UNFIT,
    ),
    ("update conversation_block set max_start = min_start - 1 {in}", SUPPORT, UNFIT),
    ("delete from conversation_block {in}", SUPPORT, UNFIT),
    ("update keyword_gram set members = x'0001' {in}", SUPPORT, UNFIT),
    (
        "insert into keyword_gram select profile_key, block, x'7a7a7a', members from keyword_gram {in} limit 1",
        SUPPORT,
        UNFIT,
    ),
    ("delete from keyword_gram {in} and length(members) > 2", SUPPORT, UNFIT),
    (
        "update directory_entry set team = 'red'",
        "customers/acme/users/ada",
        "its columns do not say what its body says",
    ),
    (
        "delete from conversation {in} and conversation_key = 2",
        "",
        "10 rows of message belong to no conversation",
    ),
    (
        "insert into annotation select profile_key, 2, 3, 'a', 'h', null, 0, 0, 0, 99, 0, '', 1, 1, 1, null, 0, 0 from profile {in}",
        C1,
        "one of its hintAnnotations cannot be read",
    ),
    (
        "insert into annotation select profile_key, 99, 3, 'a', 'h', null, 0, 0, 0, 0, 0, '', 1, 1, 1, null, 0, 0 from profile {in}",
        "",
        "1 rows of annotation belong to no conversation",
    ),
    (
        "insert into annotation select profile_key, 2, 3, 'a', 'h', null, 0, 0, 0, 0, 0, '', 1, 1, 1, null, 0, 0 from profile {in}",
        SUPPORT,
        UNFIT,
    ),
    (
        "insert into scorecard select profile_key, 's', 2, 'qa', 1, '{\"author\": \"\"}', 1, 1, 1 from profile {in}",
        "customers/acme/profiles/support/scorecards/s",
        "its template is not there",
    ),
    (
        "insert into scorecard select profile_key, 's', 2, 'qa', 1, '{', 1, 1, 1 from profile {in}",
        C1,
        "one of its scorecards cannot be read",
    ),
    (
        "insert into scorecard_template select profile_key, 'qa', 1, '{', 1, 1 from profile {in}",
        SUPPORT,
        "a scorecard template cannot be read",
    ),
    ("delete from customer where customer_id = 'zenith'", "", "a row of profile refers to a missing row"),
];

const UNFIT: &str = "the index of conversations 0 to 4095 is not what they say";

#[test]
fn every_broken_truth_is_found_and_named() {
    let store = closed_store();
    let whole = Files::of(store.path());
    let report = fsck::check_folder(store.path(), &mut |_, _, _| {}).unwrap();
    assert!(report.is_clean(), "{:?}", report.findings);
    assert_eq!((report.conversations, report.messages, report.events), (7, 70, 14));
    for (sql, resource, problem) in BROKEN {
        let folder = whole.lay_out();
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
        let broken =
            Connection::open_with_flags_and_vfs(database(&folder), flags, "hansard-checked").unwrap();
        broken.execute_batch("pragma foreign_keys = off").unwrap();
        assert!(broken.execute(&sql.replace("{in}", IN), []).unwrap() > 0, "{sql}");
        drop(broken);
        let report = fsck::check_folder(folder.path(), &mut |_, _, _| {}).unwrap();
        let found = report.findings.iter().any(|finding| {
            let place = match &finding.place {
                Place::Resource(name) => name.as_str(),
                Place::File | Place::Page(_) => "",
            };
            place == resource && finding.problem.contains(problem)
        });
        assert!(found, "{sql}: {:?}", report.findings);
        let quotes = report.findings.iter().any(|finding| finding.to_string().contains("word"));
        assert!(!quotes, "{sql}: {:?}", report.findings);
    }
}

#[test]
fn a_folder_in_use_or_without_a_store_is_told() {
    let store = closed_store();
    let held = hansard_store::Folder::open(store.path()).unwrap();
    let error = fsck::check_folder(store.path(), &mut |_, _, _| {}).unwrap_err();
    assert!(error.message().contains("in use"), "{error}");
    drop(held);
    let error = fsck::check_folder(&store.path().join("none"), &mut |_, _, _| {}).unwrap_err();
    assert!(error.message().ends_with("holds no store"), "{error}");
    assert!(!store.path().join("none").exists());
}
