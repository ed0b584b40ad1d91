//! API keys: made once, seen once, revoked at once.

use super::{Call, customer::cut, done, entry::unknown_path};
use crate::{app::App, auth::IssuedKey};
use hansard_domain::{
    Error, Id, Result, Time,
    audit::AuditAction,
    caller::{CustomerScope, Permission, Role},
    directory::{ApiKey, ApiKeyBody, Stamps},
    name::{Collection, CustomerName, EntryName, Parent},
    page::{Page, PageSizes},
};
use hansard_store::{Binding, Direct, Outcome, Receipt, Written, tenancy::Tenancy};

/// A key with its secret, which only the answer to its creation holds.
#[derive(Debug)]
pub struct Issued {
    pub api_key: ApiKey,
    pub secret: Option<String>,
}

struct Created(Id);

impl Outcome for Created {
    fn receipt(&self) -> Receipt {
        Receipt { created: true, ids: vec![self.0.to_string()] }
    }
}

fn enter(call: &Call, name: &EntryName) -> Result<CustomerScope> {
    call.caller.enter_directory(&name.parent, name, Permission::ManageApiKeys)
}

pub fn get(app: &App, call: &Call, name: &EntryName) -> Result<ApiKey> {
    let scope = enter(call, name)?;
    find(&app.store.tenancy(), &scope, &name.id)
}

pub fn list(
    app: &App,
    call: &Call,
    parent: &CustomerName,
    page_size: i32,
    page_token: &str,
) -> Result<Page<ApiKey>> {
    let page_size = PageSizes::DIRECTORY.effective(page_size)?;
    call.caller.enter_directory(&Parent::Customer(parent.clone()), parent, Permission::ManageApiKeys)?;
    let binding = Binding::new(&parent.0, "ListApiKeys", ())?;
    let after: Option<String> = app.store.secret().read_page_token(&binding, page_token)?;
    let tenancy = app.store.tenancy();
    let keys = tenancy
        .api_keys(&parent.0)
        .into_iter()
        .map(|key| key.api_key.clone())
        .filter(|key| after.as_ref().is_none_or(|after| key.id.as_str() > after.as_str()))
        .collect();
    cut(app, keys, page_size, &binding, |key: &ApiKey| key.id.to_string())
}

/// Makes a key. Its id is its own; the secret is in this answer and nowhere else.
///
/// A retry with the same idempotency key answers the key without the secret.
pub async fn create(app: &App, call: &Call, parent: &CustomerName, body: ApiKeyBody) -> Result<Issued> {
    let issued = IssuedKey::new()?;
    let resource = format!("{parent}/apiKeys/-");
    let scope = call.caller.enter_directory(
        &Parent::Customer(parent.clone()),
        resource,
        Permission::ManageApiKeys,
    )?;
    body.check(app.store.now()).map_err(|error| error.within("apiKey"))?;
    may_grant(&scope, body.role)?;
    check_profiles(app, parent, &body)?;
    let mac = app.store.secret().api_key_mac(&issued.secret);
    let (customer, id) = (parent.0.clone(), issued.id.clone());
    let work = move |direct: &mut Direct<'_>| {
        let stamps = Stamps::new(direct.now());
        let name = EntryName::of_customer(&customer, Collection::ApiKey, id.clone());
        let key = ApiKey { customer, id: id.clone(), body, stamps, revoke_time: None, last_use_time: None };
        direct.audit(AuditAction::CreateApiKey, name);
        direct.insert_api_key(&key, &mac)?;
        Ok(Created(id))
    };
    let written = app.store.transact_directory(&scope, &call.ticket, "create_api_key", work).await?;
    match written {
        Written::Fresh(Created(id)) => {
            Ok(Issued { api_key: find(&app.store.tenancy(), &scope, &id)?, secret: Some(issued.text) })
        }
        Written::Replayed(receipt) => {
            let ids = super::ids(&receipt);
            let id = ids.first().ok_or_else(|| scope.not_found())?;
            Ok(Issued { api_key: find(&app.store.tenancy(), &scope, id)?, secret: None })
        }
    }
}

