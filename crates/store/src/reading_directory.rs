//! Reads of a customer's directory, on one snapshot.

use crate::{
    Secret, Tx,
    page_token::Binding,
    reading::page,
    table::EntryPlace,
    tenancy::{CustomerKey, ProfileKey},
};
use hansard_domain::{
    Id, Result, audit::AuditEntry, caller::CustomerScope, directory::Entry, name::Collection, page::Page,
};

/// An open read of what a scope admits to.
pub struct DirectoryReading<'t> {
    pub(crate) tx: &'t Tx<'t>,
    pub(crate) scope: CustomerScope,
    pub(crate) customer: CustomerKey,
    /// 0 for the directory of the customer itself.
    pub(crate) profile: ProfileKey,
    pub(crate) secret: Secret,
}

impl DirectoryReading<'_> {
    fn place(&self, collection: Collection) -> EntryPlace {
        let profile = if collection.belongs_to_customer() { ProfileKey(0) } else { self.profile };
        EntryPlace { customer: self.customer, profile, collection }
    }

    pub fn entry(&self, collection: Collection, id: &Id) -> Result<Entry> {
        self.tx.find_entry(self.place(collection), id)?.ok_or_else(|| self.scope.not_found())
    }

    /// A page of entries by id.
    pub fn list_entries(
        &self,
        collection: Collection,
        page_size: i32,
        page_token: &str,
    ) -> Result<Page<Entry>> {
        let what = (collection.segment(), self.scope.profile());
        let binding = Binding::new(self.scope.customer(), "ListEntries", what)?;
        let after: Option<String> = self.secret.read_page_token(&binding, page_token)?;
        let entries =
            self.tx.list_entries(self.place(collection), &after.unwrap_or_default(), page_size + 1)?;
        page(&self.secret, entries, page_size, &binding, |entry| entry.id.to_string())
    }

    /// A page of the audit trail, newest first.
    pub fn list_audit_entries(&self, page_size: i32, page_token: &str) -> Result<Page<AuditEntry>> {
        let binding = Binding::new(self.scope.customer(), "ListAuditEntries", ())?;
        let before = self.secret.read_page_token(&binding, page_token)?.unwrap_or(i64::MAX);
        let entries = self.tx.list_audit_entries(self.customer, before, page_size + 1)?;
        page(&self.secret, entries, page_size, &binding, |entry| entry.number)
    }
}
