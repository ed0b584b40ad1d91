//! Receipts of removals, and the jobs that remove.

use super::value::time;
use hansard_domain::{
    code::Code,
    redact::{Place, RedactionJob, RedactionReceipt},
};
use hansard_proto::v1 as pb;

pub(in super::super) fn redaction_job(job: RedactionJob) -> pb::RedactionJob {
    let RedactionJob { id, parent, body, create_time, update_time } = job;
    let sample = |place: Place| pb::redaction_job::Sample {
        resource: place.resource,
        field: place.field,
        entity_type: place.entity_type,
    };
    pb::RedactionJob {
        name: parent.redaction_job(id).to_string(),
        kind: body.kind.code(),
        state: body.state.code(),
        validate_only: body.validate_only,
        total_conversations: body.total,
        done_conversations: body.done,
        messages: body.tally.messages,
        places: body.tally.places,
        type_counts: body.tally.types,
        sample: body.tally.sample.into_iter().map(sample).collect(),
        held: body.held,
        error: body.error,
        create_time: Some(time(create_time)),
        update_time: Some(time(update_time)),
        deleted_conversations: body.tally.deleted,
        reason: body.reason.into_string(),
    }
}

pub(in super::super) fn redaction_receipt(receipt: RedactionReceipt) -> pb::RedactionReceipt {
    let profile = &receipt.conversation.profile;
    pb::RedactionReceipt {
        name: profile.redaction_receipt(receipt.id).to_string(),
        job: receipt.job.map(|job| profile.redaction_job(job).to_string()).unwrap_or_default(),
        conversation: receipt.conversation.to_string(),
        actor: receipt.actor,
        reason: receipt.reason.into_string(),
        create_time: Some(time(receipt.create_time)),
        places: receipt.places.into_iter().map(place).collect(),
    }
}

fn place(place: Place) -> pb::redaction_receipt::Place {
    pb::redaction_receipt::Place {
        resource: place.resource,
        field: place.field,
        entity_type: place.entity_type,
        start: place.start,
        end: place.end,
        original_start: place.original_start,
        original_end: place.original_end,
    }
}

pub(in super::super) fn finding(place: Place) -> pb::verify_redaction_response::Finding {
    pb::verify_redaction_response::Finding {
        resource: place.resource,
        field: place.field,
        entity_type: place.entity_type,
    }
}
