//! Each field of a filter as one condition; all of them must hold.

use crate::{Value, table::fold, tenancy::CustomerKey};
use hansard_domain::{
    Id, Time,
    code::Code,
    conversation::AudioPersistenceState,
    filter::{Filter, MetadataCondition, MetadataTest, UserCondition, UsersOrTeams},
    metadata::MetadataValue,
};

/// Stands for the next parameter until the statement is put together.
const PARAM: &str = "$?";

/// An SQL condition with its parameters.
#[derive(Debug, Clone, Default)]
pub(crate) struct Conditions {
    texts: Vec<String>,
    binds: Vec<Bind>,
}

#[derive(Debug, Clone)]
enum Bind {
    Int(i64),
    Real(f64),
    Text(String),
}

impl Bind {
    fn value(&self) -> Value<'_> {
        match self {
            Self::Int(value) => (*value).into(),
            Self::Real(value) => (*value).into(),
            Self::Text(value) => value.into(),
        }
    }
}

impl Conditions {
    /// The conditions of a filter. Deleted conversations are never selected.
    pub(crate) fn of_filter(filter: &Filter, customer: CustomerKey, now: Time) -> Self {
        let mut conditions = Self::default();
        conditions.texts.push("c.delete_time is null".to_owned());
        conditions.add_times(filter, now);
        conditions.add_users(filter, customer);
        conditions.add_texts(filter);
        conditions.add_codes(filter);
        conditions.add_tags(&filter.tags);
        conditions.add_metadata(&filter.metadata);
        conditions
    }

    /// Every conversation that is not deleted.
    pub(crate) fn all() -> Self {
        Self { texts: vec!["c.delete_time is null".to_owned()], binds: Vec::new() }
    }

    /// Only conversations of one agent.
    pub(crate) fn and_agent(mut self, agent: &Id) -> Self {
        self.equals("c.agent", agent.as_str());
        self
    }

