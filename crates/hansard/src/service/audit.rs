//! The audit trail.

use super::Call;
use crate::app::App;
use hansard_domain::{
    Result,
    audit::AuditEntry,
    caller::Permission,
    name::{CustomerName, Parent},
    page::{Page, PageSizes},
};

/// A page of a customer's trail, newest first.
pub async fn list(
    app: &App,
    call: &Call,
    parent: &CustomerName,
    (page_size, page_token): (i32, String),
) -> Result<Page<AuditEntry>> {
    let page_size = PageSizes::DIRECTORY.effective(page_size)?;
    let scope =
        call.caller.enter_directory(&Parent::Customer(parent.clone()), parent, Permission::ReadAudit)?;
    let read = move |reading: &hansard_store::DirectoryReading<'_>| {
        reading.list_audit_entries(page_size, &page_token)
    };
    app.store.read_directory(&scope, "list_audit_entries", read).await
}
