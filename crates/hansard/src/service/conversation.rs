//! Reading and deleting whole conversations.

use super::{Call, done};
use crate::app::App;
use hansard_domain::{
    Error, Result,
    audit::AuditAction,
    caller::Permission,
    change::ChangeKind,
    conversation::View,
    name::{ConversationName, ProfileName},
    redact::{Place, SafeText},
};
use hansard_store::{Needs, Unit};

pub async fn get(app: &App, call: &Call, name: ConversationName) -> Result<View> {
    let scope = call.caller.enter(&name.profile, &name, Permission::ReadConversations)?;
    let read = move |reading: &hansard_store::Reading<'_>| reading.view(reading.conversation(&name)?);
    app.store.read(&scope, "get_conversation", read).await
}

/// Finds the newest conversation with a platform id, of any account where `account_id` is empty.
pub async fn fetch_by_platform_id(
    app: &App,
    call: &Call,
    parent: ProfileName,
    platform_id: String,
    account_id: String,
) -> Result<View> {
    if platform_id.is_empty() {
        return Err(Error::missing("platformConversationId"));
    }
    let scope = call.caller.enter(&parent, &parent, Permission::ReadConversations)?;
    let read = move |reading: &hansard_store::Reading<'_>| {
        reading.view(reading.by_platform_id(&platform_id, &account_id)?)
    };
    app.store.read(&scope, "fetch_by_platform_id", read).await
}

pub async fn fetch_by_legacy_id(app: &App, call: &Call, parent: ProfileName, legacy_id: i32) -> Result<View> {
    if legacy_id == 0 {
        return Err(Error::missing("legacyChatId"));
    }
    let scope = call.caller.enter(&parent, &parent, Permission::ReadConversations)?;
    let read =
        move |reading: &hansard_store::Reading<'_>| reading.view(reading.by_legacy_id(legacy_id.into())?);
    app.store.read(&scope, "fetch_by_legacy_id", read).await
}

/// Hides a conversation from everybody and keeps it.
pub async fn soft_delete(app: &App, call: &Call, name: ConversationName) -> Result<()> {
    let scope = call.caller.enter(&name.profile, &name, Permission::DeleteConversation)?;
    let needs = Needs::conversation(&name);
    let work = move |unit: &mut Unit<'_>| {
        let mut conversation = unit.conversation(&name)?;
        conversation.may_be_removed()?;
        conversation.soft_delete(unit.now());
        unit.record(&conversation, ChangeKind::ConversationDeleted, None, 0);
        unit.audit(AuditAction::DeleteConversation, &name);
        unit.put(&conversation);
        Ok(())
    };
    app.store.write(&scope, &call.ticket, "soft_delete_conversation", needs, work).await.map(done)
}

/// Deletes a conversation and all that belongs to it, hidden before or not; what was said goes from the files as well.
pub async fn delete(app: &App, call: &Call, name: ConversationName) -> Result<()> {
    let scope = call.caller.enter(&name.profile, &name, Permission::DeleteConversation)?;
    let work = move |direct: &mut hansard_store::Direct<'_>| {
        let conversation = direct.kept_conversation(&name)?;
        conversation.may_be_removed()?;
        direct.audit(AuditAction::DeleteConversation, &name);
        let whole = vec![Place::whole(&name)];
        direct.insert_redaction_receipt(&conversation, (SafeText::default(), None), whole)?;
        direct.delete_conversation(&conversation)
    };
    app.store.transact(&scope, &call.ticket, "delete_conversation", work).await.map(done)?;
    app.store.request_truncate();
    Ok(())
}
