//! Customers: managed by operators; each sees its own.

use super::Call;
use crate::app::App;
use hansard_domain::{
    Error, Id, Result,
    audit::AuditAction,
    caller::Permission,
    directory::{Customer, CustomerBody, Stamps},
    name::{CustomerName, Parent},
    page::{Page, PageSizes},
};
use hansard_store::{
    Binding, Direct,
    tenancy::{CustomerTenant, Tenancy},
};

pub async fn get(app: &App, call: &Call, name: &CustomerName) -> Result<Customer> {
    let permission = reading_permission(call);
    let scope = call.caller.enter_directory(&Parent::Customer(name.clone()), name, permission)?;
    find(&*app.store.latest_tenancy().await?, &name.0).ok_or_else(|| scope.not_found())
}

/// Operators see every customer, all others their own.
pub async fn list(app: &App, call: &Call, page_size: i32, page_token: &str) -> Result<Page<Customer>> {
    let page_size = PageSizes::DIRECTORY.effective(page_size)?;
    call.caller.check(reading_permission(call))?;
    let all = call.caller.may(Permission::ManageCustomers);
    let own = call.caller.customer();
    let tenancy = app.store.latest_tenancy().await?;
    let binding = Binding::new(own, "ListCustomers", all)?;
    let after: Option<String> = app.store.secret().read_page_token(&binding, page_token)?;
    let visible = tenancy.customers().into_iter().filter(|(id, _)| all || *id == own);
    let rest = visible.filter(|(id, _)| after.as_ref().is_none_or(|after| id.as_str() > after.as_str()));
    let customers = rest.map(|(id, tenant)| customer(id, tenant)).collect();
    cut(app, customers, page_size, &binding, |customer: &Customer| customer.name.0.to_string())
}

/// Cuts a list in memory to one page.
pub(super) fn cut<T>(
    app: &App,
    mut items: Vec<T>,
    page_size: i32,
    binding: &Binding,
    place: impl Fn(&T) -> String,
) -> Result<Page<T>> {
    let size = usize::try_from(page_size).unwrap_or(usize::MAX);
    let more = items.len() > size;
    items.truncate(size);
    let next_page_token = match items.last() {
        Some(last) if more => app.store.secret().page_token(binding, &place(last))?,
        _ => String::new(),
    };
    Ok(Page { items, next_page_token })
}

/// Makes a customer. It runs as the operator's own customer, since the new one is not there yet.
pub async fn create(app: &App, call: &Call, id: Id, body: CustomerBody) -> Result<Customer> {
    let name = CustomerName(id.clone());
    call.caller.check(Permission::ManageCustomers)?;
    let own = CustomerName(call.caller.customer().clone());
    let scope = call.caller.enter_directory(&Parent::Customer(own), &name, Permission::ManageCustomers)?;
    body.check().map_err(|error| error.within("customer"))?;
    let stamps = Stamps::new(app.store.now());
    let work = move |direct: &mut Direct<'_>| {
        if direct.tenancy().customer(&id).is_some() {
            return Err(Error::already_exists(CustomerName(id)));
        }
        direct.insert_customer(&id, &body, &stamps)
    };
    app.store.transact_directory(&scope, &call.ticket, "create_customer", work).await?;
    find(&app.store.tenancy(), &name.0).ok_or_else(|| scope.not_found())
}

/// Changes the named fields: `display_name`.
pub async fn update(
    app: &App,
    call: &Call,
    name: &CustomerName,
    body: CustomerBody,
    (paths, etag): (Vec<String>, String),
) -> Result<Customer> {
    let parent = Parent::Customer(name.clone());
    let scope = call.caller.enter_directory(&parent, name, Permission::UpdateCustomer)?;
    body.check().map_err(|error| error.within("customer"))?;
    let (id, not_found) = (name.0.clone(), scope.not_found());
    let work = move |direct: &mut Direct<'_>| {
        let mut present = find(&direct.tenancy(), &id).ok_or(not_found)?;
        present.stamps.check_etag(&etag)?;
        for path in &paths {
            match path.as_str() {
                "display_name" => present.body.display_name.clone_from(&body.display_name),
                _ => return Err(Error::unknown_path(path)),
            }
        }
        present.stamps.touch(direct.now());
        direct.update_customer(&present.body, &present.stamps)
    };
    app.store.transact_directory(&scope, &call.ticket, "update_customer", work).await?;
    find(&app.store.tenancy(), &name.0).ok_or_else(|| scope.not_found())
}

/// Deletes a customer without profiles, with its directory, keys and audit trail.
///
/// It runs as the operator's own customer, whose trail keeps that it was done.
pub async fn delete(app: &App, call: &Call, name: &CustomerName, etag: &str) -> Result<()> {
    call.caller.enter_directory(&Parent::Customer(name.clone()), name, Permission::ManageCustomers)?;
    let own = CustomerName(call.caller.customer().clone());
    if own == *name {
        return Err(Error::failed_precondition("an operator cannot delete the customer of its own key"));
    }
    let scope = call.caller.enter_directory(&Parent::Customer(own), name, Permission::ManageCustomers)?;
    let (name, etag, not_found) = (name.clone(), etag.to_owned(), scope.not_found());
    let work = move |direct: &mut Direct<'_>| {
        find(&direct.tenancy(), &name.0).ok_or(not_found)?.stamps.check_etag(&etag)?;
        direct.audit(AuditAction::DeleteDirectoryEntry, &name);
        direct.delete_customer(&name.0)
    };
    app.store.transact_directory(&scope, &call.ticket, "delete_customer", work).await.map(super::done)
}

/// Operators manage; everybody else reads the directory.
pub(super) fn reading_permission(call: &Call) -> Permission {
    if call.caller.may(Permission::ManageCustomers) {
        Permission::ManageCustomers
    } else {
        Permission::ReadDirectory
    }
}

fn find(tenancy: &Tenancy, id: &Id) -> Option<Customer> {
    tenancy.customer(id).map(|tenant| customer(id, tenant))
}

fn customer(id: &Id, tenant: &CustomerTenant) -> Customer {
    Customer { name: CustomerName(id.clone()), body: tenant.body.clone(), stamps: tenant.stamps }
}
