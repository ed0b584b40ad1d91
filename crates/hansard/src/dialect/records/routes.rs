//! Every route of the dialect, in one table, and which one a request takes.

use http::{HeaderValue, Method};

use super::schema::{
    CONVERSATION_TYPES, DECOMMISSION_REQUEST, DIRECTIONS, MESSAGE, RECORD, STATUS_CHANGE, STATUSES, SUMMARY,
    Schema, TRANSFER,
};

/// Where records are, and what else the two reads are known by.
const BASE: &str = "/v1/conversations";
const ALIASES: [&str; 2] = ["/v1/conversation-configs", "/v1/conversation-configurations"];

/// What a route does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Operation {
    Create,
    List,
    ListByCustomer,
    ListByChannel,
    ListByDeployment,
    ListByDateRange,
    Decommission,
    GetDecommission,
    Get,
    Delete,
    ListMessages,
    AppendMessages,
    SetStatus,
    SetSummary,
    ReportTransfer,
}

/// The methods of HTTP that routes take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

/// What a parameter of a query is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value {
    Text,
    Flag,
    Number,
    Time,
    Word(&'static [&'static str]),
    /// As often as wanted.
    Words(&'static [&'static str]),
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Parameter {
    pub(super) name: &'static str,
    pub(super) value: Value,
    pub(super) is_required: bool,
    pub(super) text: &'static str,
}

/// What a request brings.
#[derive(Debug, Clone, Copy)]
pub(super) enum Body {
    None,
    One(&'static Schema),
    OneOrMany(&'static Schema),
}

/// What an answer's data is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Data {
    Record,
    Records,
    Messages,
    /// A record, a count or a job.
    Decommissioned,
    Job,
}

#[derive(Debug)]
pub(super) struct Route {
    pub(super) operation: Operation,
    pub(super) verb: Verb,
    /// Behind the base.
    pub(super) path: &'static str,
    pub(super) has_aliases: bool,
    /// Its name in the document, in metrics and for retry keys.
    pub(super) name: &'static str,
    pub(super) text: &'static str,
    pub(super) query: &'static [&'static [Parameter]],
    pub(super) body: Body,
    pub(super) data: Data,
}

const fn parameter(name: &'static str, value: Value, text: &'static str) -> Parameter {
    Parameter { name, value, is_required: false, text }
}

const fn needed(name: &'static str, value: Value, text: &'static str) -> Parameter {
    Parameter { name, value, is_required: true, text }
}

const PROJECT: &[Parameter] = &[
    parameter("project_id", Value::Text, "The project, for a key that sees several."),
    parameter("organization_id", Value::Text, "The organization; the key's own."),
];
const PAGE: &[Parameter] = &[
    parameter("page", Value::Number, "From 1 on."),
    parameter("pageSize", Value::Number, "20 unless given, at most 1000."),
];
const DELETED: &[Parameter] = &[parameter("includeDeleted", Value::Flag, "Shows what is deleted as well.")];
const CLOSED: &[Parameter] =
    &[parameter("allowClosed", Value::Flag, "Appends also to a conversation that has ended.")];
const ORDER: &[Parameter] = &[
    parameter("sortBy", Value::Word(&["created_at", "updated_at"]), "created_at unless given."),
    parameter("sortDirection", Value::Word(&["asc", "desc"]), "desc unless given."),
];
const FILTER: &[Parameter] = &[
    parameter("conversation_type", Value::Words(CONVERSATION_TYPES), "Any of these."),
    parameter("status", Value::Words(STATUSES), "Any of these."),
    parameter("channel_id", Value::Text, "The deployment channel."),
    parameter("deployment_config_id", Value::Text, "The deployment configuration."),
    parameter("customer_id", Value::Text, "The contact in the CRM."),
    parameter("start", Value::Time, "Began then or later: a day, an ISO time or Unix time."),
    parameter("end", Value::Time, "Began then or earlier; of a day, its end."),
    parameter("direction", Value::Word(DIRECTIONS), "Who began it."),
    parameter("is_campaign", Value::Flag, "Whether it is part of a campaign."),
    parameter("hasMessages", Value::Flag, "Whether anything was said."),
    parameter("search", Value::Text, "Found inside some message, whatever the case."),
];
const DATES: &[Parameter] = &[
    needed("startDate", Value::Time, "Began then or later: a day, an ISO time or Unix time."),
    needed("endDate", Value::Time, "Began then or earlier; of a day, its end."),
];
const LIST: &[&[Parameter]] = &[PROJECT, PAGE, ORDER, DELETED];

