//! Changing a conversation field by field.

use super::{Call, done, redaction::TextWrite, retention};
use crate::app::App;
use hansard_domain::{
    Error, Result,
    caller::{Caller, Permission},
    change::ChangeKind,
    conversation::{AudioReport, Conversation, Patch, RaiseHandState, SharingState, Summary, View},
    event::{EventType, Payload},
    limits,
    metadata::{self, Metadata},
    name::ConversationName,
    redact::{Redactor, SafeText},
};
use hansard_store::{Outcome, Unit, Written};
use std::sync::Arc;

impl TextWrite<'_> {
    /// Changes the conversation itself, and nothing in it.
    pub(super) async fn edit<T: Outcome, D: Send + 'static>(
        self,
        app: &App,
        call: &Call,
        draft: impl Fn(&Redactor) -> Result<D> + Sync,
        apply: impl Fn(&mut Unit<'_>, &mut Conversation, D) -> Result<T> + Clone + Send + Sync + 'static,
    ) -> Result<Written<T>> {
        self.run(app, call, draft, |needs, _| needs, apply).await
    }
}

/// A change of the conversation by whoever may update it.
pub(super) fn edit<'n>(name: &'n ConversationName, operation: &'static str) -> TextWrite<'n> {
    TextWrite { conversation: name, resource: name, permission: Permission::UpdateConversation, operation }
}

/// Records a changed conversation and the event that names what changed.
pub(super) fn announce_updated(
    unit: &mut Unit<'_>,
    conversation: &mut Conversation,
    paths: Vec<String>,
) -> Result<()> {
    unit.record(conversation, ChangeKind::ConversationUpdated, None, 0);
    unit.tell(conversation, EventType::ConversationUpdated, Some(Payload::ConversationUpdated { paths }))
}

fn announce_if(
    changed: bool,
    unit: &mut Unit<'_>,
    conversation: &mut Conversation,
    path: &str,
) -> Result<()> {
    if changed { announce_updated(unit, conversation, vec![path.to_owned()]) } else { Ok(()) }
}

pub async fn set_display_name(
    app: &App,
    call: &Call,
    name: &ConversationName,
    display_name: String,
) -> Result<()> {
    if display_name.is_empty() {
        return Err(Error::missing("displayName"));
    }
    limits::short("displayName", &display_name)?;
    let draft = |redactor: &Redactor| Ok(redactor.display_name(&display_name));
    let apply = |unit: &mut Unit<'_>, conversation: &mut Conversation, display_name: SafeText| {
        let changed = conversation.set_display_name(display_name, unit.now())?;
        announce_if(changed, unit, conversation, "display_name")
    };
    edit(name, "set_display_name").edit(app, call, draft, apply).await.map(done)
}

/// Sets the summary, in place of the present one.
pub async fn set_summary(
    app: &App,
    call: &Call,
    name: &ConversationName,
    draft: impl Fn(&Redactor) -> Result<Summary> + Sync,
) -> Result<()> {
    let apply = |unit: &mut Unit<'_>, conversation: &mut Conversation, summary| {
        let changed = conversation.set_summary(summary, unit.now())?;
        announce_if(changed, unit, conversation, "summary")
    };
    edit(name, "set_summary").edit(app, call, draft, apply).await.map(done)
}

pub async fn set_skill(app: &App, call: &Call, name: &ConversationName, skill: String) -> Result<()> {
    limits::short("skill", &skill)?;
    let apply = |unit: &mut Unit<'_>, conversation: &mut Conversation, skill| {
        let changed = conversation.set_skill(skill, unit.now())?;
        announce_if(changed, unit, conversation, "skill")
    };
    edit(name, "set_skill").edit(app, call, |_| Ok(skill.clone()), apply).await.map(done)
}

/// Sets the language and answers the one in effect.
pub async fn set_language(app: &App, call: &Call, name: &ConversationName, wanted: String) -> Result<String> {
    if wanted.is_empty() {
        return Err(Error::missing("languageCode"));
    }
    limits::short("languageCode", &wanted)?;
    let apply = |unit: &mut Unit<'_>, conversation: &mut Conversation, wanted: String| {
        let profile = Arc::clone(unit.profile());
        let changed = conversation.set_language(&wanted, &profile.body.languages(), unit.now())?;
        announce_if(changed, unit, conversation, "language_code")
    };
    edit(name, "set_language").edit(app, call, |_| Ok(wanted.clone()), apply).await.map(done)?;
    let scope = call.caller.enter(&name.profile, name, Permission::UpdateConversation)?;
    let name = name.clone();
    let read = move |reading: &hansard_store::Reading<'_>| {
        Ok(reading.conversation(&name)?.body.fields.language_code.clone())
    };
    app.store.read(&scope, "language_in_effect", read).await
}