    /// Adds the parameters to those that a statement has already, and answers the condition's text.
    pub(crate) fn bind<'b>(&'b self, params: &mut Vec<Value<'b>>) -> String {
        let joined = self.texts.join(" and ");
        let mut pieces = joined.split(PARAM);
        let mut text = pieces.next().unwrap_or_default().to_owned();
        for (bind, piece) in self.binds.iter().zip(pieces) {
            params.push(bind.value());
            text.push_str(&format!("${}{piece}", params.len()));
        }
        text
    }

    fn push(&mut self, text: impl Into<String>, binds: impl IntoIterator<Item = Bind>) {
        self.texts.push(text.into());
        self.binds.extend(binds);
    }

    fn equals(&mut self, column: &str, text: &str) {
        if !text.is_empty() {
            self.push(format!("{column} = {PARAM}"), [Bind::Text(text.to_owned())]);
        }
    }

    fn among(&mut self, column: &str, texts: &[impl AsRef<str>]) {
        if !texts.is_empty() {
            self.push(format!("{column} in {}", list(texts.len())), texts.iter().map(text_bind));
        }
    }

    fn codes<C: Code>(&mut self, column: &str, codes: &[C]) {
        if !codes.is_empty() {
            let binds = codes.iter().map(|code| Bind::Int(code.code().into()));
            self.push(format!("{column} in {}", list(codes.len())), binds);
        }
    }

    fn add_times(&mut self, filter: &Filter, now: Time) {
        let mut bound = |text: &str, micros: Option<i64>| {
            if let Some(micros) = micros {
                self.push(text, [Bind::Int(micros)]);
            }
        };
        bound("c.start_time <= $?", filter.range_end.map(|time| time.0));
        bound("(c.end_time is null or c.end_time >= $?)", filter.range_start.map(|time| time.0));
        bound("c.update_time >= $?", filter.updated_from.map(|time| time.0));
        bound("c.update_time <= $?", filter.updated_to.map(|time| time.0));
        let durations = [(">=", filter.min_duration), ("<=", filter.max_duration)];
        for (comparison, span) in durations {
            if let Some(span) = span {
                let text = format!("coalesce(c.end_time, {PARAM}) - c.start_time {comparison} {PARAM}");
                self.push(text, [Bind::Int(now.0), Bind::Int(span.0)]);
            }
        }
    }

    fn add_users(&mut self, filter: &Filter, customer: CustomerKey) {
        let customer = Bind::Int(customer.0);
        if !filter.include_dev_users {
            let text = format!("(c.agent is null or c.agent not in ({USERS} and u.is_dev_user = 1))");
            self.push(text, [customer.clone()]);
        }
        if filter.unassigned {
            self.push("c.agent is null", []);
        }
        if !filter.users.is_empty() {
            self.add_user_conditions(&filter.users, &customer);
        }
        let UsersOrTeams { users, teams } = &filter.users_or_teams;
        let mut any = Any::default();
        any.agents(users);
        any.teams(teams, &customer);
        self.add_any(any);
        let mut any = Any::default();
        any.agents(&filter.users_or_groups.users);
        self.add_any(any);
    }

    fn add_user_conditions(&mut self, users: &[UserCondition], customer: &Bind) {
        let mut any = Any::default();
        let mut agents = Vec::new();
        let mut teams = Vec::new();
        let mut pairs = Vec::new();
        for condition in users {
            match (&condition.user, &condition.team) {
                (Some(user), None) => agents.push(user.clone()),
                (None, Some(team)) => teams.push(team.clone()),
                (Some(user), Some(team)) => pairs.push((user, team)),
                (None, None) => {}
            }
        }
        any.agents(&agents);
        any.teams(&teams, customer);
        if !pairs.is_empty() {
            let values = vec!["($?, $?)"; pairs.len()].join(", ");
            let text = format!("c.agent in ({USERS} and (u.entry_id, u.team) in (values {values}))");
            let binds = pairs.into_iter().flat_map(|(user, team)| [text_bind(&user), text_bind(&team)]);
            any.push(text, std::iter::once(customer.clone()).chain(binds));
        }
        self.add_any(any);
    }

    fn add_any(&mut self, any: Any) {
        if !any.texts.is_empty() {
            self.push(format!("({})", any.texts.join(" or ")), any.binds);
        }
    }

    fn add_texts(&mut self, filter: &Filter) {
        // Their indexes hold only what is not empty, and are used only where the condition says so.
        const PLATFORM: &str = "(c.platform_conversation_id <> '' and c.platform_conversation_id = $?)";
        const CORRELATION: &str = "(c.correlation_id <> '' and c.correlation_id = $?)";
        if !filter.platform_conversation_id.is_empty() {
            self.push(PLATFORM, [text_bind(&filter.platform_conversation_id)]);
        }
        if !filter.correlation_id.is_empty() {
            self.push(CORRELATION, [text_bind(&filter.correlation_id)]);
        }
        let either = &filter.correlation_or_platform_id;
        if !either.is_empty() {
            let binds = [text_bind(either), text_bind(either)];
            self.push(format!("({CORRELATION} or {PLATFORM})"), binds);
        }
        self.equals("lower(c.language_code)", &filter.language_code.to_ascii_lowercase());
        let languages: Vec<_> = filter.language_codes.iter().map(|code| code.to_ascii_lowercase()).collect();
        self.among("lower(c.language_code)", &languages);
        self.among("c.usecase_id", &filter.usecase_ids);
        self.among("c.skill", &filter.skills);
        self.among("c.visitor_id", &filter.visitor_ids);
        self.among("c.virtual_agent", &filter.virtual_agents);
        self.among("c.deployment_config_id", &filter.deployment_config_ids);
        if !filter.display_name_contains.is_empty() {
            let pattern = format!("%{}%", literal(&fold(&filter.display_name_contains)));
            self.push("c.display_name_folded like $? escape '!'", [Bind::Text(pattern)]);
        }
    }

    fn add_codes(&mut self, filter: &Filter) {
        self.codes("c.state", filter.state.as_slice());
        self.codes("c.source", &filter.sources);
        self.codes("c.sharing_state", &filter.sharing_states);
        self.codes("c.channel", filter.channel.as_slice());
        self.codes("c.channel", &filter.channels);
        self.codes("c.corruption_state", &filter.corruption_states);
        self.codes("c.persistence_state", &filter.persistence_states);
        self.codes("c.status", &filter.statuses);
        self.codes("c.direction", &filter.directions);
        self.codes("c.raise_hand_state", &filter.raise_hand_states);
        if let Some(with_audio) = filter.with_audio {
            let comparison = if with_audio { "=" } else { "<>" };
            let persisted = Bind::Int(AudioPersistenceState::Persisted.code().into());
            self.push(format!("c.audio_persistence_state {comparison} {PARAM}"), [persisted]);
        }
    }

    fn add_tags(&mut self, tags: &[Id]) {
        if tags.is_empty() {
            return;
        }
        let text = format!(
            "exists (select 1 from conversation_tag t
                where t.profile_key = c.profile_key and t.conversation_key = c.conversation_key
                    and t.tag_id in {})",
            list(tags.len())
        );
        self.push(text, tags.iter().map(text_bind));
    }

    fn add_metadata(&mut self, conditions: &[MetadataCondition]) {
        let mut any = Any::default();
        for condition in conditions {
            let (test, binds) = metadata_test(&condition.test);
            let not = if condition.test == MetadataTest::Exists(false) { "not " } else { "" };
            let text = format!(
                "{not}exists (select 1 from conversation_metadata m
                    where m.profile_key = c.profile_key and m.metadata_key = $?
                        and m.conversation_key = c.conversation_key and {test})"
            );
            any.push(text, std::iter::once(text_bind(&condition.key)).chain(binds));
        }
        self.add_any(any);
    }
}