/// Of two paths that fit, the first counts: words before ids.
pub(super) static ROUTES: [Route; 15] = [
    Route {
        has_aliases: true,
        query: &[PROJECT, PAGE, ORDER, DELETED, FILTER],
        ..get(Operation::List, "", "ListRecords", "Lists records, the newest first.")
    },
    Route {
        verb: Verb::Post,
        query: &[PROJECT],
        body: Body::One(&RECORD),
        data: Data::Record,
        ..get(
            Operation::Create,
            "",
            "CreateRecord",
            "Keeps a record. The same id again returns the stored one.",
        )
    },
    get(
        Operation::ListByCustomer,
        "/by-customer/{id}",
        "ListRecordsByCustomer",
        "Lists a contact's records.",
    ),
    get(Operation::ListByChannel, "/by-channel/{id}", "ListRecordsByChannel", "Lists a channel's records."),
    get(
        Operation::ListByDeployment,
        "/by-deployment/{id}",
        "ListRecordsByDeployment",
        "Lists a deployment's records.",
    ),
    Route {
        query: &[PROJECT, PAGE, ORDER, DELETED, DATES],
        ..get(
            Operation::ListByDateRange,
            "/by-date-range",
            "ListRecordsByDateRange",
            "Lists what began between two days.",
        )
    },
    Route {
        verb: Verb::Post,
        query: &[PROJECT],
        body: Body::One(&DECOMMISSION_REQUEST),
        data: Data::Decommissioned,
        ..get(
            Operation::Decommission,
            "/decommission",
            "DecommissionRecords",
            "Ends one active conversation, or begins a job that ends all of a deployment; a dry run only counts.",
        )
    },
    Route {
        query: &[PROJECT],
        data: Data::Job,
        ..get(Operation::GetDecommission, "/decommission/{id}", "GetDecommission", "Tells how far a job is.")
    },
    Route {
        has_aliases: true,
        query: &[PROJECT, DELETED],
        data: Data::Record,
        ..get(Operation::Get, "/{id}", "GetRecord", "Reads a record with its first messages.")
    },
    Route {
        verb: Verb::Delete,
        query: &[PROJECT],
        data: Data::Record,
        ..get(
            Operation::Delete,
            "/{id}",
            "DeleteRecord",
            "Hides a record; it is kept until its retention ends.",
        )
    },
    Route {
        query: &[PROJECT, PAGE],
        data: Data::Messages,
        ..get(
            Operation::ListMessages,
            "/{id}/messages",
            "ListRecordMessages",
            "Lists messages in their order.",
        )
    },
    Route {
        verb: Verb::Post,
        query: &[PROJECT, CLOSED],
        body: Body::OneOrMany(&MESSAGE),
        data: Data::Record,
        ..get(
            Operation::AppendMessages,
            "/{id}/messages",
            "AppendRecordMessages",
            "Appends a message or a list of them. A known messageId is left as it is.",
        )
    },
    Route {
        verb: Verb::Patch,
        query: &[PROJECT],
        body: Body::One(&STATUS_CHANGE),
        data: Data::Record,
        ..get(
            Operation::SetStatus,
            "/{id}/status",
            "SetRecordStatus",
            "Reports the status. Nothing leads back.",
        )
    },
    Route {
        verb: Verb::Put,
        query: &[PROJECT],
        body: Body::One(&SUMMARY),
        data: Data::Record,
        ..get(
            Operation::SetSummary,
            "/{id}/summary",
            "SetRecordSummary",
            "Sets the summary, in place of the present one.",
        )
    },
    Route {
        verb: Verb::Put,
        query: &[PROJECT],
        body: Body::One(&TRANSFER),
        data: Data::Record,
        ..get(
            Operation::ReportTransfer,
            "/{id}/call-transfer",
            "ReportRecordTransfer",
            "Reports how far a hand-over is.",
        )
    },
];

const fn get(operation: Operation, path: &'static str, name: &'static str, text: &'static str) -> Route {
    let (verb, data) = (Verb::Get, Data::Records);
    Route { operation, verb, path, has_aliases: false, name, text, query: LIST, body: Body::None, data }
}

impl Verb {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

impl Route {
    pub(super) fn parameters(&self) -> impl Iterator<Item = &'static Parameter> {
        self.query.iter().copied().flatten()
    }

    /// Every path that it is known by.
    pub(super) fn paths(&self) -> Vec<String> {
        let aliases = if self.has_aliases { &ALIASES[..] } else { &[] };
        std::iter::once(&BASE).chain(aliases).map(|base| format!("{base}{}", self.path)).collect()
    }
}

