//! Random filters, written as text in a random spelling, read back as they were.

use proptest::prelude::*;

use super::*;
use crate::{
    code::Code,
    filter::{
        Adherence, ScorecardCondition, ScorecardStatus, TemplateCondition, UsersOrGroups, UsersOrTeams,
        text::words,
    },
    metadata::MetadataValue,
    redact::Redactor,
};

const TEXTS: [&str; 10] =
    ["a", "billing", "AND", "(x) OR", "100% *", "\"quoted\" \\ it's", "退款 é", "-5", "two\nlines\t", "true"];

/// A small generator of pseudo-random numbers.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn is_lucky(&mut self) -> bool {
        self.below(3) == 0
    }

    fn text(&mut self) -> String {
        TEXTS[self.below(TEXTS.len())].to_owned()
    }

    fn id(&mut self) -> Id {
        Id::known(["ada", "b.o-b@example.com", "007", "x+y=z~"][self.below(4)])
    }

    fn time(&mut self) -> Time {
        Time(i64::try_from(self.below(4_000_000_000)).unwrap() * 1_000_003 - 2_000_000_000_000_000)
    }

    fn number(&mut self) -> f64 {
        [0.0, -1.0, 0.1, 1e21, 7.25][self.below(5)]
    }

    /// Up to three different things; often none.
    fn some<T: PartialEq>(&mut self, make: impl Fn(&mut Self) -> T) -> Vec<T> {
        let mut some = Vec::new();
        while self.is_lucky() && some.len() < 3 {
            let one = make(self);
            if !some.contains(&one) {
                some.push(one);
            }
        }
        some
    }

    fn codes<C: Code>(&mut self) -> Vec<C> {
        self.some(|dice| C::values()[dice.below(C::values().len())].1)
    }

    fn maybe<T>(&mut self, make: impl Fn(&mut Self) -> T) -> Option<T> {
        self.is_lucky().then(|| make(self))
    }

    fn annotations(&mut self, name: impl Fn(&mut Self) -> String) -> Vec<Vec<AnnotationCondition>> {
        let one = |dice: &mut Self| AnnotationCondition {
            name: name(dice),
            adherence: [Adherence::Unspecified, Adherence::Adhered, Adherence::NotAdhered][dice.below(3)],
        };
        self.some(|dice| [vec![one(dice)], dice.some(one)].concat())
    }

    fn metadata(&mut self, index: usize) -> MetadataCondition {
        let text = |dice: &mut Self| MetadataValue::Text(Redactor::NONE.text(&dice.text()));
        let test = match self.below(7) {
            0 => MetadataTest::Exists(true),
            1 => MetadataTest::Exists(false),
            2 => MetadataTest::Prefix(self.text()),
            3 => MetadataTest::Range(Some(self.number()), self.maybe(|_| 1e30)),
            4 => MetadataTest::Range(None, Some(self.number())),
            5 => MetadataTest::AnyOf(vec![
                MetadataValue::Number(self.number()),
                MetadataValue::Boolean(true),
                text(self),
            ]),
            _ => MetadataTest::AnyOf(vec![text(self)]),
        };
        MetadataCondition { key: format!("{index}{}", self.text()), test }
    }

    /// A filter in the form that texts give: clauses about people take the first member that is free.
    fn filter(&mut self) -> Filter {
        let mut users = self.some(|dice| {
            let (user, team) = (dice.maybe(Self::id), dice.maybe(Self::id));
            UserCondition { user: if team.is_none() { Some(dice.id()) } else { user }, team }
        });
        if let [one] = &mut users[..] {
            *one = UserCondition { user: Some(self.id()), team: Some(self.id()) };
        }
        let users_or_teams = match users.is_empty() {
            true => UsersOrTeams::default(),
            false => UsersOrTeams { users: self.some(Self::id), teams: self.some(Self::id) },
        };
        let groups = self.some(Self::id);
        let users_of_groups = if groups.is_empty() { Vec::new() } else { self.some(Self::id) };
        let virtual_agent = |dice: &mut Self| format!("{}/virtualAgents/{}", profile(), dice.id());
        let texts =
            |dice: &mut Self| dice.some(|dice| if dice.is_lucky() { String::new() } else { dice.text() });
        Filter {
            users,
            users_or_teams,
            users_or_groups: UsersOrGroups { users: users_of_groups, groups },
            range_start: self.maybe(Self::time),
            min_duration: self.maybe(|dice| Span(dice.time().0.abs())),
            updated_to: self.maybe(Self::time),
            platform_conversation_id: self.maybe(Self::text).unwrap_or_default(),
            state: self.maybe(|dice| [State::Live, State::Closed][dice.below(2)]),
            include_dev_users: self.is_lucky(),
            language_codes: texts(self),
            usecase_ids: self.some(|dice| dice.id().to_string()),
            sources: self.codes(),
            sharing_states: self.codes(),
            with_audio: self.maybe(Self::is_lucky),
            legal_hold: self.maybe(Self::is_lucky),
            channels: self.codes(),
            corruption_states: self.codes(),
            persistence_states: self.codes(),
            tags: self.some(Self::id),
            skills: texts(self),
            statuses: self.codes(),
            directions: self.codes(),
            visitor_ids: texts(self),
            virtual_agents: self.some(virtual_agent),
            raise_hand_states: self.codes(),
            sentiments: self.codes(),
            unassigned: self.is_lucky(),
            metadata: (0..self.below(3)).map(|index| self.metadata(index)).collect(),
            display_name_contains: self.maybe(Self::text).unwrap_or_default(),
            keyword: self.maybe(Self::text).unwrap_or_default(),
            moments: self.annotations(|dice| dice.id().to_string()),
            behaviors: self.annotations(Self::text),
            action_filters: self.some(|dice| vec![dice.text()]),
            hint_filters: self.some(|dice| vec![dice.text(), dice.text()]),
            with_comments: self.maybe(Self::is_lucky),
            with_live_assist: self.maybe(Self::is_lucky),
            scorecards: ScorecardCondition {
                templates: self.some(|dice| TemplateCondition {
                    template: Id::known("qa"),
                    revision: dice.maybe(|dice| dice.below(9).to_string()),
                }),
                status: self.maybe(|_| ScorecardStatus::Draft),
                submitters: self.some(Self::id),
            },
            calibration: self.maybe(|_| ScorecardStatus::NotScored),
            ..Filter::default()
        }
    }
}

