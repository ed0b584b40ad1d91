//! The decommission of one conversation, and of all of a deployment.

use std::sync::Arc;

use axum::body::Body;
use hansard_domain::{Error, Id, Result, conversation::Status, name::ProfileName};
use http::{Response, StatusCode};
use serde::Serialize;

use super::{Ask, Refusal, envelope, from_record, project, schema, wire};
use crate::{
    jobs::Job,
    service::decommission::{self, Request},
};

/// What a dry run found.
#[derive(Serialize)]
struct Counted<'r> {
    deployment_config_id: &'r str,
    dry_run: bool,
    total: i64,
}

/// How far a job is.
#[derive(Serialize)]
struct Told<'j> {
    job_id: String,
    deployment_config_id: &'j str,
    dry_run: bool,
    /// `running`, `completed` or `failed`.
    job_status: &'static str,
    total: i64,
    decommissioned: i64,
    started_at: wire::Millis,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<wire::Millis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

impl<'j> Told<'j> {
    fn of(job: &'j Job) -> Self {
        let end = job.ended();
        let failure = end.as_ref().and_then(|end| end.failure.as_ref());
        Self {
            job_id: job.id.to_string(),
            deployment_config_id: &job.deployment_config_id,
            dry_run: false,
            job_status: match (&end, failure) {
                (None, _) => "running",
                (Some(_), None) => "completed",
                (Some(_), Some(_)) => "failed",
            },
            total: job.total,
            decommissioned: job.done(),
            started_at: wire::Millis(job.start_time),
            ended_at: end.as_ref().map(|end| wire::Millis(end.time)),
            message: failure.map(|failure| failure.message().to_owned()),
        }
    }
}

pub(super) async fn begin(ask: &mut Ask<'_>, profile: &ProfileName) -> Result<Response<Body>, Refusal> {
    let given: wire::Decommission = ask.body(&schema::DECOMMISSION_REQUEST, "")?;
    let ending = given.status.as_deref().map(from_record::word::<Status>).transpose()?.unwrap_or_default();
    let dry_run = given.dry_run.unwrap_or(false);
    match (given.decommission_service_id, given.deployment_config_id) {
        (None, None) => Err(Error::missing("decommission_service_id").into()),
        (Some(_), Some(_)) => {
            let text = "does not go with decommission_service_id: give one of the two";
            Err(Error::invalid("deployment_config_id", text).into())
        }
        (Some(_), None) if dry_run => {
            Err(Error::invalid("dry_run", "goes only with deployment_config_id").into())
        }
        (Some(id), None) => {
            let name = project::conversation(profile, "decommission_service_id", &id)?;
            decommission::one(ask.app, &ask.call()?, &name, ending).await?;
            ask.answer(StatusCode::OK, name, false).await
        }
        (None, Some(deployment_config_id)) => {
            let request = Request { parent: profile.clone(), deployment_config_id, ending };
            of_deployment(ask, request, dry_run).await
        }
    }
}

async fn of_deployment(ask: &Ask<'_>, request: Request, dry_run: bool) -> Result<Response<Body>, Refusal> {
    let call = ask.call()?;
    if dry_run {
        let total = decommission::dry_run(ask.app, &call, &request).await?;
        let counted = Counted { deployment_config_id: &request.deployment_config_id, dry_run, total };
        return Ok(envelope::success(StatusCode::OK, &counted, ask.app.store.now()));
    }
    let job: Arc<Job> = decommission::begin(ask.app, &call, request).await?;
    Ok(envelope::success(StatusCode::ACCEPTED, &Told::of(&job), ask.app.store.now()))
}

pub(super) fn get(ask: &Ask<'_>, profile: &ProfileName) -> Result<Response<Body>, Refusal> {
    let id = Id::parse("id", &ask.id()?)?;
    let job = decommission::job(ask.app, &ask.call()?, profile, &id)?;
    Ok(envelope::success(StatusCode::OK, &Told::of(&job), ask.app.store.now()))
}
