//! What a job does to one conversation: it looks, and where there is something, removes it in one transaction.

use super::labels;
use hansard_domain::{
    Id, Result, Time,
    audit::AuditAction,
    conversation::Conversation,
    redact::{
        Detected, Find, Labels, Parts, Place, Redactor, Removal, SafeText, Search, Tally, reason_without,
    },
};
use hansard_store::{Direct, Outcome, Receipt, tenancy::ProfileTenant};

/// What a job looks for.
pub(super) enum Task {
    /// What the profile's redactor masks, of some kinds or of all.
    Redact { redactor: Redactor, entity_types: Vec<String>, labels: Labels },
    /// Whom.
    Erase { search: Search, entity_type: &'static str },
}

/// What is to be done to a conversation.
pub(super) enum Look {
    Nothing,
    /// There is something, and a legal hold keeps it.
    Held,
    /// It is the subject's own.
    Delete(Place),
    Remove(Removal),
}

/// What was done to a conversation.
pub(super) enum Done {
    Nothing,
    Held,
    Removed,
    /// The job was cancelled meanwhile.
    Over,
}

impl Outcome for Done {
    fn receipt(&self) -> Receipt {
        Receipt::default()
    }
}

impl Task {
    pub(super) fn redact(profile: &ProfileTenant, entity_types: Vec<String>) -> Self {
        Self::Redact { redactor: profile.redactor.as_ref().clone(), entity_types, labels: labels(profile) }
    }

    /// Finds out what is to be done, and does nothing.
    pub(super) fn look(&self, conversation: &Conversation, parts: &impl Parts, now: Time) -> Result<Look> {
        let look = match self {
            Self::Erase { search, entity_type } if is_own(search, conversation, parts)? => {
                let whole = Place::whole(&conversation.name);
                Look::Delete(Place { entity_type: (*entity_type).to_owned(), ..whole })
            }
            Self::Erase { search, .. } => {
                Look::Remove(Removal::of(conversation, parts, search.values(), None, now)?)
            }
            Self::Redact { redactor, entity_types, labels } => {
                let detected = || Detected::new(redactor.clone(), entity_types.clone(), labels.clone());
                Look::Remove(detect(conversation, parts, &detected, now)?)
            }
        };
        Ok(match look {
            Look::Remove(removal) if removal.is_empty() => Look::Nothing,
            _ if conversation.may_be_removed().is_err() => Look::Held,
            look => look,
        })
    }

    /// The reason without whom it names.
    pub(super) fn reason(&self, reason: &SafeText) -> SafeText {
        match self {
            Self::Erase { search, .. } => reason_without(search.values(), reason),
            Self::Redact { .. } => reason.clone(),
        }
    }
}

/// Finds what the detector knows, then the same values wherever else they stand.
fn detect(
    conversation: &Conversation,
    parts: &impl Parts,
    detected: &dyn Fn() -> Detected,
    now: Time,
) -> Result<Removal> {
    let first = detected();
    let removal = Removal::of(conversation, parts, &first, None, now)?;
    let values = first.values()?;
    if values.is_empty() {
        return Ok(removal);
    }
    let again = detected();
    let mut all: Vec<&dyn Find> = vec![&again];
    all.extend(values.iter().map(|values| values as &dyn Find));
    Removal::of(conversation, parts, &all, None, now)
}

fn is_own(search: &Search, conversation: &Conversation, parts: &impl Parts) -> Result<bool> {
    if search.owns(conversation) {
        return Ok(true);
    }
    let mut after = 0;
    loop {
        let messages = parts.messages(after)?;
        let Some(last) = messages.last() else { return Ok(false) };
        after = last.position;
        if messages.iter().any(|message| search.sent(message)) {
            return Ok(true);
        }
    }
}

impl Look {
    /// Counts what would be removed.
    pub(super) fn count(&self, conversation: &Conversation, tally: &mut Tally) {
        match self {
            Self::Nothing | Self::Held => {}
            Self::Delete(place) => {
                tally.count(usize::try_from(conversation.counters.messages).unwrap_or_default(), &[]);
                tally.delete(place);
            }
            Self::Remove(removal) => tally.count(removal.messages.len(), &removal.places),
        }
    }
}

/// Looks again, inside the write, and does what is to be done; the job counts it in the same transaction.
pub(super) fn remove(direct: &mut Direct<'_>, (job, number): (&Id, i64), task: &Task) -> Result<Done> {
    let mut job = direct.redaction_job(job)?;
    if !job.body.state.is_open() {
        return Ok(Done::Over);
    }
    let Some(found) = direct.by_number(number)? else { return Ok(Done::Nothing) };
    let mut conversation = direct.kept_conversation(&found.name)?;
    let look = {
        let parts = direct.parts(&conversation);
        task.look(&conversation, &parts, direct.now())?
    };
    look.count(&conversation, &mut job.body.tally);
    let because = (job.body.reason.clone(), Some(job.id.clone()));
    match look {
        Look::Nothing => return Ok(Done::Nothing),
        Look::Held => return Ok(Done::Held),
        Look::Delete(place) => {
            direct.audit(AuditAction::DeleteConversation, &conversation.name);
            direct.insert_redaction_receipt(&conversation, because, vec![place])?;
            direct.delete_conversation(&conversation)?;
        }
        Look::Remove(removal) => {
            direct.apply_removal(&mut conversation, &removal)?;
            direct.insert_redaction_receipt(&conversation, because, removal.places)?;
        }
    }
    job.update_time = direct.now();
    direct.update_redaction_job(&job)?;
    Ok(Done::Removed)
}
