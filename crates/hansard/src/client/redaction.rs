//! Removals over any transport: jobs are begun and waited for, receipts looked at again.

use std::time::Duration;

use anyhow::{Result, bail};
use hansard_proto::v1::{
    EraseDataSubjectRequest, GetRedactionJobRequest, RedactConversationsRequest, RedactionJob,
    VerifyRedactionRequest, VerifyRedactionResponse, redaction_job::State,
    redaction_service_client::RedactionServiceClient,
};

use super::{Transport, explain, question::Question};

/// A job as the wire tells it.
pub type Job = RedactionJob;

const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Whom to erase.
#[derive(Debug)]
pub enum Whom {
    Phone(String),
    Email(String),
    Visitor(String),
}

/// The client of removals.
pub struct Redactions<T> {
    client: RedactionServiceClient<T>,
}

impl<T: Transport> Redactions<T> {
    pub fn new(transport: T) -> Self {
        Self { client: RedactionServiceClient::new(transport) }
    }

    /// Begins to mask what the detector finds in what the question selects.
    pub async fn redact(
        &mut self,
        question: Question,
        entity_types: Vec<String>,
        (reason, validate_only): (String, bool),
    ) -> Result<RedactionJob> {
        let Question { parent, filter, filter_text } = question;
        let request =
            RedactConversationsRequest { parent, filter, filter_text, entity_types, reason, validate_only };
        let answer = self.client.redact_conversations(request).await.map_err(|status| explain(&status))?;
        Ok(answer.into_inner().job.unwrap_or_default())
    }

    /// Begins to erase a person.
    pub async fn erase(
        &mut self,
        parent: String,
        whom: Whom,
        (reason, validate_only): (String, bool),
    ) -> Result<RedactionJob> {
        let mut request = EraseDataSubjectRequest { parent, reason, validate_only, ..Default::default() };
        match whom {
            Whom::Phone(number) => request.phone_number = number,
            Whom::Email(address) => request.email = address,
            Whom::Visitor(id) => request.visitor_id = id,
        }
        let answer = self.client.erase_data_subject(request).await.map_err(|status| explain(&status))?;
        Ok(answer.into_inner().job.unwrap_or_default())
    }

    /// Waits for the end of a job, which is an error where its work was not done; `show` is told how far it is.
    pub async fn ended(
        &mut self,
        mut job: RedactionJob,
        show: impl Fn(&RedactionJob),
    ) -> Result<RedactionJob> {
        while matches!(job.state(), State::Queued | State::Running) {
            tokio::time::sleep(LOOK_EVERY).await;
            let request = GetRedactionJobRequest { name: job.name };
            let answer = self.client.get_redaction_job(request).await.map_err(|status| explain(&status))?;
            job = answer.into_inner();
            show(&job);
        }
        match job.state() {
            State::Done => Ok(job),
            State::Cancelled => bail!("{} was cancelled", job.name),
            _ => bail!("{} failed: {}", job.name, job.error),
        }
    }

    /// Looks again at a receipt, and for values.
    pub async fn verify(&mut self, name: String, values: Vec<String>) -> Result<VerifyRedactionResponse> {
        let request = VerifyRedactionRequest { name, values };
        let answer = self.client.verify_redaction(request).await.map_err(|status| explain(&status))?;
        Ok(answer.into_inner())
    }
}