/// In quotes, with every star plain.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' | '*' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

/// The clauses of a filter, each in brackets where it has alternatives.
#[derive(Default)]
struct Clauses(Vec<String>);

impl Clauses {
    #[allow(clippy::needless_pass_by_value)] // Its callers make what they give.
    fn any(&mut self, alternatives: Vec<String>) {
        if !alternatives.is_empty() {
            self.0.push(format!("({})", alternatives.join(" OR ")));
        }
    }

    fn texts(&mut self, name: &str, texts: &[impl AsRef<str>]) {
        let one = |text: &str| match text {
            "" => format!("NOT {name}:*"),
            text => format!("{name} = {}", quoted(text)),
        };
        self.any(texts.iter().map(|text| one(text.as_ref())).collect());
    }

    fn codes<C: Code>(&mut self, name: &str, codes: &[C]) {
        let word = |code: &C| {
            C::values().iter().find(|(_, other)| other == code).map(|(word, _)| words::printed(word))
        };
        self.any(codes.iter().map(|code| format!("{name} = {}", word(code).unwrap())).collect());
    }

    fn flag(&mut self, name: &str, flag: Option<bool>) {
        self.any(flag.map(|flag| format!("{}{name}:*", if flag { "" } else { "-" })).into_iter().collect());
    }

    fn time(&mut self, comparison: &str, time: Option<Time>) {
        let printed = |time: Time| jiff::Timestamp::from_microsecond(time.0).unwrap();
        self.any(time.map(|time| format!("{comparison} {}", printed(time))).into_iter().collect());
    }

    fn named(&mut self, field: &str, entries: &[Vec<AnnotationCondition>]) {
        let one = |AnnotationCondition { name, adherence }: &AnnotationCondition| match adherence {
            Adherence::Unspecified => format!("{field}:{}", quoted(name)),
            Adherence::Adhered => format!("{field}.{} = ADHERED", quoted(name)),
            Adherence::NotAdhered => format!("{field}.{} = NOT_ADHERED", quoted(name)),
        };
        let all = |entry: &Vec<AnnotationCondition>| entry.iter().map(one).collect::<Vec<_>>().join(" AND ");
        self.any(entries.iter().map(|entry| format!("({})", all(entry))).collect());
    }

    fn held(&mut self, field: &str, entries: &[Vec<String>]) {
        let all =
            |entry: &Vec<String>| entry.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(" AND ");
        self.any(entries.iter().map(|entry| format!("{field}:({})", all(entry))).collect());
    }
}

fn metadata(condition: &MetadataCondition) -> String {
    let key = format!("metadata.{}", quoted(&condition.key));
    let value = |value: &MetadataValue| match value {
        MetadataValue::Text(text) => quoted(text.as_str()),
        MetadataValue::Number(number) => number.to_string(),
        MetadataValue::Boolean(boolean) => boolean.to_string(),
    };
    match &condition.test {
        MetadataTest::Exists(true) => format!("{key}:*"),
        MetadataTest::Exists(false) => format!("NOT {key}:*"),
        MetadataTest::Prefix(prefix) => format!("{key} = {}*\"", quoted(prefix).strip_suffix('"').unwrap()),
        MetadataTest::Range(low, high) => {
            let low = low.map(|low| format!("{key} >= {low}"));
            let high = high.map(|high| format!("{key} <= {high}"));
            format!("({})", low.into_iter().chain(high).collect::<Vec<_>>().join(" AND "))
        }
        MetadataTest::AnyOf(values) => {
            format!("{key} = ({})", values.iter().map(value).collect::<Vec<_>>().join(" OR "))
        }
    }
}

