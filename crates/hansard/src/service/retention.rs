//! How long conversations are kept: who may say so of one, and what a policy would delete.
//!
//! What is due is deleted by [`super::sweep`].

use super::Call;
use crate::app::App;
use hansard_domain::{
    Error, Result,
    audit::AuditAction,
    caller::{Caller, Permission},
    conversation::{Conversation, Fields},
    name::ProfileName,
    retention::Policy,
};
use hansard_store::{RetentionPreview, Unit};

const SAMPLE: usize = 10;
const SAMPLE_MAX: usize = 100;

/// Tells what the next sweep deletes of a profile, by its own policy or by one that is tried.
///
/// Answers the policy with it. Nothing is deleted.
pub async fn preview(
    app: &App,
    call: &Call,
    parent: &ProfileName,
    tried: Option<Policy>,
    sample_size: i32,
) -> Result<(Policy, RetentionPreview)> {
    let scope = call.caller.enter(parent, parent, Permission::DeleteConversation)?;
    let names = match usize::try_from(sample_size) {
        Err(_) => return Err(Error::invalid("sampleSize", "must not be negative")),
        Ok(0) => SAMPLE,
        Ok(names) => names.min(SAMPLE_MAX),
    };
    let policy = match tried {
        Some(policy) => policy.check().map_err(|error| error.within("retention")).map(|()| policy)?,
        None => app.profile(&scope).await?.body.retention.clone(),
    };
    let (of, now) = (policy.clone(), app.store.steady());
    let read = move |reading: &hansard_store::Reading<'_>| reading.preview_retention(&of, now, names);
    Ok((policy, app.store.read(&scope, "preview_retention", read).await?))
}

/// Refuses what a new conversation says of its retention where the caller may not.
pub(super) fn check_given(caller: &Caller, given: &Fields) -> Result<()> {
    check_change(caller, &Fields::default(), given)
}

/// Refuses a change of how long a conversation is kept where the caller may not.
pub(super) fn check_change(caller: &Caller, before: &Fields, after: &Fields) -> Result<()> {
    if before.legal_hold != after.legal_hold {
        caller.check(Permission::HoldConversation)?;
    }
    let kept = |fields: &Fields| (fields.retention_days, fields.persistence_state);
    if kept(before) != kept(after) {
        caller.check(Permission::RetainConversation)?;
    }
    Ok(())
}

/// Audits that a legal hold was placed or lifted, where it was.
pub(super) fn audit_hold(unit: &mut Unit<'_>, conversation: &Conversation, was_held: bool) {
    match (was_held, conversation.body.fields.legal_hold) {
        (false, true) => unit.audit(AuditAction::PlaceLegalHold, &conversation.name),
        (true, false) => unit.audit(AuditAction::LiftLegalHold, &conversation.name),
        _ => {}
    }
}
