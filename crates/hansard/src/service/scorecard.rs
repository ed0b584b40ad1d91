//! Scorecards: draft, score, submit, calibrate.

use super::{Call, done, ids, redaction::TextWrite};
use crate::app::App;
use hansard_domain::{
    Error, Id, Result,
    caller::{Permission, Scope},
    conversation::Conversation,
    name::{ConversationName, EntryName, ProfileName},
    page::{Page, PageSizes},
    redact::Redactor,
    scorecard::{Review, SCORECARDS_MAX, Scorecard, ScorecardPatch, TemplateName},
};
use hansard_store::{Direct, Outcome, Receipt, Written};

/// A scorecard to make; without an id the service gives one.
#[derive(Debug, Clone)]
pub struct NewScorecard {
    pub id: Option<Id>,
    pub conversation: ConversationName,
    pub template: TemplateName,
}

struct Put(Scorecard);

impl Outcome for Put {
    fn receipt(&self) -> Receipt {
        Receipt { created: true, ids: vec![self.0.id.to_string()] }
    }
}

/// The profile of a scorecard's name.
fn profile_of(name: &EntryName) -> Result<&ProfileName> {
    name.parent.profile().ok_or_else(|| Error::invalid("name", "must be of a profile"))
}

pub async fn get(app: &App, call: &Call, name: &EntryName) -> Result<Scorecard> {
    let scope = call.caller.enter(profile_of(name)?, name, Permission::ReadConversations)?;
    read(app, &scope, &name.id).await
}

async fn read(app: &App, scope: &Scope, id: &Id) -> Result<Scorecard> {
    let id = id.clone();
    app.store.read(scope, "get_scorecard", move |reading| reading.scorecard(&id)).await
}

/// A page by id: of one conversation, or of all that are visible.
pub async fn list(
    app: &App,
    call: &Call,
    parent: &ProfileName,
    conversation: Option<ConversationName>,
    (page_size, page_token): (i32, String),
) -> Result<Page<Scorecard>> {
    let page_size = PageSizes::ANNOTATIONS.effective(page_size)?;
    let resource = conversation.as_ref().map_or_else(|| parent.to_string(), ToString::to_string);
    let scope = call.caller.enter(parent, resource, Permission::ReadConversations)?;
    let read = move |reading: &hansard_store::Reading<'_>| {
        let conversation = conversation.map(|name| reading.conversation(&name)).transpose()?;
        reading.list_scorecards(conversation.as_ref(), page_size, &page_token)
    };
    app.store.read(&scope, "list_scorecards", read).await
}

/// Makes a scorecard, of the template's newest revision where none is named.
pub async fn create(
    app: &App,
    call: &Call,
    new: NewScorecard,
    draft: impl Fn(&Redactor) -> Result<ScorecardPatch> + Sync,
) -> Result<Scorecard> {
    let conversation = new.conversation.clone();
    let parent = &conversation.profile;
    let write = TextWrite {
        conversation: &conversation,
        resource: &conversation,
        permission: Permission::Score,
        operation: "create_scorecard",
    };
    let apply = move |direct: &mut Direct<'_>, conversation: &Conversation, values: ScorecardPatch| {
        let id = new.id.clone().unwrap_or_else(|| direct.new_id());
        if direct.has_scorecard(&id)? {
            return Err(Error::already_exists(conversation.name.profile.scorecard(id)));
        }
        let found = direct.find_template(&new.template.template, new.template.revision)?;
        let template = found.ok_or_else(|| {
            let problem = "names a template or revision that the profile does not have: create it first";
            Error::invalid("scorecard.template", problem)
        })?;
        let made = (direct.actor().name.as_str(), direct.now());
        let mut scorecard =
            Scorecard::new(id, conversation.name.clone(), (template.id, template.revision), made);
        let others = direct.list_scorecards_of(conversation)?;
        if others.len() >= SCORECARDS_MAX {
            return Err(Error::exhausted(format!("the conversation has {SCORECARDS_MAX} scorecards")));
        }
        let review = Review {
            template: &template.body,
            others: &others,
            actor: &direct.actor().name,
            now: direct.now(),
        };
        scorecard.update(values, &review).map_err(|error| error.within("scorecard"))?;
        direct.put_scorecards(conversation, std::slice::from_ref(&scorecard))?;
        Ok(Put(scorecard))
    };
    match write.transact(app, call, draft, apply).await? {
        Written::Fresh(Put(scorecard)) => Ok(scorecard),
        Written::Replayed(receipt) => {
            let id = ids(&receipt).pop().ok_or_else(|| Error::internal("a receipt without an id"))?;
            get(app, call, &parent.scorecard(id)).await
        }
    }
}