fn people(clauses: &mut Clauses, filter: &Filter) {
    let is = |field: &str, id: &Id| format!("{field} = {}", quoted(id.as_str()));
    let one = |one: &UserCondition| {
        let user = one.user.iter().map(|id| is("agent", id));
        format!(
            "({})",
            user.chain(one.team.iter().map(|id| is("team", id))).collect::<Vec<_>>().join(" AND ")
        )
    };
    clauses.any(filter.users.iter().map(one).collect());
    let either = |users: &[Id], field: &str, others: &[Id]| {
        users.iter().map(|id| is("user", id)).chain(others.iter().map(|id| is(field, id))).collect()
    };
    clauses.any(either(&filter.users_or_teams.users, "team", &filter.users_or_teams.teams));
    clauses.any(either(&filter.users_or_groups.users, "group", &filter.users_or_groups.groups));
    clauses.flag("agent", filter.unassigned.then_some(false));
}

fn spelled(filter: &Filter) -> Vec<String> {
    let mut clauses = Clauses::default();
    people(&mut clauses, filter);
    clauses.time("end_time >=", filter.range_start);
    clauses.time("updateTime <=", filter.updated_to);
    clauses.any(filter.min_duration.map(|span| format!("duration>={}us", span.0)).into_iter().collect());
    let one = |text: &String| if text.is_empty() { vec![] } else { vec![text.clone()] };
    clauses.texts("platform_id", &one(&filter.platform_conversation_id));
    clauses.codes("state", filter.state.as_slice());
    clauses
        .any(filter.include_dev_users.then(|| "include_dev_users = true".to_owned()).into_iter().collect());
    clauses.texts("language", &filter.language_codes);
    clauses.texts("usecaseIds", &filter.usecase_ids);
    clauses.codes("source", &filter.sources);
    clauses.codes("sharing_state", &filter.sharing_states);
    clauses.flag("audio", filter.with_audio);
    clauses.flag("legal_hold", filter.legal_hold);
    clauses.codes("channel", &filter.channels);
    clauses.codes("corruption_state", &filter.corruption_states);
    clauses.codes("persistence_state", &filter.persistence_states);
    clauses.texts("tags", &filter.tags);
    clauses.texts("skill", &filter.skills);
    clauses.codes("status", &filter.statuses);
    clauses.codes("direction", &filter.directions);
    clauses.texts("visitor", &filter.visitor_ids);
    clauses.texts("virtual_agent", &filter.virtual_agents);
    clauses.codes("raise_hand_state", &filter.raise_hand_states);
    clauses.codes("sentiment", &filter.sentiments);
    clauses.any(filter.metadata.iter().map(metadata).collect());
    clauses.any(
        one(&filter.display_name_contains)
            .iter()
            .map(|text| format!("display_name:{}", quoted(text)))
            .collect(),
    );
    clauses.any(one(&filter.keyword).iter().map(|text| format!("text : {}", quoted(text))).collect());
    clauses.named("moment", &filter.moments);
    clauses.named("behaviors", &filter.behaviors);
    clauses.held("action", &filter.action_filters);
    clauses.held("hint", &filter.hint_filters);
    clauses.flag("comments", filter.with_comments);
    clauses.flag("live_assist", filter.with_live_assist);
    let template = |one: &TemplateCondition| {
        format!("scorecard_template:{}@{}", one.template, one.revision.as_deref().unwrap_or("*"))
    };
    clauses.any(filter.scorecards.templates.iter().map(template).collect());
    clauses.codes("scorecard_status", filter.scorecards.status.as_slice());
    clauses.texts("scorecardSubmitter", &filter.scorecards.submitters);
    clauses.codes("calibration_status", filter.calibration.as_slice());
    clauses.0
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_filter_written_as_text_is_read_as_it_was(seed: u64) {
        let mut dice = Dice(seed);
        let filter = dice.filter();
        let clauses = spelled(&filter);
        let joints = [" AND ", " ", "\nAND ", "  "];
        let text: String = clauses.iter().map(|clause| format!("{clause}{}", joints[dice.below(4)])).collect();
        let text = text.trim_end().trim_end_matches("AND");
        let read = read(text).map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
        prop_assert_eq!(read, filter, "{}", text);
    }

    #[test]
    fn no_text_makes_it_panic(words in prop::collection::vec(prop::sample::select(WORDS.as_slice()), 0..12), junk in ".{0,12}") {
        let text = words.concat() + &junk;
        if let Err(error) = read(&text) {
            prop_assert_eq!(error.field(), Some("filterText"));
        }
    }
}

const WORDS: [&str; 30] = [
    " AND ",
    " OR ",
    "NOT ",
    "-",
    "(",
    ")",
    "\"",
    "'",
    "\\",
    "*",
    ":",
    "=",
    "!=",
    "<",
    ">=",
    " ",
    ".",
    ",",
    "state",
    "channel",
    "metadata",
    "moment",
    "agent",
    "text",
    "duration",
    "CLOSED",
    "5m",
    "é",
    "-1e308",
    "2026-01-01T00:00:00Z",
];
