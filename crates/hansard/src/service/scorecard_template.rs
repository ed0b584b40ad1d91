//! Scorecard templates: revisions that never change.

use super::{Call, done};
use crate::app::App;
use hansard_domain::{
    Error, Id, Result,
    audit::AuditAction,
    caller::{CustomerScope, Permission},
    name::{Parent, ProfileName},
    page::{Page, PageSizes},
    scorecard::{ScorecardTemplate, TemplateBody, TemplateName},
};
use hansard_store::{Direct, Outcome, Receipt, Written};

struct Put(ScorecardTemplate);

impl Outcome for Put {
    fn receipt(&self) -> Receipt {
        Receipt { created: true, ids: vec![self.0.revision.to_string()] }
    }
}

fn enter(call: &Call, name: &TemplateName, permission: Permission) -> Result<CustomerScope> {
    call.caller.enter_directory(&Parent::Profile(name.profile.clone()), name, permission)
}

/// A revision, or the newest.
pub async fn get(app: &App, call: &Call, name: TemplateName) -> Result<ScorecardTemplate> {
    let scope = enter(call, &name, Permission::ReadDirectory)?;
    app.store.read_directory(&scope, "get_template", move |reading| reading.template(&name)).await
}

/// A page of the newest revisions, by id.
pub async fn list(
    app: &App,
    call: &Call,
    parent: &ProfileName,
    (page_size, page_token): (i32, String),
) -> Result<Page<ScorecardTemplate>> {
    let page_size = PageSizes::ANNOTATIONS.effective(page_size)?;
    let owner = Parent::Profile(parent.clone());
    let scope = call.caller.enter_directory(&owner, parent, Permission::ReadDirectory)?;
    let read =
        move |reading: &hansard_store::DirectoryReading<'_>| reading.list_templates(page_size, &page_token);
    app.store.read_directory(&scope, "list_templates", read).await
}

/// Makes a template's first revision.
pub async fn create(
    app: &App,
    call: &Call,
    (parent, id): (&ProfileName, Id),
    body: TemplateBody,
) -> Result<ScorecardTemplate> {
    let name = TemplateName { profile: parent.clone(), template: id, revision: None };
    let scope = enter(call, &name, Permission::ManageDirectory)?;
    let body = body.checked().map_err(|error| error.within("scorecardTemplate"))?;
    let wanted = name.clone();
    let work = move |direct: &mut Direct<'_>| {
        if direct.find_template(&wanted.template, None)?.is_some() {
            return Err(Error::already_exists(wanted));
        }
        let (create_time, update_time) = (direct.now(), direct.now());
        let template = ScorecardTemplate { id: wanted.template, revision: 1, body, create_time, update_time };
        direct.insert_template(&template)?;
        Ok(Put(template))
    };
    let written = app.store.transact_directory(&scope, &call.ticket, "create_template", work).await?;
    answer(app, call, name, written).await
}

/// Makes the next revision.
pub async fn update(
    app: &App,
    call: &Call,
    name: TemplateName,
    values: TemplateBody,
    (paths, etag): (Vec<String>, String),
) -> Result<ScorecardTemplate> {
    let scope = enter(call, &name, Permission::ManageDirectory)?;
    let (wanted, not_found) = (name.clone(), scope.not_found());
    let work = move |direct: &mut Direct<'_>| {
        let present = direct.find_template(&wanted.template, None)?.ok_or(not_found)?;
        present.check_present(wanted.revision, &etag)?;
        let next = present.revise(&values, &paths, direct.now()).map_err(|error| match error.field() {
            Some("updateMask") => error,
            _ => error.within("scorecardTemplate"),
        })?;
        direct.insert_template(&next)?;
        Ok(Put(next))
    };
    let written = app.store.transact_directory(&scope, &call.ticket, "update_template", work).await?;
    answer(app, call, name, written).await
}

/// Deletes all revisions of a template that no scorecard refers to.
pub async fn delete(app: &App, call: &Call, name: TemplateName, etag: String) -> Result<()> {
    let scope = enter(call, &name, Permission::ManageDirectory)?;
    let not_found = scope.not_found();
    let work = move |direct: &mut Direct<'_>| {
        let present = direct.find_template(&name.template, None)?.ok_or(not_found)?;
        present.check_present(name.revision, &etag)?;
        direct.audit(AuditAction::DeleteDirectoryEntry, &name);
        direct.delete_template(&name.template)
    };
    app.store.transact_directory(&scope, &call.ticket, "delete_template", work).await.map(done)
}

async fn answer(
    app: &App,
    call: &Call,
    name: TemplateName,
    written: Written<Put>,
) -> Result<ScorecardTemplate> {
    match written {
        Written::Fresh(Put(template)) => Ok(template),
        Written::Replayed(receipt) => {
            let revision = receipt.ids.first().and_then(|revision| revision.parse().ok());
            get(app, call, TemplateName { revision, ..name }).await
        }
    }
}
