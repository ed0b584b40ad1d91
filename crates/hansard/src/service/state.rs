//! Closing and reopening.

use super::{Call, done, edit::edit};
use crate::app::App;
use hansard_domain::{
    Result,
    change::ChangeKind,
    conversation::{Conversation, StateChange, Status},
    event::{EventType, Payload},
    name::ConversationName,
    redact::Redactor,
};
use hansard_store::Unit;

/// Closes or reopens a conversation; repeating it is a no-op.
pub async fn change_state(
    app: &App,
    call: &Call,
    name: &ConversationName,
    draft: impl Fn(&Redactor) -> Result<StateChange> + Sync,
) -> Result<()> {
    let apply = |unit: &mut Unit<'_>, conversation: &mut Conversation, change| {
        let actor = unit.actor().name.clone();
        match conversation.change_state(change, &actor, unit.now())? {
            None => Ok(()),
            Some(before) => announce_status(unit, conversation, before),
        }
    };
    edit(name, "change_state").edit(app, call, draft, apply).await.map(done)
}

/// Records that a conversation has another status than before.
pub(super) fn announce_status(
    unit: &mut Unit<'_>,
    conversation: &mut Conversation,
    previous: Status,
) -> Result<()> {
    let is_closed = conversation.is_closed();
    let kind = if is_closed { ChangeKind::ConversationClosed } else { ChangeKind::ConversationReopened };
    unit.record(conversation, kind, None, 0);
    let (status, reason) = (conversation.body.status, conversation.body.status_reason.clone());
    let payload = Payload::ConversationState { previous, status, reason };
    unit.tell(conversation, EventType::ConversationState, Some(payload))
}