/// Changes the named fields: `display_name`, `expire_time`.
pub async fn update(
    app: &App,
    call: &Call,
    name: &EntryName,
    body: ApiKeyBody,
    (paths, etag): (Vec<String>, String),
) -> Result<ApiKey> {
    let scope = enter(call, name)?;
    let edit = move |key: &mut ApiKey, now| {
        key.stamps.check_etag(&etag)?;
        for path in &paths {
            match path.as_str() {
                "display_name" => key.body.display_name.clone_from(&body.display_name),
                "expire_time" => key.body.expire_time = body.expire_time,
                "role" | "profiles" | "user" => {
                    let remedy = "is fixed: make a new key and revoke this one";
                    return Err(Error::invalid("updateMask", format!("{path} {remedy}")));
                }
                _ => return Err(unknown_path(path)),
            }
        }
        key.body.check(now).map_err(|error| error.within("apiKey"))?;
        Ok(true)
    };
    change(app, call, &scope, name, AuditAction::UpdateApiKey, edit).await
}

/// Ends a key at once; repeating it is a no-op.
pub async fn revoke(app: &App, call: &Call, name: &EntryName) -> Result<ApiKey> {
    let scope = enter(call, name)?;
    let edit = |key: &mut ApiKey, now| {
        let ends = key.revoke_time.is_none();
        key.revoke_time.get_or_insert(now);
        Ok(ends)
    };
    change(app, call, &scope, name, AuditAction::RevokeApiKey, edit).await
}

/// Runs an edit, which answers whether it changed anything.
async fn change(
    app: &App,
    call: &Call,
    scope: &CustomerScope,
    name: &EntryName,
    action: AuditAction,
    edit: impl FnOnce(&mut ApiKey, Time) -> Result<bool> + Send + 'static,
) -> Result<ApiKey> {
    let (edited, scope_in) = (name.clone(), scope.clone());
    let work = move |direct: &mut Direct<'_>| {
        let mut key = find(&direct.tenancy(), &scope_in, &edited.id)?;
        if edit(&mut key, direct.now())? {
            key.stamps.touch(direct.now());
            direct.audit(action, edited);
            direct.update_api_key(&key)?;
        }
        Ok(())
    };
    app.store.transact_directory(scope, &call.ticket, action.word(), work).await?;
    find(&app.store.tenancy(), scope, &name.id)
}

pub async fn delete(app: &App, call: &Call, name: &EntryName, etag: &str) -> Result<()> {
    let scope = enter(call, name)?;
    let (name, etag, scope_in) = (name.clone(), etag.to_owned(), scope.clone());
    let work = move |direct: &mut Direct<'_>| {
        find(&direct.tenancy(), &scope_in, &name.id)?.stamps.check_etag(&etag)?;
        direct.audit(AuditAction::DeleteApiKey, &name);
        direct.delete_api_key(&name.id)
    };
    app.store.transact_directory(&scope, &call.ticket, "delete_api_key", work).await.map(done)
}

/// Only an operator makes operators.
fn may_grant(scope: &CustomerScope, role: Role) -> Result<()> {
    if role == Role::Operator && scope.role() != Role::Operator {
        return Err(Error::forbidden("only an operator can make a key with the role operator"));
    }
    Ok(())
}

fn check_profiles(app: &App, parent: &CustomerName, body: &ApiKeyBody) -> Result<()> {
    let tenancy = app.store.tenancy();
    match body.profiles.iter().position(|id| tenancy.profile(&parent.profile(id.clone())).is_none()) {
        None => Ok(()),
        Some(index) => Err(Error::invalid(
            format!("apiKey.profiles[{index}]"),
            "names a profile that the customer does not have",
        )),
    }
}

fn find(tenancy: &Tenancy, scope: &CustomerScope, id: &Id) -> Result<ApiKey> {
    let found = tenancy.api_key(id).map(|key| &key.api_key).filter(|key| key.customer == *scope.customer());
    found.cloned().ok_or_else(|| scope.not_found())
}
