//! API keys: made once, seen once, revoked at once.

use super::{Call, customer::cut, done};
use crate::{app::App, auth::IssuedKey};
use hansard_domain::{
    Error, Id, Result, Time,
    audit::AuditAction,
    caller::{Caller, CustomerScope, Permission, Role},
    directory::{ApiKey, ApiKeyBody, Stamps},
    name::{Collection, CustomerName, EntryName, Parent},
    page::{Page, PageSizes},
};
use hansard_store::{Binding, Direct, Outcome, Receipt, Written, tenancy::Tenancy};
use std::fmt::Display;

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

/// Proof that a caller may manage the keys of a customer, as far as it sees them.
#[derive(Clone)]
struct Keys {
    scope: CustomerScope,
    caller: Caller,
}

impl Keys {
    fn enter(call: &Call, parent: &Parent, resource: impl Display) -> Result<Self> {
        let scope = call.caller.enter_directory(parent, resource, Permission::ManageApiKeys)?;
        Ok(Self { scope, caller: call.caller.clone() })
    }

    /// A key that opens more than the caller's own profiles is absent to it.
    fn sees(&self, key: &ApiKey) -> bool {
        key.customer == *self.scope.customer() && self.caller.covers(&key.body.profiles)
    }

    fn find(&self, tenancy: &Tenancy, id: &Id) -> Result<ApiKey> {
        let found = tenancy.api_key(id).map(|key| &key.api_key).filter(|key| self.sees(key));
        found.cloned().ok_or_else(|| self.scope.not_found())
    }

    /// The key, where the caller may also change it.
    fn find_to_change(&self, tenancy: &Tenancy, id: &Id) -> Result<ApiKey> {
        let key = self.find(tenancy, id)?;
        self.check_role(key.body.role)?;
        Ok(key)
    }

    fn check_role(&self, role: Role) -> Result<()> {
        if role == Role::Operator { self.caller.check(Permission::ManageOperatorKeys) } else { Ok(()) }
    }

    /// Refuses a key that would open more than the key that makes it.
    fn check_profiles(&self, tenancy: &Tenancy, parent: &CustomerName, profiles: &[Id]) -> Result<()> {
        let unknown =
            |id: &Id| !self.caller.reaches(id) || tenancy.profile(&parent.profile(id.clone())).is_none();
        if let Some(index) = profiles.iter().position(unknown) {
            let field = format!("apiKey.profiles[{index}]");
            return Err(Error::invalid(field, "names a profile that the customer does not have"));
        }
        if !self.caller.covers(profiles) {
            return Err(Error::forbidden(
                "a key that is limited to some profiles makes only keys that are limited to some of them",
            ));
        }
        Ok(())
    }
}

pub async fn get(app: &App, call: &Call, name: &EntryName) -> Result<ApiKey> {
    Keys::enter(call, &name.parent, name)?.find(&*app.store.latest_tenancy().await?, &name.id)
}

/// The keys that the caller sees, in order of their ids.
pub async fn list(
    app: &App,
    call: &Call,
    parent: &CustomerName,
    page_size: i32,
    page_token: &str,
) -> Result<Page<ApiKey>> {
    let page_size = PageSizes::DIRECTORY.effective(page_size)?;
    let keys = Keys::enter(call, &Parent::Customer(parent.clone()), parent)?;
    let binding = Binding::new(&parent.0, "ListApiKeys", call.caller.profiles())?;
    let after: Option<String> = app.store.secret().read_page_token(&binding, page_token)?;
    let tenancy = app.store.latest_tenancy().await?;
    if tenancy.customer(&parent.0).is_none() {
        return Err(keys.scope.not_found());
    }
    let visible = tenancy
        .api_keys(&parent.0)
        .into_iter()
        .map(|key| &key.api_key)
        .filter(|key| keys.sees(key))
        .filter(|key| after.as_ref().is_none_or(|after| key.id.as_str() > after.as_str()))
        .cloned()
        .collect();
    cut(app, visible, page_size, &binding, |key: &ApiKey| key.id.to_string())
}

