//! Writes of a removal: parts as they are afterwards, its receipt, and the jobs that remove.

use crate::{Direct, part_id};
use hansard_domain::{
    Id, Result,
    change::ChangeKind,
    conversation::Conversation,
    event::{EventType, NewEvent},
    redact::{Place, RedactionJob, RedactionReceipt, Removal, SafeText},
};

/// Conversations of one batch of a job.
const BATCH: usize = 50;

impl Direct<'_> {
    /// Writes what a removal changes, each message with its change and its event.
    ///
    /// The conversation is as its removal left it; it is put here.
    pub fn apply_removal(&mut self, conversation: &mut Conversation, removal: &Removal) -> Result<()> {
        if let Some(changed) = &removal.conversation {
            conversation.body = changed.body.clone();
        }
        for message in &removal.messages {
            self.update_message(conversation, message, ChangeKind::MessageRedacted);
            let mut event = NewEvent::of_service(EventType::MessageRedacted, None);
            event.content.associated_message = message.name.to_string();
            self.add_event(conversation, event)?;
        }
        let (profile, number) = (self.unit.profile_key(), conversation.number);
        removal.events.iter().try_for_each(|event| self.tx.update_event(profile, number, event))?;
        if !removal.annotations.is_empty() {
            self.update_annotations(conversation, &removal.annotations)?;
        }
        if !removal.scorecards.is_empty() {
            self.put_scorecards(conversation, &removal.scorecards)?;
        }
        if removal.conversation.is_some() || !removal.events.is_empty() {
            self.record(conversation, ChangeKind::ConversationUpdated, None, 0);
        }
        self.put(conversation);
        Ok(())
    }

    /// Writes down what was removed from a conversation. Answers the receipt.
    pub fn insert_redaction_receipt(
        &mut self,
        conversation: &Conversation,
        (reason, job): (SafeText, Option<Id>),
        places: Vec<Place>,
    ) -> Result<RedactionReceipt> {
        let receipt = RedactionReceipt {
            id: part_id::new(),
            conversation: conversation.name.clone(),
            actor: self.actor().name.clone(),
            reason,
            job,
            places,
            create_time: self.now(),
        };
        self.tx.insert_redaction_receipt(self.unit.profile_key(), &receipt)?;
        Ok(receipt)
    }

    /// Writes down a new job with the conversations that it goes through; whom it looks for is sealed.
    pub fn insert_redaction_job(
        &mut self,
        job: &RedactionJob,
        sealed: Option<&[u8]>,
        numbers: &[i64],
    ) -> Result<()> {
        let profile = self.unit.profile_key();
        self.tx.insert_redaction_job(profile, job, sealed)?;
        for (batch, numbers) in (0..).zip(numbers.chunks(BATCH)) {
            self.tx.insert_redaction_batch(profile, &job.id, batch, numbers)?;
        }
        Ok(())
    }

    /// The job, or the scope's NotFound.
    pub fn redaction_job(&self, id: &Id) -> Result<RedactionJob> {
        let found = self.tx.find_redaction_job(self.unit.profile_key(), &self.profile().name, id)?;
        found.ok_or_else(|| self.scope().not_found())
    }

    pub fn update_redaction_job(&mut self, job: &RedactionJob) -> Result<()> {
        self.tx.update_redaction_job(self.unit.profile_key(), job)
    }

    /// Forgets a batch that was gone through; answers whether it was there.
    pub fn delete_redaction_batch(&mut self, job: &Id, batch: i64) -> Result<bool> {
        self.tx.delete_redaction_batch(self.unit.profile_key(), job, batch)
    }

    /// How many jobs of the whole store have not ended.
    pub fn open_redaction_jobs(&self) -> Result<usize> {
        self.tx.list_open_redaction_jobs().map(|open| open.len())
    }

    /// The numbers of all conversations of the profile, hidden ones as well, in order.
    pub fn list_all_numbers(&self) -> Result<Vec<i64>> {
        self.tx.list_all_numbers(self.unit.profile_key())
    }
}