/// Changes a scorecard; what is submitted is changed only by whoever may reopen it.
pub async fn update(
    app: &App,
    call: &Call,
    name: &EntryName,
    draft: impl Fn(&Redactor) -> Result<ScorecardPatch> + Sync,
    etag: String,
) -> Result<Scorecard> {
    let scope = call.caller.enter(profile_of(name)?, name, Permission::Score)?;
    // Only the scorecard tells whose redaction applies.
    let conversation = read(app, &scope, &name.id).await?.conversation;
    let write = TextWrite {
        conversation: &conversation,
        resource: name,
        permission: Permission::Score,
        operation: "update_scorecard",
    };
    let (id, may_reopen) = (name.id.clone(), call.caller.check(Permission::ReopenScorecard));
    let apply = move |direct: &mut Direct<'_>, conversation: &Conversation, patch: ScorecardPatch| {
        let (mut scorecard, others) = find(direct, conversation, &id)?;
        scorecard.stamps.check_etag(&etag)?;
        if scorecard.is_reopened_by(&patch) {
            may_reopen.clone()?;
        }
        let found = direct.find_template(&scorecard.template, Some(scorecard.revision))?;
        let template = found.ok_or_else(|| Error::internal("a scorecard's template is gone"))?;
        let review = Review {
            template: &template.body,
            others: &others,
            actor: &direct.actor().name,
            now: direct.now(),
        };
        scorecard.update(patch, &review).map_err(|error| error.within("scorecard"))?;
        scorecard.stamps.touch(direct.now());
        direct.put_scorecards(conversation, std::slice::from_ref(&scorecard))?;
        Ok(Put(scorecard))
    };
    match write.transact(app, call, draft, apply).await? {
        Written::Fresh(Put(scorecard)) => Ok(scorecard),
        Written::Replayed(_) => get(app, call, name).await,
    }
}

/// Deletes a scorecard; a submitted one only by whoever may reopen it.
pub async fn delete(app: &App, call: &Call, name: &EntryName, etag: String) -> Result<()> {
    let scope = call.caller.enter(profile_of(name)?, name, Permission::Score)?;
    let (id, may_reopen) = (name.id.clone(), call.caller.check(Permission::ReopenScorecard));
    let work = move |direct: &mut Direct<'_>| {
        let found = direct.find_scorecard(&id)?;
        let scorecard = found.ok_or_else(|| direct.scope().not_found())?;
        let conversation = direct.conversation(&scorecard.conversation)?;
        let (scorecard, others) = find(direct, &conversation, &id)?;
        scorecard.stamps.check_etag(&etag)?;
        if scorecard.is_submitted() {
            may_reopen?;
        }
        scorecard.check_free(&others)?;
        direct.delete_scorecard(&conversation, &scorecard.id)
    };
    app.store.transact(&scope, &call.ticket, "delete_scorecard", work).await.map(done)
}

/// A scorecard and the others of its conversation.
fn find(direct: &Direct<'_>, conversation: &Conversation, id: &Id) -> Result<(Scorecard, Vec<Scorecard>)> {
    let mut others = direct.list_scorecards_of(conversation)?;
    let place = others.iter().position(|one| one.id == *id).ok_or_else(|| direct.scope().not_found())?;
    Ok((others.remove(place), others))
}
