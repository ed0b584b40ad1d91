//! Removal of what is stored already: a part of a message on demand, with everything that repeats it.
//!
//! `receipt` tells what was removed and looks again, `job` removes from many conversations, `hand` works on a job, `work`
//! is what it does to one conversation.
//! What is found and what becomes of each text is the domain's matter.

pub mod hand;
pub mod job;
pub mod receipt;
mod work;

use super::{Call, ids};
use crate::app::App;
use hansard_domain::{
    Error, ErrorKind, Id, Result,
    annotation::{Annotation, AnnotationBody, AnnotationKind, AnnotationSource, MaskedPlace},
    audit::AuditAction,
    caller::Permission,
    conversation::Conversation,
    directory::{MomentType, Stamps},
    message::Message,
    name::{Collection, EntryName, Parent, PartName},
    redact::{Cut, Labels, Place, Removal, SafeText, Values, reason_without},
};
use hansard_store::{Direct, Outcome, Receipt, Written, tenancy::ProfileTenant};

/// A part of a message's text that is to become the label of a moment.
#[derive(Debug, Clone)]
pub struct Request {
    pub name: PartName,
    pub moment: EntryName,
    /// Bytes of the text, end exclusive.
    pub range: (i32, i32),
    pub reason: String,
}

/// The message as it is now, and the name of the receipt.
#[derive(Debug)]
pub struct Redacted {
    pub message: Message,
    pub receipt: EntryName,
}

struct Removed {
    message: Message,
    receipt: Id,
}

impl Outcome for Removed {
    fn receipt(&self) -> Receipt {
        Receipt { created: true, ids: vec![self.receipt.to_string()] }
    }
}

/// Removes a part of a message from everything that the conversation holds, in one transaction.
pub async fn redact_message(app: &App, call: &Call, request: Request) -> Result<Redacted> {
    let parent = request.name.conversation.profile.clone();
    let scope = call.caller.enter(&parent, &request.name, Permission::RedactMessage)?;
    if request.moment.parent != Parent::Profile(parent.clone()) {
        return Err(Error::invalid("moment", format!("must be a moment of {parent}")));
    }
    let profile = app.profile(&scope).await?;
    let reason = reason(&profile, &request.reason)?;
    let name = request.name.clone();
    let work = move |direct: &mut Direct<'_>| redact_in(direct, &request, &reason, &labels(&profile));
    let written = app.store.transact(&scope, &call.ticket, "redact_message", work).await?;
    app.store.request_truncate();
    match written {
        Written::Fresh(Removed { message, receipt }) => {
            Ok(Redacted { message, receipt: parent.redaction_receipt(receipt) })
        }
        Written::Replayed(receipt) => {
            let id = ids(&receipt).pop().ok_or_else(|| Error::internal("a receipt without an id"))?;
            let message = super::message::get(app, call, name).await?;
            Ok(Redacted { message, receipt: parent.redaction_receipt(id) })
        }
    }
}

fn redact_in(
    direct: &mut Direct<'_>,
    request: &Request,
    reason: &SafeText,
    labels: &Labels,
) -> Result<Removed> {
    let mut conversation = direct.conversation(&request.name.conversation)?;
    let id = &request.name.id;
    let found = direct.find_message(&conversation, id)?;
    let message = found.ok_or_else(|| direct.scope().not_found())?;
    conversation.may_be_removed()?;
    check_moment(direct, &request.moment)?;
    let entity_type = request.moment.id.as_str().to_uppercase();
    let moment = request.moment.to_string();
    let labels = labels.clone().and([entity_type.as_str()]);
    let cut = Cut::new(&message, request.range, (&entity_type, &moment), &labels)?;
    let values = Values::new(cut.values.iter().map(String::as_str), &entity_type, labels)?;
    let removal = {
        let parts = direct.parts(&conversation);
        Removal::of(&conversation, &parts, &values, Some((id, &cut)), direct.now())?
    };
    let message = removal.messages.iter().find(|message| message.name.id == *id).cloned();
    let message = message.ok_or_else(|| Error::internal("a cut left its message as it was"))?;
    direct.apply_removal(&mut conversation, &removal)?;
    annotate(direct, &conversation, &message, (&cut, &removal.places))?;
    direct.audit(AuditAction::RedactMessage, &request.name);
    let reason = reason_without(&values, reason);
    let receipt = direct.insert_redaction_receipt(&conversation, (reason, None), removal.places)?;
    Ok(Removed { message, receipt: receipt.id })
}

/// A moment need not be in the directory; one that is there must be an entity.
fn check_moment(direct: &Direct<'_>, moment: &EntryName) -> Result<()> {
    match direct.find_entry(Collection::Moment, &moment.id)? {
        Some(entry) if entry.body.moment_type != MomentType::Entity => {
            Err(Error::invalid("moment", "must be a moment of the type ENTITY"))
        }
        _ => Ok(()),
    }
}

/// Writes down as a moment where the message was cut, unless the conversation is full of annotations.
fn annotate(
    direct: &mut Direct<'_>,
    conversation: &Conversation,
    message: &Message,
    (cut, places): (&Cut, &[Place]),
) -> Result<()> {
    let is_cut = |place: &&Place| place.resource == message.name.to_string() && place.field == "text";
    let offset = |at: usize| i32::try_from(at).unwrap_or(i32::MAX);
    let holds_cut = |place: &&Place| {
        place.original_start <= offset(cut.found.range.start)
            && offset(cut.found.range.end) <= place.original_end
    };
    let Some(place) = places.iter().filter(is_cut).find(holds_cut) else { return Ok(()) };
    let body = AnnotationBody {
        content: SafeText::stored(cut.moment.clone()),
        message: Some(message.name.id.clone()),
        start: place.start,
        end: place.end,
        source: AnnotationSource::User,
        masked: Some(MaskedPlace {
            field: String::new(),
            original_start: place.original_start,
            original_end: place.original_end,
        }),
        ..AnnotationBody::default()
    };
    let name = conversation.name.annotation(AnnotationKind::Moment, direct.new_id());
    let (author, stamps) = (direct.actor().name.clone(), Stamps::new(direct.now()));
    let annotation = Annotation { name, body, author, stamps };
    match direct.insert_annotations(conversation, &[annotation]) {
        Err(error) if error.kind() == ErrorKind::Exhausted => Ok(()),
        outcome => outcome,
    }
}

/// Why something is removed, masked as the profile masks every text.
pub(super) fn reason(profile: &ProfileTenant, reason: &str) -> Result<SafeText> {
    hansard_domain::limits::short("reason", reason)?;
    Ok(profile.redactor.text(reason))
}

/// What stands for a masked value in a profile's texts.
fn labels(profile: &ProfileTenant) -> Labels {
    Labels::known(&profile.body.redaction_patterns)
}
