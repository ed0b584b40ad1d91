//! Whole conversations in and out.

use super::{Streaming, streaming};
use crate::{
    app::App,
    dialect::service::{
        from_proto::{self, names},
        to_proto,
    },
    service::{
        Call,
        archive::{self, Imported},
    },
};
use hansard_domain::{Result, redact::Redactor};
use hansard_proto::v1 as pb;
use std::sync::Arc;

pub(super) async fn import_conversations(
    app: &Arc<App>,
    call: &Call,
    given: pb::ImportConversationsRequest,
) -> Result<pb::ImportConversationsResponse> {
    let parent = names::profile("parent", &given.parent)?;
    let archives = &given.conversations;
    let flags =
        |index: usize| from_proto::conversation::flags(archives[index].feature_override.as_ref(), false);
    let draft = |index: usize, redactor: &Redactor| {
        from_proto::archive::incoming(archives[index].clone(), &parent, redactor)
    };
    let outcomes = archive::import(app, call, &parent, archives.len(), flags, draft).await?;
    let results = archives.iter().zip(outcomes);
    let results = results.map(|(archive, outcome)| import_result(archive, &parent, &outcome));
    Ok(pb::ImportConversationsResponse { results: results.collect() })
}

pub(super) async fn export_conversations(
    app: &Arc<App>,
    call: &Call,
    given: pb::ExportConversationsRequest,
) -> Result<Streaming<pb::ConversationArchive>> {
    let parent = names::profile("parent", &given.parent)?;
    let filter = from_proto::filter::optional(given.filter, &given.filter_text, &parent)?;
    let archives = archive::export(app, call, parent, filter).await?;
    Ok(streaming(archives, to_proto::archive))
}

fn import_result(
    archive: &pb::ConversationArchive,
    parent: &hansard_domain::name::ProfileName,
    outcome: &Imported,
) -> pb::import_conversations_response::Result {
    use pb::import_conversations_response::Outcome;
    let given =
        archive.conversation.as_ref().map(|conversation| conversation.name.as_str()).unwrap_or_default();
    let name =
        names::conversation("name", given).map(|name| parent.conversation(name.conversation).to_string());
    let (outcome, reason) = match outcome {
        Imported::Created => (Outcome::Created, String::new()),
        Imported::AlreadyExists => (Outcome::AlreadyExists, String::new()),
        Imported::Refused(error) => (Outcome::Refused, error.message().to_owned()),
    };
    pb::import_conversations_response::Result {
        conversation: name.unwrap_or_else(|_| given.to_owned()),
        outcome: outcome.into(),
        reason,
    }
}
