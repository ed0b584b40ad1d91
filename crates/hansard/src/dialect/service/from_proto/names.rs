//! Resource names and references of requests.

use hansard_domain::{
    Error, Id, Result,
    name::{
        Collection, ConversationName, CustomerName, EntryName, Parent, Part, PartName, ProfileName, reference,
    },
};

pub(in super::super) fn customer(field: &str, text: &str) -> Result<CustomerName> {
    CustomerName::parse(field, text)
}

pub(in super::super) fn profile(field: &str, text: &str) -> Result<ProfileName> {
    ProfileName::parse(field, text)
}

pub(in super::super) fn conversation(field: &str, text: &str) -> Result<ConversationName> {
    ConversationName::parse(field, text)
}

pub(in super::super) fn message(field: &str, text: &str) -> Result<PartName> {
    PartName::parse(field, text, Part::Message)
}

pub(in super::super) fn entry(field: &str, text: &str, collection: Collection) -> Result<EntryName> {
    EntryName::parse(field, text, collection)
}

/// The name of a new entry of a parent.
pub(in super::super) fn new_entry(
    parent: &str,
    id_field: &str,
    id: &str,
    collection: Collection,
) -> Result<EntryName> {
    let parent = parent_of(parent, collection)?;
    if id.is_empty() {
        return Err(Error::missing(id_field));
    }
    Ok(EntryName { parent, collection, id: Id::parse(id_field, id)? })
}

pub(in super::super) fn parent_of(parent: &str, collection: Collection) -> Result<Parent> {
    if collection.belongs_to_customer() {
        return CustomerName::parse("parent", parent).map(Parent::Customer);
    }
    ProfileName::parse("parent", parent).map(Parent::Profile)
}

/// The bare id of a user, team or group that a field names, or of none.
pub(in super::super) fn referenced(
    field: &str,
    text: &str,
    collection: Collection,
    customer: &Id,
) -> Result<Option<Id>> {
    Ok(reference(field, text, collection, customer)?.map(|name| name.id))
}

/// A reference that is kept as a whole name; empty stays empty.
pub(in super::super) fn whole(
    field: &str,
    text: &str,
    collection: Collection,
    customer: &Id,
) -> Result<String> {
    Ok(reference(field, text, collection, customer)?.map(|name| name.to_string()).unwrap_or_default())
}

/// A reference to a conversation of the same customer.
pub(in super::super) fn whole_conversation(field: &str, text: &str, customer: &Id) -> Result<String> {
    if text.is_empty() {
        return Ok(String::new());
    }
    let name = ConversationName::parse(field, text)?;
    of_customer(field, &name, customer)?;
    Ok(name.to_string())
}

/// A reference to a message of the same customer.
pub(in super::super) fn whole_message(field: &str, text: &str, customer: &Id) -> Result<String> {
    if text.is_empty() {
        return Ok(String::new());
    }
    let name = message(field, text)?;
    of_customer(field, &name.conversation, customer)?;
    Ok(name.to_string())
}

fn of_customer(field: &str, name: &ConversationName, customer: &Id) -> Result<()> {
    if name.profile.customer == *customer {
        return Ok(());
    }
    Err(Error::invalid(field, format!("must name something of customers/{customer}")))
}

/// The id of a message of this very conversation that a field names, or of none.
pub(in super::super) fn own_message(
    field: &str,
    text: &str,
    parent: &ConversationName,
) -> Result<Option<Id>> {
    own_id(field, text, Part::Message, parent)
}

/// The id in a part's own name: absent where the name is empty, refused where it is of another conversation.
pub(in super::super) fn own_id(
    field: &str,
    text: &str,
    part: Part,
    parent: &ConversationName,
) -> Result<Option<Id>> {
    if text.is_empty() {
        return Ok(None);
    }
    let name = PartName::parse(field, text, part)?;
    if name.conversation != *parent {
        return Err(Error::invalid(field, format!("must be of the parent {parent}")));
    }
    Ok(Some(name.id))
}
