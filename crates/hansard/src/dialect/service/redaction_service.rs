//! `hansard.v1.RedactionService`: removals from many conversations, receipts, and looking again.

use super::{
    Server,
    call::{answer, call, status},
    from_proto::{self, names},
    to_proto,
};
use crate::service::removal::{
    job::{self, Aim},
    receipt,
};
use hansard_domain::{
    Error, Id, Result,
    name::{Collection, Parent, ProfileName},
    redact::Subject,
};
use hansard_proto::v1::{self as pb, redaction_service_server::RedactionService};
use tonic::{Request, Response, Status};

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl RedactionService for Server {
    async fn redact_conversations(
        &self,
        request: Request<pb::RedactConversationsRequest>,
    ) -> Answer<pb::RedactConversationsResponse> {
        answer!(self, "RedactConversations", request, |call, given| {
            let parent = names::profile("parent", &given.parent)?;
            let filter = from_proto::filter::filter(given.filter, &given.filter_text, &parent)?;
            let request = job::Request {
                parent,
                aim: Aim::Redact { filter: Box::new(filter), entity_types: given.entity_types },
                reason: given.reason,
                validate_only: given.validate_only,
            };
            let job = job::begin(&self.app, &call, request).await?;
            Ok(pb::RedactConversationsResponse { job: Some(to_proto::redaction_job(job)) })
        })
    }

    async fn erase_data_subject(
        &self,
        request: Request<pb::EraseDataSubjectRequest>,
    ) -> Answer<pb::EraseDataSubjectResponse> {
        answer!(self, "EraseDataSubject", request, |call, given| {
            let request = job::Request {
                parent: names::profile("parent", &given.parent)?,
                aim: Aim::Erase(subject(given.phone_number, given.email, given.visitor_id)?),
                reason: given.reason,
                validate_only: given.validate_only,
            };
            let job = job::begin(&self.app, &call, request).await?;
            Ok(pb::EraseDataSubjectResponse { job: Some(to_proto::redaction_job(job)) })
        })
    }

    async fn get_redaction_job(
        &self,
        request: Request<pb::GetRedactionJobRequest>,
    ) -> Answer<pb::RedactionJob> {
        answer!(self, "GetRedactionJob", request, |call, given| {
            let (parent, id) = part(&given.name, Collection::RedactionJob)?;
            job::get(&self.app, &call, &parent, id).await.map(to_proto::redaction_job)
        })
    }

    async fn list_redaction_jobs(
        &self,
        request: Request<pb::ListRedactionJobsRequest>,
    ) -> Answer<pb::ListRedactionJobsResponse> {
        answer!(self, "ListRedactionJobs", request, |call, given| {
            let parent = names::profile("parent", &given.parent)?;
            let page = job::list(&self.app, &call, &parent, (given.page_size, given.page_token)).await?;
            Ok(pb::ListRedactionJobsResponse {
                redaction_jobs: page.items.into_iter().map(to_proto::redaction_job).collect(),
                next_page_token: page.next_page_token,
            })
        })
    }

    async fn cancel_redaction_job(
        &self,
        request: Request<pb::CancelRedactionJobRequest>,
    ) -> Answer<pb::RedactionJob> {
        answer!(self, "CancelRedactionJob", request, |call, given| {
            let (parent, id) = part(&given.name, Collection::RedactionJob)?;
            job::cancel(&self.app, &call, &parent, id).await.map(to_proto::redaction_job)
        })
    }

    async fn get_redaction_receipt(
        &self,
        request: Request<pb::GetRedactionReceiptRequest>,
    ) -> Answer<pb::RedactionReceipt> {
        answer!(self, "GetRedactionReceipt", request, |call, given| {
            let (parent, id) = part(&given.name, Collection::RedactionReceipt)?;
            receipt::get(&self.app, &call, &parent, id).await.map(to_proto::redaction_receipt)
        })
    }

    async fn list_redaction_receipts(
        &self,
        request: Request<pb::ListRedactionReceiptsRequest>,
    ) -> Answer<pb::ListRedactionReceiptsResponse> {
        answer!(self, "ListRedactionReceipts", request, |call, given| {
            let parent = names::profile("parent", &given.parent)?;
            let conversation = match given.conversation.as_str() {
                "" => None,
                name => Some(names::conversation("conversation", name)?),
            };
            let page = (given.page_size, given.page_token);
            let page = receipt::list(&self.app, &call, &parent, conversation, page).await?;
            Ok(pb::ListRedactionReceiptsResponse {
                redaction_receipts: page.items.into_iter().map(to_proto::redaction_receipt).collect(),
                next_page_token: page.next_page_token,
            })
        })
    }

    async fn verify_redaction(
        &self,
        request: Request<pb::VerifyRedactionRequest>,
    ) -> Answer<pb::VerifyRedactionResponse> {
        answer!(self, "VerifyRedaction", request, |call, given| {
            let (parent, id) = part(&given.name, Collection::RedactionReceipt)?;
            let verdict = receipt::verify(&self.app, &call, &parent, id, given.values).await?;
            Ok(pb::VerifyRedactionResponse {
                clean: verdict.findings.is_empty(),
                checked_places: i32::try_from(verdict.checked).unwrap_or(i32::MAX),
                findings: verdict.findings.into_iter().map(to_proto::finding).collect(),
            })
        })
    }
}

fn part(name: &str, collection: Collection) -> Result<(ProfileName, Id)> {
    let name = names::entry("name", name, collection)?;
    match name.parent {
        Parent::Profile(parent) => Ok((parent, name.id)),
        Parent::Customer(_) => Err(Error::invalid("name", "must be of a profile")),
    }
}

/// The one that is given.
fn subject(phone_number: String, email: String, visitor_id: String) -> Result<Subject> {
    let given = [
        Some(phone_number).filter(|value| !value.is_empty()).map(Subject::PhoneNumber),
        Some(email).filter(|value| !value.is_empty()).map(Subject::Email),
        Some(visitor_id).filter(|value| !value.is_empty()).map(Subject::VisitorId),
    ];
    let mut given = given.into_iter().flatten();
    match (given.next(), given.next()) {
        (Some(subject), None) => Ok(subject),
        _ => Err(Error::invalid(
            "phoneNumber",
            "exactly one of phoneNumber, email and visitorId must be given",
        )),
    }
}
