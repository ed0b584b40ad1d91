//! Annotations of all kinds, and comments.

use super::{Call, done, ids, redaction::TextWrite};
use crate::app::App;
use hansard_domain::{
    Error, Id, Result,
    annotation::{Annotation, AnnotationBody, AnnotationKind},
    caller::Permission,
    conversation::Conversation,
    directory::Stamps,
    name::{AnnotationName, ConversationName},
    page::{Page, PageSizes},
    redact::Redactor,
};
use hansard_store::{Direct, Outcome, Receipt, Written};

struct Put(Annotation);

impl Outcome for Put {
    fn receipt(&self) -> Receipt {
        Receipt { created: true, ids: vec![self.0.name.id.to_string()] }
    }
}

pub async fn get(app: &App, call: &Call, name: AnnotationName) -> Result<Annotation> {
    let permission = Permission::ReadConversations;
    let scope = call.caller.enter(&name.conversation.profile, &name, permission)?;
    let read = move |reading: &hansard_store::Reading<'_>| {
        reading.annotation(&reading.conversation(&name.conversation)?, name.kind, &name.id)
    };
    app.store.read(&scope, "get_annotation", read).await
}

/// A page of one kind, by id.
pub async fn list(
    app: &App,
    call: &Call,
    (parent, kind): (ConversationName, AnnotationKind),
    (page_size, page_token): (i32, String),
) -> Result<Page<Annotation>> {
    let scope = call.caller.enter(&parent.profile, &parent, Permission::ReadConversations)?;
    let page_size = PageSizes::ANNOTATIONS.effective(page_size)?;
    let read = move |reading: &hansard_store::Reading<'_>| {
        reading.list_annotations(&reading.conversation(&parent)?, kind, page_size, &page_token)
    };
    app.store.read(&scope, "list_annotations", read).await
}

/// Makes an annotation; without an id the service gives one.
pub async fn create(
    app: &App,
    call: &Call,
    (parent, kind, id): (&ConversationName, AnnotationKind, Option<Id>),
    draft: impl Fn(&Redactor) -> Result<AnnotationBody> + Sync,
) -> Result<Annotation> {
    let write = TextWrite {
        conversation: parent,
        resource: parent,
        permission: kind.permission(),
        operation: "create_annotation",
    };
    let draft = |redactor: &Redactor| {
        let body = draft(redactor)?;
        body.check(kind).map_err(|error| error.within(kind.field()))?;
        Ok(body)
    };
    let apply = move |direct: &mut Direct<'_>, conversation: &Conversation, body: AnnotationBody| {
        let id = id.clone().unwrap_or_else(|| direct.new_id());
        let name = conversation.name.annotation(kind, id);
        if direct.find_annotation(conversation, &name)?.is_some() {
            return Err(Error::already_exists(name));
        }
        let (author, stamps) = (direct.actor().name.clone(), Stamps::new(direct.now()));
        let annotation = Annotation { name, body, author, stamps };
        check_source(conversation, &annotation)?;
        check_place(direct, conversation, &annotation)?;
        direct.insert_annotations(conversation, std::slice::from_ref(&annotation))?;
        Ok(Put(annotation))
    };
    match write.transact(app, call, draft, apply).await? {
        Written::Fresh(Put(annotation)) => Ok(annotation),
        Written::Replayed(receipt) => {
            let id = ids(&receipt).pop().ok_or_else(|| Error::internal("a receipt without an id"))?;
            get(app, call, parent.annotation(kind, id)).await
        }
    }
}

/// Changes the fields that the paths name.
pub async fn update(
    app: &App,
    call: &Call,
    name: &AnnotationName,
    draft: impl Fn(&Redactor) -> Result<AnnotationBody> + Sync,
    (paths, etag): (Vec<String>, String),
) -> Result<Annotation> {
    let write = TextWrite {
        conversation: &name.conversation,
        resource: name,
        permission: name.kind.permission(),
        operation: "update_annotation",
    };
    let (wanted, moderates) = (name.clone(), call.caller.may(Permission::ModerateComments));
    let apply = move |direct: &mut Direct<'_>, conversation: &Conversation, values: AnnotationBody| {
        let mut annotation = find_own(direct, conversation, &wanted, moderates)?;
        annotation.stamps.check_etag(&etag)?;
        let before = annotation.body.clone();
        annotation.update(&values, &paths, direct.now()).map_err(|error| match error.field() {
            Some("updateMask") => error,
            _ => error.within(wanted.kind.field()),
        })?;
        check_source(conversation, &annotation)?;
        if annotation.body.place() != before.place() {
            check_place(direct, conversation, &annotation)?;
        }
        direct.update_annotation(conversation, &annotation)?;
        Ok(Put(annotation))
    };
    match write.transact(app, call, draft, apply).await? {
        Written::Fresh(Put(annotation)) => Ok(annotation),
        Written::Replayed(_) => get(app, call, name.clone()).await,
    }
}

pub async fn delete(app: &App, call: &Call, name: &AnnotationName, etag: String) -> Result<()> {
    let scope = call.caller.enter(&name.conversation.profile, name, name.kind.permission())?;
    let (name, moderates) = (name.clone(), call.caller.may(Permission::ModerateComments));
    let work = move |direct: &mut Direct<'_>| {
        let conversation = direct.conversation(&name.conversation)?;
        let annotation = find_own(direct, &conversation, &name, moderates)?;
        annotation.stamps.check_etag(&etag)?;
        direct.delete_annotation(&conversation, &annotation.name)
    };
    app.store.transact(&scope, &call.ticket, "delete_annotation", work).await.map(done)
}

/// The annotation to change; a comment is its author's, and a moderator's.
fn find_own(
    direct: &Direct<'_>,
    conversation: &Conversation,
    name: &AnnotationName,
    moderates: bool,
) -> Result<Annotation> {
    let found = direct.find_annotation(conversation, name)?;
    let annotation = found.ok_or_else(|| direct.scope().not_found())?;
    let is_own = annotation.author == direct.actor().name;
    if name.kind == AnnotationKind::Comment && !is_own && !moderates {
        return Err(Error::forbidden("only its author or an admin may change a comment"));
    }
    Ok(annotation)
}

fn check_source(conversation: &Conversation, annotation: &Annotation) -> Result<()> {
    if conversation.body.flags.skip_annotations && annotation.body.source.is_automatic() {
        return Err(Error::failed_precondition(
            "the conversation was started with skipAnnotations: it takes only what people find",
        ));
    }
    Ok(())
}

fn check_place(direct: &mut Direct<'_>, conversation: &Conversation, annotation: &Annotation) -> Result<()> {
    let message = match &annotation.body.message {
        Some(id) => direct.find_message(conversation, id)?,
        None => None,
    };
    let checked = annotation.body.check_place(message.as_ref());
    checked.map_err(|error| error.within(annotation.name.kind.field()))
}
