//! Starting a conversation.

use super::{
    Call,
    redaction::{Drafted, by_policy, consult},
    retention,
    state::announce_status,
};
use crate::app::App;
use hansard_domain::{
    Error, ErrorKind, Id, Result,
    audit::AuditAction,
    caller::{Permission, Scope},
    change::ChangeKind,
    conversation::{Conversation, FeatureOverride, NewConversation, StateChange, Status, View, check_new_id},
    event::{EventType, Payload},
    name::{ConversationName, ProfileName},
    redact::{Earlier, Redactor},
};
use hansard_store::{Direct, Needs, Outcome, Reading, Receipt, Unit, Written};
use std::sync::Arc;

/// A conversation as it was started, now or before.
#[derive(Debug, Clone)]
pub struct Started {
    pub view: View,
    pub created: bool,
}

/// What to start: the draft is made with the redaction that applies.
pub struct Start<D> {
    pub parent: ProfileName,
    pub id: Id,
    pub flags: FeatureOverride,
    pub draft: D,
}

struct Outcomes {
    conversation: Conversation,
    created: bool,
}

impl Outcome for Outcomes {
    fn receipt(&self) -> Receipt {
        Receipt { created: self.created, ids: Vec::new() }
    }
}

/// Starts a conversation.
///
/// Safe to retry: one that is there already is returned unchanged, whatever the request holds.
pub async fn start<D>(app: &App, call: &Call, request: Start<D>) -> Result<Started>
where
    D: Fn(&Redactor) -> Result<NewConversation> + Sync,
{
    let name = request.parent.conversation(request.id.clone());
    let scope = call.caller.enter(&request.parent, &name, Permission::StartConversation)?;
    check_new_id("conversationId", &name.conversation)?;
    if request.flags.skip_pii_redaction {
        call.caller.check(Permission::SkipPiiRedaction)?;
    }
    let attempt = |policy| write(app, call, (&scope, &name), &request, policy);
    let written = match by_policy(app, &scope, attempt).await {
        Ok(written) => written,
        Err(error) => return Err(taken(app, &scope, &name, error).await),
    };
    let created = match written {
        Written::Fresh(Outcomes { conversation, created: true }) => {
            app.heard.keep(&name, Earlier::none());
            return Ok(Started { view: app.store.tenancy().view(conversation, Vec::new()), created: true });
        }
        Written::Fresh(outcome) => outcome.created,
        Written::Replayed(receipt) => receipt.created,
    };
    let read = move |reading: &Reading<'_>| reading.view(reading.conversation(&name)?);
    Ok(Started { view: app.store.read(&scope, "started", read).await?, created })
}

/// Drafts the conversation by a policy, and stores it.
async fn write<D>(
    app: &App,
    call: &Call,
    (scope, name): (&Scope, &ConversationName),
    request: &Start<D>,
    policy: Drafted,
) -> Result<Written<Outcomes>>
where
    D: Fn(&Redactor) -> Result<NewConversation> + Sync,
{
    let redactor = match request.flags.skip_pii_redaction {
        true => Arc::new(Redactor::NONE),
        false => consult(app, policy.profile(), &request.draft).await?,
    };
    let new = (request.draft)(&redactor)?;
    let mut new = NewConversation { flags: request.flags.clone(), ..new };
    new.check().map_err(|error| error.within("conversation"))?;
    retention::check_given(&call.caller, &new.fields)?;
    take_own(scope, &mut new)?;
    let others_of = new.fields.agent.clone().filter(|_| new.flags.close_agent_other_conversations);
    let (store, ticket, wanted) = (&app.store, &call.ticket, name.clone());
    match others_of {
        None => {
            let work = move |unit: &mut Unit<'_>| start_in(unit, wanted, new, &policy);
            store.write(scope, ticket, "start", Needs::new_conversation(name), work).await
        }
        Some(agent) => {
            let work = move |direct: &mut Direct<'_>| {
                let outcome = start_in(direct, wanted, new, &policy)?;
                if outcome.created {
                    close_others(direct, &agent, &outcome.conversation)?;
                }
                Ok(outcome)
            };
            store.transact(scope, ticket, "start_and_close_others", work).await
        }
    }
}

/// Tells that an id is in use where its conversation is deleted and kept.
pub(super) async fn taken(app: &App, scope: &Scope, name: &ConversationName, error: Error) -> Error {
    if error.kind() != ErrorKind::NotFound {
        return error;
    }
    let kept = name.clone();
    let read = move |reading: &Reading<'_>| reading.kept_conversation(&kept);
    match app.store.read(scope, "taken", read).await {
        Ok(_) => Error::already_exists(format!("{name}, which is deleted,")),
        Err(_) => error,
    }
}

/// An agent starts conversations of its own only.
pub(super) fn take_own(scope: &Scope, new: &mut NewConversation) -> Result<()> {
    let Some(own) = scope.own_of() else { return Ok(()) };
    match &new.fields.agent {
        None => new.fields.agent = Some(own.clone()),
        Some(agent) if agent == own => {}
        Some(_) => return Err(Error::forbidden("the role agent starts only conversations of its own user")),
    }
    Ok(())
}

fn start_in(
    unit: &mut Unit<'_>,
    name: ConversationName,
    new: NewConversation,
    policy: &Drafted,
) -> Result<Outcomes> {
    policy.check(unit.profile())?;
    if let Some(conversation) = unit.find_conversation(&name)? {
        return Ok(Outcomes { conversation, created: false });
    }
    let number = unit.new_number(&name)?;
    let profile = Arc::clone(unit.profile());
    let mut conversation = new
        .start(name, number, &profile.body.languages(), unit.now())
        .map_err(|error| error.within("conversation"))?;
    announce_started(unit, &mut conversation)?;
    unit.put(&conversation);
    Ok(Outcomes { conversation, created: true })
}

/// Records a new conversation with the events that belong to it.
pub(super) fn announce_started(unit: &mut Unit<'_>, conversation: &mut Conversation) -> Result<()> {
    unit.record(conversation, ChangeKind::ConversationStarted, None, 0);
    unit.tell(conversation, EventType::ConversationStart, None)?;
    if conversation.body.flags.skip_pii_redaction {
        unit.audit(AuditAction::SkipPiiRedaction, &conversation.name);
    }
    retention::audit_hold(unit, conversation, false);
    let metadata = conversation.body.fields.metadata.clone();
    if !metadata.is_empty() {
        unit.tell(
            conversation,
            EventType::ConversationMetadata,
            Some(Payload::ConversationMetadata(metadata)),
        )?;
    }
    if conversation.is_closed() {
        announce_status(unit, conversation, Status::Active)?;
    }
    Ok(())
}

fn close_others(direct: &mut Direct<'_>, agent: &Id, started: &Conversation) -> Result<()> {
    for other in direct.list_live_of_agent(agent)? {
        if other.name == started.name {
            continue;
        }
        let mut other = direct.conversation(&other.name)?;
        let (actor, now) = (direct.actor().name.clone(), direct.now());
        if let Some(before) = other.change_state(StateChange::close(), &actor, now)? {
            announce_status(direct, &mut other, before)?;
            direct.put(&other);
        }
    }
    Ok(())
}
