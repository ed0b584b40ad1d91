#![allow(clippy::unwrap_used, clippy::panic)]

mod spelled;

use super::*;
use crate::{
    Id, Span, Time,
    conversation::{Channel, State},
    filter::{AnnotationCondition, MetadataCondition, MetadataTest, UserCondition},
};

fn profile() -> ProfileName {
    ProfileName { customer: Id::known("acme"), profile: Id::known("support") }
}

fn read(text: &str) -> Result<Filter> {
    Filter::default().and_text(text, &profile())
}

/// Texts that must mean the same.
fn same(texts: &[&str]) -> Filter {
    let filter = read(texts[0]).unwrap();
    for text in texts {
        assert_eq!(read(text).unwrap(), filter, "{text}");
    }
    filter
}

#[test]
fn a_text_sets_the_members_that_it_names() {
    let text =
        r#"state = CLOSED AND tags:"vip" AND duration > 300s AND metadata.region = "eu" AND text:"refund""#;
    let filter = read(text).unwrap();
    assert_eq!(filter.state, Some(State::Closed));
    assert_eq!(filter.tags, [Id::known("vip")]);
    assert_eq!(filter.min_duration, Some(Span(300_000_001)), "above, in whole microseconds");
    assert_eq!(filter.metadata[0].key, "region");
    assert_eq!(filter.keyword, "refund");
    let rest = Filter {
        state: None,
        tags: vec![],
        min_duration: None,
        metadata: vec![],
        keyword: String::new(),
        ..filter
    };
    assert_eq!(rest, Filter::default(), "and nothing else");
    assert_eq!(same(&["", "  ", "\n\t"]), Filter::default());
}

#[test]
fn one_meaning_has_many_spellings() {
    same(&[
        "channel = (CHAT OR SMS) language_code = de",
        "channel=chat OR channel=sms AND languageCode=\"de\"",
        "(((languageCode = 'de'))) AND channels = (CHANNEL_CHAT OR CHANNEL_SMS)",
        "language = de AND NOT channel != CHAT OR channel = SMS",
        "language = de channel != VOICE channel != EMAIL channel != WHATSAPP channel:*",
        "language = de AND channel:* AND NOT (channel = VOICE OR channel = (EMAIL OR WHATSAPP))",
    ]);
    same(&["duration >= 5m", "duration>=300s", "NOT duration < 300s", "-duration < PT5M"]);
    same(&["agent = ada", "user = customers/acme/users/ada", "users = \"ada\""]);
    same(&["channel != CHAT duration <= 5s", "NOT (channel = CHAT OR duration > 5s)"]);
    let live = same(&["state = LIVE", "-state = CLOSED", "state != CLOSED", "state != closed AND state:*"]);
    assert_eq!(live.state, Some(State::Live));
    assert_eq!(
        same(&["-agent:*", "NOT agent:*", "NOT (agent:*)"]),
        Filter { unassigned: true, ..Filter::default() }
    );
    let live_traffic = same(&["source = SOURCE_UNSPECIFIED", "-source:*", "NOT sources:*"]);
    assert_eq!(live_traffic.sources.len(), 1);
}

#[test]
fn people_may_be_asked_for_in_three_clauses() {
    let filter = read("agent = ada AND team = blue AND (agent = ada OR group = night)").unwrap();
    let (ada, blue) = (Some(Id::known("ada")), Some(Id::known("blue")));
    assert_eq!(filter.users, [UserCondition { user: ada, team: blue }]);
    assert_eq!(filter.users_or_groups.groups, [Id::known("night")]);
    assert!(read("team = (a OR b) team = (b OR c)").unwrap().users_or_teams.teams.len() == 2);
    let both = read("(agent = ada AND team = blue) OR agent = bob").unwrap();
    assert_eq!(both.users.len(), 2);
    assert_eq!(both.users[0].team, Some(Id::known("blue")));
    let pair = "(agent = ada AND team = blue) OR agent = bob";
    let second = read(&format!("agent = (ada OR bob) AND {pair}")).unwrap_err();
    assert!(second.message().contains("at most"), "only one member keeps agent and team together: {second}");
}