/// Whether a path is of this dialect.
pub(crate) fn owns(path: &str) -> bool {
    below(path).is_some()
}

/// What stands behind the base, and whether that is an alias.
fn below(path: &str) -> Option<(&str, bool)> {
    // The longer name begins with none of the others and a slash.
    std::iter::once((BASE, false)).chain(ALIASES.map(|alias| (alias, true))).find_map(|(base, is_alias)| {
        let rest = path.strip_prefix(base)?;
        (rest.is_empty() || rest.starts_with('/')).then_some((rest, is_alias))
    })
}

/// What a path and a method lead to.
pub(super) enum Found<'p> {
    Route(&'static Route, Option<&'p str>),
    WrongMethod(HeaderValue),
    Nothing,
}

/// Finds the route of a request, with what stands in the place of the id.
pub(super) fn find<'p>(method: &Method, path: &'p str) -> Found<'p> {
    let Some((rest, is_alias)) = below(path) else { return Found::Nothing };
    let Some(first) = ROUTES.iter().find(|route| fits(route.path, rest).is_some()) else {
        return Found::Nothing;
    };
    let known: Vec<&Route> =
        ROUTES.iter().filter(|route| route.path == first.path && (route.has_aliases || !is_alias)).collect();
    if known.is_empty() {
        return Found::Nothing;
    }
    let wanted = if *method == Method::HEAD { "GET" } else { method.as_str() };
    match known.iter().find(|route| route.verb.word() == wanted) {
        Some(route) => Found::Route(route, fits(route.path, rest).flatten()),
        None => Found::WrongMethod(allow(&known)),
    }
}

fn allow(known: &[&Route]) -> HeaderValue {
    let mut methods: Vec<&str> = known.iter().map(|route| route.verb.word()).collect();
    if methods.contains(&"GET") {
        methods.push("HEAD");
    }
    HeaderValue::from_str(&methods.join(", ")).unwrap_or_else(|_| HeaderValue::from_static("GET, HEAD"))
}

/// Whether a path is of a pattern, with what stands in the place of its id.
fn fits<'p>(pattern: &str, path: &'p str) -> Option<Option<&'p str>> {
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    let mut id = None;
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(id),
            (Some("{id}"), Some(text)) if !text.is_empty() => id = Some(text),
            (Some(word), Some(text)) if word == text => {}
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(method: &str, path: &str) -> String {
        match find(&Method::from_bytes(method.as_bytes()).unwrap_or_default(), path) {
            Found::Route(route, id) => format!("{} {}", route.name, id.unwrap_or_default()),
            Found::WrongMethod(allow) => format!("{allow:?}"),
            Found::Nothing => "nothing".to_owned(),
        }
    }

    #[test]
    fn words_come_before_ids() {
        assert_eq!(name("GET", "/v1/conversations"), "ListRecords ");
        assert_eq!(name("HEAD", "/v1/conversations/c1"), "GetRecord c1");
        assert_eq!(name("GET", "/v1/conversations/by-customer/messages"), "ListRecordsByCustomer messages");
        assert_eq!(name("GET", "/v1/conversations/c1/messages"), "ListRecordMessages c1");
        assert_eq!(name("POST", "/v1/conversations/decommission"), "DecommissionRecords ");
        assert_eq!(name("GET", "/v1/conversations/decommission"), "\"POST\"");
        assert_eq!(name("PUT", "/v1/conversations/c1"), "\"GET, DELETE, HEAD\"");
    }

    #[test]
    fn the_aliases_are_of_the_two_reads() {
        for base in ALIASES {
            assert_eq!(name("GET", base), "ListRecords ");
            assert_eq!(name("GET", &format!("{base}/c1")), "GetRecord c1");
            assert_eq!(name("POST", base), "\"GET, HEAD\"");
            assert_eq!(name("GET", &format!("{base}/c1/messages")), "nothing");
            assert_eq!(name("GET", &format!("{base}/by-customer/c1")), "nothing");
        }
    }

    #[test]
    fn other_paths_are_not_of_this_dialect() {
        for path in
            ["/v1/conversationsx", "/v1/conversation", "/v1/customers/c/profiles/p/conversations", "/v1"]
        {
            assert!(!owns(path), "{path}");
        }
        assert_eq!(name("GET", "/v1/conversations/"), "nothing");
        assert_eq!(name("GET", "/v1/conversations/a/b/c"), "nothing");
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<&str> = ROUTES.iter().map(|route| route.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ROUTES.len());
    }
}
