//! Page tokens: good for the list that gave them and no other, in the one spelling that was given.

use std::sync::LazyLock;

use hansard::dialect::service;
use hansard_domain::{
    Id,
    filter::{Filter, Order, OrderBy},
    name::ProfileName,
};
use hansard_proto::v1::ConversationFilter;
use hansard_store::{Binding, ListRequest, Secret};
use prost::Message;

use crate::CONTRACT;

static SECRET: LazyLock<Secret> = LazyLock::new(|| Secret::new(b"a secret"));
static OTHER_SECRET: LazyLock<Secret> = LazyLock::new(|| Secret::new(b"another secret"));

/// The input is two lists, a line each, and a text that may be a token or be done to one.
pub fn check(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let mut lines = text.splitn(3, '\n');
    let (Some(list), Some(other)) = (lines.next().and_then(List::read), lines.next().and_then(List::read))
    else {
        return;
    };
    let text = lines.next().unwrap_or_default();
    let place = (list.request.page_size, text.len());
    let token = SECRET.page_token(&list.binding(), &place).unwrap();
    assert_eq!(SECRET.read_page_token(&list.binding(), &token).unwrap(), Some(place));
    refused(&OTHER_SECRET, &list, &token);
    if list != other {
        refused(&SECRET, &other, &token);
    }
    check_text(&list, &token, text);
}

/// Neither the text nor the token changed by it is a token.
fn check_text(list: &List, token: &str, text: &str) {
    if text.is_empty() {
        return assert_eq!(SECRET.read_page_token::<Place>(&list.binding(), "").unwrap(), None);
    }
    let at = text.len() % (token.len() + 1);
    let (front, back) = token.split_at(at);
    let over = &back[text.len().min(back.len())..];
    let changed = [text.to_owned(), format!("{front}{text}{back}"), format!("{front}{text}{over}")];
    for changed in changed.iter().filter(|changed| *changed != token) {
        refused(&SECRET, list, changed);
    }
    refused(&SECRET, list, front_of(token, at));
}

/// A part of the token that is not all of it, nor nothing.
fn front_of(token: &str, at: usize) -> &str {
    &token[..at.clamp(1, token.len() - 1)]
}

type Place = (i32, usize);

fn refused(secret: &Secret, list: &List, token: &str) {
    match secret.read_page_token::<serde_json::Value>(&list.binding(), token) {
        Ok(place) => panic!("{token} was taken for a token of {list:?} at {place:?}"),
        Err(error) => assert_eq!(error.field(), Some("pageToken")),
    }
}

/// A list of conversations as one caller asks for it.
#[derive(Debug)]
struct List {
    profile: ProfileName,
    own_of: Option<Id>,
    request: ListRequest,
}

impl PartialEq for List {
    fn eq(&self, other: &Self) -> bool {
        (&self.profile, &self.own_of) == (&other.profile, &other.own_of)
            && (&self.request.filter, self.request.order) == (&other.request.filter, other.request.order)
    }
}

impl List {
    /// Reads `PROFILE AGENT ORDER DIRECTION FILTER`, the filter in JSON; no agent is `-`.
    fn read(line: &str) -> Option<Self> {
        let mut words = line.splitn(5, ' ');
        let profile = ProfileName::parse("parent", words.next()?).ok()?;
        let own_of = match words.next()? {
            "-" => None,
            agent => Some(Id::parse("agent", agent).ok()?),
        };
        let by = match words.next()? {
            "start" => OrderBy::StartTime,
            "update" => OrderBy::UpdateTime,
            "duration" => OrderBy::Duration,
            _ => return None,
        };
        let order = Order { by, descending: words.next()? == "desc" };
        let filter = read_filter(words.next()?, &profile)?;
        let request = ListRequest { filter, order, page_size: 10, page_token: String::new() };
        Some(Self { profile, own_of, request })
    }

    fn binding(&self) -> Binding {
        self.request.binding(&self.profile, self.own_of.as_ref()).unwrap()
    }
}

fn read_filter(json: &str, profile: &ProfileName) -> Option<Filter> {
    let id = CONTRACT.message("hansard.v1.ConversationFilter")?;
    let wire = CONTRACT.read_json(id, json.as_bytes()).ok()?;
    let filter = ConversationFilter::decode(wire.as_slice()).expect("a filter decodes");
    service::filter(Some(filter), "", profile).ok()
}