pub async fn set_sharing_state(
    app: &App,
    call: &Call,
    name: &ConversationName,
    sharing: SharingState,
) -> Result<()> {
    let apply = |unit: &mut Unit<'_>, conversation: &mut Conversation, sharing| {
        let changed = conversation.set_sharing_state(sharing, unit.now())?;
        announce_if(changed, unit, conversation, "sharing_state")
    };
    let edit = TextWrite { permission: Permission::ShareConversation, ..edit(name, "set_sharing_state") };
    edit.edit(app, call, |_| Ok(sharing), apply).await.map(done)
}

pub async fn report_audio(
    app: &App,
    call: &Call,
    name: &ConversationName,
    report: AudioReport,
) -> Result<()> {
    let apply = |unit: &mut Unit<'_>, conversation: &mut Conversation, report| {
        let changed = conversation.report_audio(report, unit.now())?;
        announce_if(changed, unit, conversation, "audio_persistence_state")
    };
    edit(name, "report_audio").edit(app, call, |_| Ok(report.clone()), apply).await.map(done)
}

/// Adds metadata keys or replaces their values; one event holds what changed.
pub async fn upsert_metadata(
    app: &App,
    call: &Call,
    name: &ConversationName,
    draft: impl Fn(&Redactor) -> Result<Metadata> + Sync,
) -> Result<()> {
    let draft = |redactor: &Redactor| {
        let given = draft(redactor)?;
        metadata::check("metadataValues", &given).map(|()| given)
    };
    let apply = |unit: &mut Unit<'_>, conversation: &mut Conversation, given| {
        let changed = conversation.upsert_metadata(given, unit.now())?;
        if changed.is_empty() {
            return Ok(());
        }
        unit.record(conversation, ChangeKind::ConversationUpdated, None, 0);
        unit.tell(conversation, EventType::ConversationMetadata, Some(Payload::ConversationMetadata(changed)))
    };
    edit(name, "upsert_metadata").edit(app, call, draft, apply).await.map(done)
}

/// Applies a field mask and answers the conversation as it is then.
pub async fn patch(
    app: &App,
    call: &Call,
    name: &ConversationName,
    draft: impl Fn(&Redactor) -> Result<Patch> + Sync,
) -> Result<View> {
    let draft = |redactor: &Redactor| {
        let patch = draft(redactor)?;
        patch.check().map_err(|error| match error.field() {
            Some("updateMask") => error,
            _ => error.within("conversation"),
        })?;
        Ok(patch)
    };
    let caller = call.caller.clone();
    let apply = move |unit: &mut Unit<'_>, conversation: &mut Conversation, patch| {
        apply_patch(unit, conversation, &caller, patch)
    };
    edit(name, "patch").edit(app, call, draft, apply).await.map(done)?;
    super::conversation::get(app, call, name.clone()).await
}

fn apply_patch(
    unit: &mut Unit<'_>,
    conversation: &mut Conversation,
    caller: &Caller,
    patch: Patch,
) -> Result<()> {
    let before = Arc::clone(&conversation.body);
    let own_of = unit.scope().own_of().cloned();
    if !conversation.patch(&patch, unit.now())? {
        return Ok(());
    }
    if own_of.is_some() && conversation.body.fields.agent != own_of {
        return Err(Error::forbidden("the role agent cannot hand its conversations to others"));
    }
    retention::check_change(caller, &before.fields, &conversation.body.fields)?;
    retention::audit_hold(unit, conversation, before.fields.legal_hold);
    announce_updated(unit, conversation, patch.paths)?;
    announce_hand(unit, conversation, before.fields.raise_hand_state)
}

fn announce_hand(unit: &mut Unit<'_>, conversation: &mut Conversation, before: RaiseHandState) -> Result<()> {
    let state = conversation.body.fields.raise_hand_state;
    if state == before {
        return Ok(());
    }
    unit.tell(conversation, EventType::RaiseHand, Some(Payload::RaiseHand { state }))
}
