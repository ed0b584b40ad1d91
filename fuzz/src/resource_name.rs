//! Resource names: what is read prints as it was, is of one kind only, and stays with its customer.

use hansard_domain::{
    Id,
    name::{Collection, ConversationName, CustomerName, EntryName, Part, PartName, ProfileName, reference},
};

const COLLECTIONS: [Collection; 9] = [
    Collection::User,
    Collection::Team,
    Collection::Group,
    Collection::ApiKey,
    Collection::Usecase,
    Collection::Tag,
    Collection::Moment,
    Collection::Job,
    Collection::VirtualAgent,
];

/// The input is a text that may be a name.
pub fn check(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let readings: Vec<String> = [
        CustomerName::parse("name", text).ok().map(|name| name.to_string()),
        ProfileName::parse("name", text).ok().map(|name| name.to_string()),
        ConversationName::parse("name", text).ok().map(|name| name.to_string()),
        PartName::parse("name", text, Part::Message).ok().map(|name| name.to_string()),
        PartName::parse("name", text, Part::Event).ok().map(|name| name.to_string()),
    ]
    .into_iter()
    .chain(COLLECTIONS.map(|collection| entry(text, collection)))
    .flatten()
    .collect();
    assert!(readings.len() <= 1, "{text:?} is of {} kinds", readings.len());
    assert_eq!(readings.first().map(String::as_str), is_name(text).then_some(text), "{text:?}");
}

fn entry(text: &str, collection: Collection) -> Option<String> {
    let name = EntryName::parse("name", text, collection).ok()?;
    let own = reference("name", text, collection, name.customer()).unwrap();
    assert_eq!(own.as_ref(), Some(&name));
    let stranger = Id::known(format!("{}x", name.customer()));
    assert!(reference("name", text, collection, &stranger).is_err(), "{text:?} is taken by a stranger");
    Some(name.to_string())
}

/// The rules of the contract once more: ids between the literals of a known kind.
fn is_name(text: &str) -> bool {
    const KINDS: [&str; 14] = [
        "customers",
        "customers/profiles",
        "customers/profiles/conversations",
        "customers/profiles/conversations/messages",
        "customers/profiles/conversations/events",
        "customers/users",
        "customers/teams",
        "customers/groups",
        "customers/apiKeys",
        "customers/profiles/usecases",
        "customers/profiles/tags",
        "customers/profiles/moments",
        "customers/profiles/jobs",
        "customers/profiles/virtualAgents",
    ];
    let segments: Vec<&str> = text.split('/').collect();
    let literals: Vec<&str> = segments.iter().copied().step_by(2).collect();
    segments.len().is_multiple_of(2)
        && KINDS.contains(&literals.join("/").as_str())
        && segments.iter().skip(1).step_by(2).all(|id| is_id(id))
}

fn is_id(id: &str) -> bool {
    (1..=128).contains(&id.len())
        && !id.starts_with(['.', '_', '~', '@', '+', '=', '-'])
        && id.chars().all(|c| matches!(c, 'A'..='Z' | 'a'..='z' | '0'..='9') || "._~@+=-".contains(c))
}
