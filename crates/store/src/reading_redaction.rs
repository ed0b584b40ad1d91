//! Reads of receipts of removals and of the jobs that remove.

use crate::{Reading, reading::page};
use hansard_domain::{
    Error, Id, Result,
    conversation::Conversation,
    filter::Filter,
    name::ConversationName,
    page::Page,
    redact::{RedactionJob, RedactionReceipt},
};

impl Reading<'_> {
    pub fn redaction_receipt(&self, id: &Id) -> Result<RedactionReceipt> {
        let found = self.tx.find_redaction_receipt(self.profile_key(), self.profile_name(), id)?;
        found.ok_or_else(|| self.scope.not_found())
    }

    /// A page of receipts, oldest first: of one conversation, which may be gone, or of all.
    pub fn list_redaction_receipts(
        &self,
        conversation: Option<&ConversationName>,
        page_size: i32,
        page_token: &str,
    ) -> Result<Page<RedactionReceipt>> {
        let binding = self.binding("ListRedactionReceipts", (self.profile_name(), conversation))?;
        let after: Option<String> = self.secret.read_page_token(&binding, page_token)?;
        let found = self.tx.list_redaction_receipts(
            self.profile_key(),
            self.profile_name(),
            conversation.map(|name| &name.conversation),
            &after.unwrap_or_default(),
            page_size + 1,
        )?;
        page(&self.secret, found, page_size, &binding, |receipt| receipt.id.to_string())
    }

    pub fn redaction_job(&self, id: &Id) -> Result<RedactionJob> {
        let found = self.tx.find_redaction_job(self.profile_key(), self.profile_name(), id)?;
        found.ok_or_else(|| self.scope.not_found())
    }

    /// A page of jobs, newest first.
    pub fn list_redaction_jobs(&self, page_size: i32, page_token: &str) -> Result<Page<RedactionJob>> {
        let binding = self.binding("ListRedactionJobs", self.profile_name())?;
        let before: Option<String> = self.secret.read_page_token(&binding, page_token)?;
        let found = self.tx.list_redaction_jobs(
            self.profile_key(),
            self.profile_name(),
            before.as_deref(),
            page_size + 1,
        )?;
        page(&self.secret, found, page_size, &binding, |job| job.id.to_string())
    }

    /// The next batch of a job, with its number; nothing where it has gone through all.
    pub fn next_redaction_batch(&self, job: &Id) -> Result<Option<(i64, Vec<i64>)>> {
        self.tx.next_redaction_batch(self.profile_key(), job)
    }

    /// What was sealed for a job that has not ended.
    pub fn sealed_of_job(&self, job: &Id) -> Result<Vec<u8>> {
        let sealed = self.tx.find_sealed(self.profile_key(), job)?;
        sealed.ok_or_else(|| Error::failed_precondition("the job has ended"))
    }

    /// A conversation by its number, hidden or not; nothing where it is gone.
    pub fn find_by_number(&self, number: i64) -> Result<Option<Conversation>> {
        self.tx.find_by_number(self.profile_key(), self.profile_name(), number)
    }

    /// A conversation by its name, hidden or not; nothing where it is gone.
    pub fn find_kept(&self, name: &ConversationName) -> Result<Option<Conversation>> {
        Ok(self.tx.find_conversation(self.profile_key(), name)?.map(|(conversation, _)| conversation))
    }

    /// The numbers of the conversations that a filter selects, hidden ones as well, in order.
    pub fn list_numbers(&self, filter: &Filter) -> Result<Vec<i64>> {
        let mut numbers = self.selected_numbers(filter, true, self.now)?;
        numbers.sort_unstable();
        Ok(numbers)
    }
}