/// The users of one customer.
const USERS: &str = "select u.entry_id from directory_entry u
    where u.customer_key = $? and u.profile_key = 0 and u.collection = 'users'";

/// Conditions of which one must hold.
#[derive(Debug, Default)]
struct Any {
    texts: Vec<String>,
    binds: Vec<Bind>,
}

impl Any {
    fn push(&mut self, text: String, binds: impl IntoIterator<Item = Bind>) {
        self.texts.push(text);
        self.binds.extend(binds);
    }

    fn agents(&mut self, users: &[Id]) {
        if !users.is_empty() {
            self.push(format!("c.agent in {}", list(users.len())), users.iter().map(text_bind));
        }
    }

    fn teams(&mut self, teams: &[Id], customer: &Bind) {
        if !teams.is_empty() {
            let text = format!("c.agent in ({USERS} and u.team in {})", list(teams.len()));
            self.push(text, std::iter::once(customer.clone()).chain(teams.iter().map(text_bind)));
        }
    }
}

fn text_bind(text: &impl AsRef<str>) -> Bind {
    Bind::Text(text.as_ref().to_owned())
}

fn list(count: usize) -> String {
    format!("({})", vec![PARAM; count].join(", "))
}

fn metadata_test(test: &MetadataTest) -> (String, Vec<Bind>) {
    match test {
        MetadataTest::Exists(_) => ("1 = 1".to_owned(), Vec::new()),
        MetadataTest::AnyOf(values) => any_of(values),
        MetadataTest::Range(min, max) => {
            let low = min.map(|_| " and m.number_value >= $?").unwrap_or_default();
            let high = max.map(|_| " and m.number_value <= $?").unwrap_or_default();
            let binds = [*min, *max].into_iter().flatten().map(Bind::Real).collect();
            (format!("m.number_value is not null{low}{high}"), binds)
        }
        MetadataTest::Prefix(prefix) => {
            let text = "substr(m.text_value, 1, length($?)) = $?".to_owned();
            (text, vec![text_bind(prefix), text_bind(prefix)])
        }
    }
}

fn any_of(values: &[MetadataValue]) -> (String, Vec<Bind>) {
    let mut any = Any::default();
    let mut among = |column: &str, binds: Vec<Bind>| {
        if !binds.is_empty() {
            any.push(format!("m.{column} in {}", list(binds.len())), binds);
        }
    };
    let of =
        |pick: &dyn Fn(&MetadataValue) -> Option<Bind>| values.iter().filter_map(pick).collect::<Vec<_>>();
    among(
        "text_value",
        of(&|value| match value {
            MetadataValue::Text(text) => Some(Bind::Text(text.as_str().to_owned())),
            _ => None,
        }),
    );
    among(
        "number_value",
        of(&|value| match value {
            MetadataValue::Number(number) => Some(Bind::Real(*number)),
            _ => None,
        }),
    );
    among(
        "boolean_value",
        of(&|value| match value {
            MetadataValue::Boolean(boolean) => Some(Bind::Int((*boolean).into())),
            _ => None,
        }),
    );
    (format!("({})", any.texts.join(" or ")), any.binds)
}

/// Escapes what a LIKE pattern would read as a wildcard.
fn literal(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}
