//! Receipts of removals: reading them, and looking again whether what they tell is still so.

use super::{Call, labels};
use crate::app::App;
use hansard_domain::{
    Error, Id, Result,
    caller::Permission,
    conversation::Conversation,
    limits,
    name::{ConversationName, Part, PartName, ProfileName},
    page::{Page, PageSizes},
    redact::{Detected, Labels, Place, RedactionReceipt, Removal, Values},
};
use hansard_store::Reading;

/// Values that one look again takes.
const VALUES_MAX: usize = 1000;
/// What the label of a value would be that a look again finds.
const VALUE: &str = "VALUE";

/// What a look again found.
#[derive(Debug)]
pub struct Verdict {
    pub checked: usize,
    pub findings: Vec<Place>,
}

pub async fn get(app: &App, call: &Call, parent: &ProfileName, id: Id) -> Result<RedactionReceipt> {
    let name = parent.redaction_receipt(id.clone());
    let scope = call.caller.enter(parent, name, Permission::RedactMessage)?;
    app.store.read(&scope, "get_redaction_receipt", move |reading| reading.redaction_receipt(&id)).await
}

/// A page of receipts, oldest first; of one conversation where one is named.
pub async fn list(
    app: &App,
    call: &Call,
    parent: &ProfileName,
    conversation: Option<ConversationName>,
    (page_size, page_token): (i32, String),
) -> Result<Page<RedactionReceipt>> {
    let scope = call.caller.enter(parent, parent, Permission::RedactMessage)?;
    if conversation.as_ref().is_some_and(|name| name.profile != *parent) {
        return Err(Error::invalid("conversation", format!("must be a conversation of {parent}")));
    }
    let page_size = PageSizes::PARTS.effective(page_size)?;
    let read = move |reading: &Reading<'_>| {
        reading.list_redaction_receipts(conversation.as_ref(), page_size, &page_token)
    };
    app.store.read(&scope, "list_redaction_receipts", read).await
}

/// Looks at every place of a receipt again, and everywhere in its conversation for the kinds of the receipt and for
/// `values`.
pub async fn verify(
    app: &App,
    call: &Call,
    parent: &ProfileName,
    id: Id,
    values: Vec<String>,
) -> Result<Verdict> {
    let name = parent.redaction_receipt(id.clone());
    let scope = call.caller.enter(parent, name, Permission::RedactMessage)?;
    limits::items_at_most("values", values.len(), VALUES_MAX)?;
    for (index, value) in values.iter().enumerate() {
        let field = format!("values[{index}]");
        limits::short(&field, value)?;
        if value.trim().is_empty() {
            return Err(Error::missing(field));
        }
    }
    let profile = app.profile(&scope).await?;
    let read = move |reading: &Reading<'_>| {
        let receipt = reading.redaction_receipt(&id)?;
        let checked = receipt.places.len();
        let Some(conversation) = reading.find_kept(&receipt.conversation)? else {
            return Ok(Verdict { checked, findings: Vec::new() });
        };
        let labels = labels(&profile).and(receipt.places.iter().map(|place| place.entity_type.as_str()));
        let mut findings = still_there(reading, &conversation, &receipt)?;
        let kinds = receipt.places.iter().map(|place| place.entity_type.clone());
        let kinds: Vec<String> = kinds.filter(|kind| !kind.is_empty()).collect();
        if !kinds.is_empty() {
            let detected = Detected::new(profile.redactor.as_ref().clone(), kinds, labels.clone());
            findings.extend(found_in(reading, &conversation, &detected)?);
        }
        findings.extend(values_in(reading, &conversation, &values, labels)?);
        Ok(Verdict { checked, findings })
    };
    app.store.read(&scope, "verify_redaction", read).await
}

fn found_in(
    reading: &Reading<'_>,
    conversation: &Conversation,
    find: &dyn hansard_domain::redact::Find,
) -> Result<Vec<Place>> {
    Ok(Removal::of(conversation, &reading.parts(conversation), find, None, reading.now())?.places)
}

fn values_in(
    reading: &Reading<'_>,
    conversation: &Conversation,
    values: &[String],
    labels: Labels,
) -> Result<Vec<Place>> {
    if values.is_empty() {
        return Ok(Vec::new());
    }
    let values = Values::new(values.iter().map(String::as_str), VALUE, labels)?;
    found_in(reading, conversation, &values)
}

/// Places whose text is what it was, although it should be gone or be its label.
fn still_there(
    reading: &Reading<'_>,
    conversation: &Conversation,
    receipt: &RedactionReceipt,
) -> Result<Vec<Place>> {
    let mut findings = Vec::new();
    for place in &receipt.places {
        let is_back = if place.resource == conversation.name.to_string() {
            // Another conversation may have taken the name since.
            place.field.is_empty() && conversation.body.create_time <= receipt.create_time
        } else if place.field == "text" || place.end == 0 {
            is_back_in_message(reading, conversation, place)?
        } else {
            false
        };
        if is_back {
            findings.push(place.clone());
        }
    }
    Ok(findings)
}

fn is_back_in_message(reading: &Reading<'_>, conversation: &Conversation, place: &Place) -> Result<bool> {
    let Ok(name) = PartName::parse("resource", &place.resource, Part::Message) else { return Ok(false) };
    let Some(message) = reading.find_message(conversation, &name.id)? else { return Ok(false) };
    if message.delete_time.is_some() {
        return Ok(false);
    }
    // A later removal moves a label, but never takes it away: at most another one's takes it in.
    let text = message.content.text.as_str();
    Ok(place.end == 0
        || !text.contains(&format!("[{}]", place.entity_type)) && message.content.redactions.is_empty())
}
