//! Entries of the directory: users, teams, groups, usecases, tags and moments.

use super::{Call, done, tag};
use crate::app::App;
use hansard_domain::{
    Error, Id, Result,
    audit::AuditAction,
    caller::{CustomerScope, Permission},
    directory::{Entry, EntryBody, Stamps},
    name::{Collection, EntryName, Parent},
    page::{Page, PageSizes},
};
use hansard_store::{Direct, Outcome, Receipt, Written};

/// Conversations that one transaction takes a tag from.
const UNTAGGED_AT_ONCE: i32 = 200;

struct Put(Entry);

impl Outcome for Put {
    fn receipt(&self) -> Receipt {
        Receipt::default()
    }
}

fn enter(call: &Call, name: &EntryName, permission: Permission) -> Result<CustomerScope> {
    call.caller.enter_directory(&name.parent, name, permission)
}

pub async fn get(app: &App, call: &Call, name: &EntryName) -> Result<Entry> {
    let scope = enter(call, name, Permission::ReadDirectory)?;
    let (collection, id) = (name.collection, name.id.clone());
    app.store.read_directory(&scope, "get_entry", move |reading| reading.entry(collection, &id)).await
}

/// A page of one collection, by id.
pub async fn list(
    app: &App,
    call: &Call,
    parent: &Parent,
    collection: Collection,
    (page_size, page_token): (i32, String),
) -> Result<Page<Entry>> {
    let page_size = PageSizes::DIRECTORY.effective(page_size)?;
    let scope = call.caller.enter_directory(parent, parent, Permission::ReadDirectory)?;
    let read = move |reading: &hansard_store::DirectoryReading<'_>| {
        reading.list_entries(collection, page_size, &page_token)
    };
    app.store.read_directory(&scope, "list_entries", read).await
}

pub async fn create(app: &App, call: &Call, name: &EntryName, body: EntryBody) -> Result<Entry> {
    let scope = enter(call, name, Permission::ManageDirectory)?;
    body.check(name.collection).map_err(|error| error.within(field_of(name.collection)))?;
    let wanted = name.clone();
    let work = move |direct: &mut Direct<'_>| {
        if direct.find_entry(wanted.collection, &wanted.id)?.is_some() {
            return Err(Error::already_exists(wanted));
        }
        let entry = Entry { id: wanted.id, body, stamps: Stamps::new(direct.now()) };
        direct.put_entry(wanted.collection, &entry)?;
        Ok(Put(entry))
    };
    let written = app.store.transact_directory(&scope, &call.ticket, "create_entry", work).await?;
    answer(app, &scope, name, written).await
}

/// Changes the fields that the mask names.
pub async fn update(
    app: &App,
    call: &Call,
    name: &EntryName,
    body: EntryBody,
    (paths, etag): (Vec<String>, String),
) -> Result<Entry> {
    let scope = enter(call, name, Permission::ManageDirectory)?;
    let not_found = scope.not_found();
    let wanted = name.clone();
    let work = move |direct: &mut Direct<'_>| {
        let mut entry = direct.find_entry(wanted.collection, &wanted.id)?.ok_or(not_found)?;
        entry.stamps.check_etag(&etag)?;
        for path in &paths {
            take(wanted.collection, &mut entry.body, &body, path)?;
        }
        entry.body.check(wanted.collection).map_err(|error| error.within(field_of(wanted.collection)))?;
        entry.stamps.touch(direct.now());
        direct.put_entry(wanted.collection, &entry)?;
        Ok(Put(entry))
    };
    let written = app.store.transact_directory(&scope, &call.ticket, "update_entry", work).await?;
    answer(app, &scope, name, written).await
}

/// Deletes an entry. A tag that conversations carry goes from them as well, if `force` says so.
pub async fn delete(app: &App, call: &Call, name: &EntryName, etag: &str, force: bool) -> Result<()> {
    let scope = enter(call, name, Permission::ManageDirectory)?;
    if force && name.collection == Collection::Tag {
        untag(app, call, &scope, &name.id, etag).await?;
    }
    let (not_found, etag, name) = (scope.not_found(), etag.to_owned(), name.clone());
    let work = move |direct: &mut Direct<'_>| {
        let entry = direct.find_entry(name.collection, &name.id)?.ok_or(not_found)?;
        entry.stamps.check_etag(&etag)?;
        if name.collection == Collection::Tag && !direct.list_tagged(&name.id, 1)?.is_empty() {
            return Err(Error::failed_precondition(
                "conversations carry the tag: remove it from them, or delete it with force=true",
            ));
        }
        direct.audit(AuditAction::DeleteDirectoryEntry, &name);
        direct.delete_entry(name.collection, &name.id)
    };
    app.store.transact_directory(&scope, &call.ticket, "delete_entry", work).await.map(done)
}

struct Untagged {
    more: bool,
}

impl Outcome for Untagged {
    fn receipt(&self) -> Receipt {
        Receipt::default()
    }
}

/// Takes a tag from all conversations, some at a time, so that other writes go on between.
async fn untag(app: &App, call: &Call, scope: &CustomerScope, id: &Id, etag: &str) -> Result<()> {
    let ticket = call.without_key().ticket;
    loop {
        let (id, etag) = (id.clone(), etag.to_owned());
        let work = move |direct: &mut Direct<'_>| {
            if let Some(entry) = direct.find_entry(Collection::Tag, &id)? {
                entry.stamps.check_etag(&etag)?;
            }
            let tagged = direct.list_tagged(&id, UNTAGGED_AT_ONCE)?;
            for conversation in &tagged {
                let mut conversation = direct.conversation(&conversation.name)?;
                tag::remove_in(direct, &mut conversation, &id)?;
            }
            Ok(Untagged { more: !tagged.is_empty() })
        };
        match app.store.transact_directory(scope, &ticket, "untag", work).await? {
            Written::Fresh(Untagged { more: true }) => {}
            _ => return Ok(()),
        }
    }
}

async fn answer(app: &App, scope: &CustomerScope, name: &EntryName, written: Written<Put>) -> Result<Entry> {
    match written {
        Written::Fresh(Put(entry)) => Ok(entry),
        Written::Replayed(_) => {
            let (collection, id) = (name.collection, name.id.clone());
            app.store
                .read_directory(scope, "replayed_entry", move |reading| reading.entry(collection, &id))
                .await
        }
    }
}

/// Copies one field that the collection has.
fn take(collection: Collection, to: &mut EntryBody, from: &EntryBody, path: &str) -> Result<()> {
    match (collection, path) {
        (_, "display_name") => to.display_name.clone_from(&from.display_name),
        (Collection::User, "email") => to.email.clone_from(&from.email),
        (Collection::User, "team") => to.team.clone_from(&from.team),
        (Collection::User, "groups") => to.groups.clone_from(&from.groups),
        (Collection::User, "is_dev_user") => to.is_dev_user = from.is_dev_user,
        (Collection::Tag, "color") => to.color.clone_from(&from.color),
        (Collection::Moment, "type") => to.moment_type = from.moment_type,
        _ => return Err(Error::unknown_path(path)),
    }
    Ok(())
}

/// The request's field that holds the resource.
fn field_of(collection: Collection) -> &'static str {
    match collection {
        Collection::User => "user",
        Collection::Team => "team",
        Collection::Group => "group",
        Collection::Usecase => "usecase",
        Collection::Tag => "tag",
        Collection::Moment => "moment",
        Collection::ApiKey
        | Collection::Job
        | Collection::VirtualAgent
        | Collection::Scorecard
        | Collection::ScorecardTemplate
        | Collection::RedactionJob
        | Collection::RedactionReceipt => "resource",
    }
}
