//! Profiles of a customer.

use super::{Call, customer::cut};
use crate::app::App;
use hansard_domain::{
    Error, Id, Result,
    audit::AuditAction,
    caller::Permission,
    directory::{Profile, ProfileBody, Stamps},
    name::{CustomerName, Parent, ProfileName},
    page::{Page, PageSizes},
};
use hansard_store::{
    Binding, Direct,
    tenancy::{ProfileTenant, Tenancy},
};

pub async fn get(app: &App, call: &Call, name: &ProfileName) -> Result<Profile> {
    let permission = reading_permission(call);
    let scope = call.caller.enter_directory(&Parent::Profile(name.clone()), name, permission)?;
    find(&*app.store.latest_tenancy().await?, name).ok_or_else(|| scope.not_found())
}

/// The profiles that the caller sees, in order of their ids.
pub async fn list(
    app: &App,
    call: &Call,
    parent: &CustomerName,
    page_size: i32,
    page_token: &str,
) -> Result<Page<Profile>> {
    let page_size = PageSizes::DIRECTORY.effective(page_size)?;
    let permission = reading_permission(call);
    let scope = call.caller.enter_directory(&Parent::Customer(parent.clone()), parent, permission)?;
    let tenancy = app.store.latest_tenancy().await?;
    if tenancy.customer(&parent.0).is_none() {
        return Err(scope.not_found());
    }
    let own = call.caller.profiles();
    let binding = Binding::new(&parent.0, "ListProfiles", own)?;
    let after: Option<String> = app.store.secret().read_page_token(&binding, page_token)?;
    let profiles = tenancy
        .profiles(&parent.0)
        .into_iter()
        .filter(|tenant| own.is_empty() || own.contains(&tenant.name.profile))
        .filter(|tenant| after.as_ref().is_none_or(|after| tenant.name.profile.as_str() > after.as_str()))
        .map(|tenant| profile(tenant))
        .collect();
    cut(app, profiles, page_size, &binding, |profile: &Profile| profile.name.profile.to_string())
}

pub async fn create(
    app: &App,
    call: &Call,
    parent: &CustomerName,
    id: Id,
    body: ProfileBody,
) -> Result<Profile> {
    let name = parent.profile(id.clone());
    let scope =
        call.caller.enter_directory(&Parent::Customer(parent.clone()), &name, Permission::ManageProfiles)?;
    let body = body.checked().map_err(|error| error.within("profile"))?;
    check_detector(app, &body)?;
    let stamps = Stamps::new(app.store.now());
    let wanted = name.clone();
    let work = move |direct: &mut Direct<'_>| {
        if direct.tenancy().profile(&wanted).is_some() {
            return Err(Error::already_exists(wanted));
        }
        direct.insert_profile(&id, &body, &stamps)
    };
    app.store.transact_directory(&scope, &call.ticket, "create_profile", work).await?;
    find(&app.store.tenancy(), &name).ok_or_else(|| scope.not_found())
}

/// Changes the named fields: `display_name`, `language_codes`, `default_language_code`, `redaction_patterns`,
/// `redaction`, `retention`.
pub async fn update(
    app: &App,
    call: &Call,
    name: &ProfileName,
    body: ProfileBody,
    (paths, etag): (Vec<String>, String),
) -> Result<Profile> {
    let scope =
        call.caller.enter_directory(&Parent::Profile(name.clone()), name, Permission::ManageProfiles)?;
    if paths.iter().any(|path| path == "redaction") {
        check_detector(app, &body)?;
    }
    let (wanted, not_found) = (name.clone(), scope.not_found());
    let work = move |direct: &mut Direct<'_>| {
        let mut present = find(&direct.tenancy(), &wanted).ok_or(not_found)?;
        present.stamps.check_etag(&etag)?;
        let retention = present.body.retention.clone();
        for path in &paths {
            take(&mut present.body, &body, path)?;
        }
        if present.body.retention != retention {
            direct.audit(AuditAction::ChangeRetention, &wanted);
        }
        present.body = present.body.checked().map_err(|error| error.within("profile"))?;
        present.stamps.touch(direct.now());
        direct.update_profile(&present.body, &present.stamps)
    };
    app.store.transact_directory(&scope, &call.ticket, "update_profile", work).await?;
    find(&app.store.tenancy(), name).ok_or_else(|| scope.not_found())
}

/// Refuses an external detector that this server was not started with.
fn check_detector(app: &App, body: &ProfileBody) -> Result<()> {
    match &body.redaction.external {
        Some(detector) if !app.detectors.knows(&detector.name) => Err(Error::invalid(
            "profile.redaction.externalDetector.name",
            "names no detector of this server: start it with --external-detectors NAME=URL",
        )),
        _ => Ok(()),
    }
}

fn take(to: &mut ProfileBody, from: &ProfileBody, path: &str) -> Result<()> {
    match path {
        "display_name" => to.display_name.clone_from(&from.display_name),
        "language_codes" => to.language_codes.clone_from(&from.language_codes),
        "default_language_code" => to.default_language_code.clone_from(&from.default_language_code),
        "redaction_patterns" => to.redaction_patterns.clone_from(&from.redaction_patterns),
        "redaction" => to.redaction.clone_from(&from.redaction),
        "retention" => to.retention.clone_from(&from.retention),
        _ => return Err(Error::unknown_path(path)),
    }
    Ok(())
}

/// Deletes a profile without conversations, with its tags, moments, usecases and change log.
///
/// It runs as the profile's customer, which is still there when the deletion is retried.
pub async fn delete(app: &App, call: &Call, name: &ProfileName, etag: &str) -> Result<()> {
    call.caller.enter_directory(&Parent::Profile(name.clone()), name, Permission::ManageProfiles)?;
    let owner = Parent::Customer(name.owner());
    let scope = call.caller.enter_directory(&owner, name, Permission::ManageProfiles)?;
    let (name, etag, not_found) = (name.clone(), etag.to_owned(), scope.not_found());
    let work = move |direct: &mut Direct<'_>| {
        find(&direct.tenancy(), &name).ok_or(not_found)?.stamps.check_etag(&etag)?;
        direct.audit(AuditAction::DeleteDirectoryEntry, &name);
        direct.delete_profile(&name)
    };
    app.store.transact_directory(&scope, &call.ticket, "delete_profile", work).await.map(super::done)
}

fn reading_permission(call: &Call) -> Permission {
    if call.caller.may(Permission::ReadDirectory) {
        Permission::ReadDirectory
    } else {
        Permission::ManageProfiles
    }
}

fn find(tenancy: &Tenancy, name: &ProfileName) -> Option<Profile> {
    tenancy.profile(name).map(|tenant| profile(tenant))
}

fn profile(tenant: &ProfileTenant) -> Profile {
    Profile { name: tenant.name.clone(), body: tenant.body.clone(), stamps: tenant.stamps }
}
