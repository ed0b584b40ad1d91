//! The change log, in pages and as a stream.

use super::{Streaming, streaming};
use crate::{
    app::App,
    dialect::service::{
        from_proto::{self, names},
        to_proto,
    },
    service::{Call, change},
};
use hansard_domain::Result;
use hansard_proto::v1 as pb;
use std::sync::Arc;

pub(super) async fn list_changes(
    app: &Arc<App>,
    call: &Call,
    given: pb::ListChangesRequest,
) -> Result<pb::ListChangesResponse> {
    let parent = names::profile("parent", &given.parent)?;
    let filter = from_proto::filter::optional(given.filter, &given.filter_text, &parent)?;
    let (changes, next) = change::list(app, call, parent, &given.cursor, filter, given.page_size).await?;
    let changes = changes.iter().map(to_proto::change).collect();
    Ok(pb::ListChangesResponse { changes, next_cursor: next.to_string() })
}

pub(super) async fn watch_changes(
    app: &Arc<App>,
    call: &Call,
    given: pb::WatchChangesRequest,
) -> Result<Streaming<pb::Change>> {
    let parent = names::profile("parent", &given.parent)?;
    let filter = from_proto::filter::optional(given.filter, &given.filter_text, &parent)?;
    let changes = change::watch(app, call, &parent, &given.cursor, filter).await?;
    Ok(streaming(changes, |change| to_proto::change(&change)))
}
