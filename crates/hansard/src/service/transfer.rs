//! Hand-overs of a conversation to somebody else, as telephony reports them.

use super::{Call, done, edit::edit, state::announce_status};
use crate::app::App;
use hansard_domain::{
    Result,
    change::ChangeKind,
    conversation::{Conversation, Transfer},
    event::{EventType, Payload},
    name::ConversationName,
    redact::Redactor,
};
use hansard_store::Unit;

/// Takes a report of a transfer; repeating it is a no-op.
pub async fn report(
    app: &App,
    call: &Call,
    name: &ConversationName,
    draft: impl Fn(&Redactor) -> Result<Transfer> + Sync,
) -> Result<()> {
    let apply = |unit: &mut Unit<'_>, conversation: &mut Conversation, report| {
        let actor = unit.actor().name.clone();
        let Some(reported) = conversation.report_transfer(report, &actor, unit.now())? else { return Ok(()) };
        let payload = Payload::ConversationTransfer(Some(reported.transfer));
        unit.record(conversation, ChangeKind::ConversationUpdated, None, 0);
        unit.tell(conversation, EventType::ConversationTransfer, Some(payload))?;
        match reported.before {
            Some(before) => announce_status(unit, conversation, before),
            None => Ok(()),
        }
    };
    edit(name, "report_transfer").edit(app, call, draft, apply).await.map(done)
}