#[test]
fn metadata_has_types_ranges_and_beginnings() {
    let test = |text: &str| read(text).unwrap().metadata.remove(0).test;
    assert_ne!(test("metadata.n = 5"), test("metadata.n = \"5\""));
    assert_ne!(test("metadata.n = true"), test("metadata.n = \"true\""));
    assert_eq!(test("metadata.n = inf"), test("metadata.n = \"inf\""), "a number begins with a digit");
    assert_eq!(test("metadata.n >= -1 AND metadata.n <= 2.5"), MetadataTest::Range(Some(-1.0), Some(2.5)));
    assert_eq!(test("metadata.n > 1"), MetadataTest::Range(Some(1.0_f64.next_up()), None));
    same(&["metadata.k = eu*", "metadata.\"k\" = \"eu*\"", "metadata.k:eu*"]);
    assert_eq!(test("metadata.k = 'a*'"), MetadataTest::Prefix("a".to_owned()));
    assert_ne!(test(r#"metadata.k = "a\*""#), MetadataTest::Prefix("a".to_owned()));
    same(&["metadata.a.b:*", "metadata.\"a.b\":*", "metadata:a.b", "metadata:\"a.b\""]);
    assert_eq!(test("-metadata.x:*"), MetadataTest::Exists(false));
    let either = read("metadata.a = 1 OR metadata.a = 2 OR metadata.b:*").unwrap().metadata;
    assert!(
        matches!(&either[..], [MetadataCondition { test: MetadataTest::AnyOf(values), .. }, _] if values.len() == 2)
    );
}

#[test]
fn annotations_combine_by_and_and_or() {
    let entries = |text: &str| {
        let names =
            |entry: &Vec<AnnotationCondition>| entry.iter().map(|one| one.name.clone()).collect::<String>();
        read(text).unwrap().behaviors.iter().map(names).collect::<Vec<_>>()
    };
    assert_eq!(entries("behavior:a AND behavior:b"), ["ab"]);
    assert_eq!(entries("behavior:(a OR b) AND behavior:(c OR d)"), ["ac", "ad", "bc", "bd"]);
    assert_eq!(entries("(behavior:a AND behavior:b) OR behavior.c = ADHERED"), ["ab", "c"]);
    assert_eq!(entries("behavior:(a b)"), ["ab"]);
}

#[test]
fn what_the_filter_asks_already_holds_as_well() {
    let base = Filter {
        channels: vec![Channel::Chat, Channel::Sms],
        range_start: Some(Time(5_000_000)),
        users: vec![UserCondition { user: Some(Id::known("ada")), team: None }],
        tags: vec![Id::known("red")],
        ..Filter::default()
    };
    let and = |text: &str| base.clone().and_text(text, &profile());
    let both = and("channel = (SMS OR EMAIL) agent = bob end_time >= 1970-01-01T00:00:01Z").unwrap();
    assert_eq!(both.channels, [Channel::Sms]);
    assert_eq!(both.range_start, base.range_start, "the later of both");
    assert_eq!((both.users, both.users_or_teams.users), (base.users.clone(), vec![Id::known("bob")]));
    assert_eq!(and("channel = EMAIL").unwrap_err().field(), Some("filterText"));
    assert!(and("tags:green").unwrap_err().message().contains("tags is asked for already"));
}

/// The text, the column that its error names, and a part of what it says.
const FAULTS: [(&str, usize, &str); 44] = [
    ("stat = CLOSED", 1, "did you mean state?"),
    ("état = CLOSED", 1, "there are action, agent"),
    ("text:\"é\" AND chanel = CHAT", 14, "did you mean channel?"),
    ("liveFilter = LIVE_ONLY", 1, "written state = LIVE"),
    ("state", 1, "FIELD OPERATOR VALUE"),
    ("refund", 1, "text:\"...\""),
    ("state = LIVE and channel = CHAT", 14, "write AND in capitals"),
    ("state = LIVE AND", 17, "a condition is missing"),
    ("state = LIVE OR", 16, "a condition is missing"),
    ("state =", 8, "a value is missing"),
    ("state = AND x", 9, "a value is missing"),
    ("state == LIVE", 8, "one operator is enough"),
    ("state = (LIVE", 9, "not closed"),
    ("(state = LIVE", 1, "not closed"),
    ("state = LIVE)", 13, "')' is not expected"),
    ("tags:(a, b)", 8, "',' is not expected"),
    ("text:\"refund", 6, "not closed"),
    ("text:\"a\"b", 9, "after the closing quote"),
    (r#"text:"a\d""#, 8, "unknown escape"),
    ("channel = FAX", 11, "must be one of UNSPECIFIED, CHAT, VOICE"),
    ("channel > CHAT", 1, "takes =, != and :*"),
    ("channel = CHAT AND channel = SMS", 20, "leaves nothing"),
    ("state = STATE_UNSPECIFIED", 1, "LIVE or CLOSED"),
    ("start_time >= 2026-01-01T00:00:00Z", 1, "end_time >= TIME"),
    ("end_time < 2026-01-01T00:00:00Z", 1, "start_time <= TIME"),
    ("update_time > 2026-13-01T00:00:00Z", 15, "such as 2026-01-31T08:00:00Z"),
    ("update_time > 2026-01-01", 15, "such as 2026-01-31T08:00:00Z"),
    ("duration > 5", 12, "such as 300s"),
    ("duration:*", 1, "takes =, <, <=, > and >="),
    ("NOT duration = 5s", 5, "takes =, <, <=, > and >="),
    ("skill:billing", 1, "takes ="),
    ("skill = bil*", 9, "no wildcard"),
    ("NOT tags:vip", 5, "no NOT"),
    ("tags:a AND tags:b", 12, "not all"),
    ("agent = ada/x", 9, "customers/*/users/*"),
    ("agent = customers/other/users/ada", 9, "customers/acme"),
    ("agent:*", 1, "NOT agent:*"),
    ("team = a OR group = b", 1, "cannot be alternatives"),
    ("channel = CHAT OR skill = x", 19, "not channel and skill"),
    ("metadata.a = 1 AND metadata.b = 2", 20, "not all of them"),
    ("metadata.a != 1", 1, "only a key"),
    ("metadata = 1", 1, "needs a key"),
    ("text = refund", 1, "text:\"refund\""),
    ("text:(a OR b)", 1, "one value of text"),
];

#[test]
fn errors_name_the_column_and_the_remedy() {
    for (text, column, part) in FAULTS {
        let error = read(text).unwrap_err();
        let message = error.message();
        assert_eq!(error.field(), Some("filterText"), "{text}");
        assert!(message.starts_with(&format!("filterText: column {column}: ")), "{text}: {message}");
        assert!(message.contains(part), "{text}: {message}");
    }
}

#[test]
fn limits_hold_and_nothing_grows_without_end() {
    let nested = |depth: usize| format!("{}state = LIVE{}", "(".repeat(depth), ")".repeat(depth));
    assert!(read(&nested(DEPTH_MAX)).is_ok());
    assert!(read(&nested(DEPTH_MAX + 1)).unwrap_err().message().contains("column 65: more than 64"));
    assert!(read(&"-".repeat(TEXT_BYTES_MAX)).is_err());
    assert!(read(&"(".repeat(TEXT_BYTES_MAX)).is_err());
    assert!(read(&" ".repeat(TEXT_BYTES_MAX)).is_ok());
    assert!(read(&" ".repeat(TEXT_BYTES_MAX + 1)).unwrap_err().message().contains("at most 8192"));
    let pair = "behavior:(a OR b) ";
    assert!(read(&pair.repeat(7)).is_ok());
    assert!(read(&pair.repeat(400)).unwrap_err().message().contains("too many combinations"));
    let inside = format!("({}) OR behavior:c", pair.repeat(400));
    assert!(read(&inside).unwrap_err().message().contains("too many combinations"));
    let many = format!("tags:({})", vec!["a"; 1001].join(" OR "));
    assert!(read(&many).unwrap_err().message().contains("at most 1000"));
    assert!(read("duration > 2s duration < 1s").unwrap_err().message().contains("must not be below"));
}

#[test]
fn every_field_is_asked_for_by_each_of_its_names() {
    for (field, names) in field::NAMES {
        for name in names {
            let camel = name.split('_').enumerate().map(|(index, word)| match index {
                0 => word.to_owned(),
                _ => format!("{}{}", word[..1].to_uppercase(), &word[1..]),
            });
            let camel: String = camel.collect();
            for name in [name.to_owned(), camel.as_str()] {
                assert_eq!(field::Field::find(0, name, None).unwrap().0, field, "{name}");
            }
        }
    }
}

/// The rows of the table of fields.
fn documented() -> impl Iterator<Item = &'static str> {
    const API: &str = include_str!("../../../../../docs/api.md");
    let section = API.split("### The filter as text").nth(1).unwrap();
    section.split("\n## ").next().unwrap().lines().filter(|line| line.starts_with("| `"))
}

/// The code spans of the last column.
fn examples() -> Vec<&'static str> {
    let last = documented().map(|row| row.trim_end_matches(" |").rsplit(" | ").next().unwrap());
    last.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect()
}

#[test]
fn the_examples_of_the_documents_are_taken() {
    let examples = examples();
    assert!(examples.len() >= 40, "{examples:?}");
    for example in &examples {
        let filter = read(example).unwrap_or_else(|error| panic!("{example}: {error}"));
        assert_ne!(filter, Filter::default(), "{example}");
    }
    let rows: String = documented().collect();
    for name in field::NAMES.map(|(_, names)| names[0]) {
        assert!(rows.contains(&format!("`{name}")), "{name} is not documented");
    }
    assert_eq!(
        read("stat = LIVE").unwrap_err().message(),
        "filterText: column 1: unknown field \"stat\"; did you mean state?"
    );
}