/// Makes a key. Its id is its own; the secret is in this answer and nowhere else.
///
/// A retry with the same idempotency key answers the key without the secret.
pub async fn create(app: &App, call: &Call, parent: &CustomerName, body: ApiKeyBody) -> Result<Issued> {
    let issued = IssuedKey::new()?;
    let resource = format!("{parent}/apiKeys/-");
    let keys = Keys::enter(call, &Parent::Customer(parent.clone()), resource)?;
    body.check(app.store.steady()).map_err(|error| error.within("apiKey"))?;
    keys.check_role(body.role)?;
    let mac = app.store.secret().api_key_mac(&issued.secret);
    let (customer, id, granting, parent) =
        (parent.0.clone(), issued.id.clone(), keys.clone(), parent.clone());
    let work = move |direct: &mut Direct<'_>| {
        granting.check_profiles(&direct.tenancy(), &parent, &body.profiles)?;
        let stamps = Stamps::new(direct.now());
        let name = EntryName::of_customer(&customer, Collection::ApiKey, id.clone());
        let key = ApiKey { customer, id: id.clone(), body, stamps, revoke_time: None, last_use_time: None };
        direct.audit(AuditAction::CreateApiKey, name);
        direct.insert_api_key(&key, &mac)?;
        Ok(Created(id))
    };
    let written = app.store.transact_directory(&keys.scope, &call.ticket, "create_api_key", work).await?;
    match written {
        Written::Fresh(Created(id)) => {
            Ok(Issued { api_key: keys.find(&app.store.tenancy(), &id)?, secret: Some(issued.text) })
        }
        Written::Replayed(receipt) => {
            let ids = super::ids(&receipt);
            let id = ids.first().ok_or_else(|| keys.scope.not_found())?;
            Ok(Issued { api_key: keys.find(&*app.store.latest_tenancy().await?, id)?, secret: None })
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
    let steady = app.store.steady();
    let edit = move |key: &mut ApiKey, _| {
        key.stamps.check_etag(&etag)?;
        for path in &paths {
            match path.as_str() {
                "display_name" => {
                    body.check_display_name().map_err(|error| error.within("apiKey"))?;
                    key.body.display_name.clone_from(&body.display_name);
                }
                "expire_time" => {
                    body.check_expiry(steady).map_err(|error| error.within("apiKey"))?;
                    key.body.expire_time = body.expire_time;
                }
                "role" | "profiles" | "user" => {
                    let remedy = "is fixed: make a new key and revoke this one";
                    return Err(Error::invalid("updateMask", format!("{path} {remedy}")));
                }
                _ => return Err(Error::unknown_path(path)),
            }
        }
        Ok(true)
    };
    change(app, call, name, AuditAction::UpdateApiKey, edit).await
}

/// Ends a key at once; repeating it is a no-op.
pub async fn revoke(app: &App, call: &Call, name: &EntryName) -> Result<ApiKey> {
    let edit = |key: &mut ApiKey, now| {
        let ends = key.revoke_time.is_none();
        key.revoke_time.get_or_insert(now);
        Ok(ends)
    };
    change(app, call, name, AuditAction::RevokeApiKey, edit).await
}

/// Runs an edit, which answers whether it changed anything.
async fn change(
    app: &App,
    call: &Call,
    name: &EntryName,
    action: AuditAction,
    edit: impl FnOnce(&mut ApiKey, Time) -> Result<bool> + Send + 'static,
) -> Result<ApiKey> {
    let keys = Keys::enter(call, &name.parent, name)?;
    let (edited, visible) = (name.clone(), keys.clone());
    let work = move |direct: &mut Direct<'_>| {
        let mut key = visible.find_to_change(&direct.tenancy(), &edited.id)?;
        if edit(&mut key, direct.now())? {
            key.stamps.touch(direct.now());
            direct.audit(action, edited);
            direct.update_api_key(&key)?;
        }
        Ok(())
    };
    app.store.transact_directory(&keys.scope, &call.ticket, action.word(), work).await?;
    keys.find(&app.store.tenancy(), &name.id)
}

pub async fn delete(app: &App, call: &Call, name: &EntryName, etag: &str) -> Result<()> {
    let keys = Keys::enter(call, &name.parent, name)?;
    let (name, etag, visible) = (name.clone(), etag.to_owned(), keys.clone());
    let work = move |direct: &mut Direct<'_>| {
        visible.find_to_change(&direct.tenancy(), &name.id)?.stamps.check_etag(&etag)?;
        direct.audit(AuditAction::DeleteApiKey, &name);
        direct.delete_api_key(&name.id)
    };
    app.store.transact_directory(&keys.scope, &call.ticket, "delete_api_key", work).await.map(done)
}
