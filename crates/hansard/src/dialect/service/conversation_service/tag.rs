//! Tags on conversations.

use crate::{
    app::App,
    dialect::service::{from_proto::names, to_proto},
    service::{Call, tag},
};
use hansard_domain::{Error, Id, Result, name::Collection};
use hansard_proto::v1 as pb;
use std::sync::Arc;

pub(super) async fn list_conversation_tags(
    app: &Arc<App>,
    call: &Call,
    given: pb::ListConversationTagsRequest,
) -> Result<pb::ListConversationTagsResponse> {
    let parent = names::conversation("parent", &given.parent)?;
    let owner = hansard_domain::name::Parent::Profile(parent.profile.clone());
    let tags = tag::list(app, call, parent).await?;
    let tags = tags.into_iter().map(|tag| to_proto::tag(&owner, tag)).collect();
    Ok(pb::ListConversationTagsResponse { tags })
}

pub(super) async fn add_conversation_tag(
    app: &Arc<App>,
    call: &Call,
    given: pb::AddConversationTagRequest,
) -> Result<pb::AddConversationTagResponse> {
    let parent = names::conversation("parent", &given.parent)?;
    let name = names::entry("tag", &given.tag, Collection::Tag)?;
    if name.parent.profile() != Some(&parent.profile) {
        return Err(Error::invalid("tag", format!("must be a tag of {}", parent.profile)));
    }
    tag::add(app, call, parent, name.id).await?;
    Ok(pb::AddConversationTagResponse {})
}

pub(super) async fn delete_conversation_tag(
    app: &Arc<App>,
    call: &Call,
    given: pb::DeleteConversationTagRequest,
) -> Result<pb::DeleteConversationTagResponse> {
    let parent = names::conversation("parent", &given.parent)?;
    let tag = Id::parse("tagId", &given.tag_id)?;
    tag::delete(app, call, parent, tag).await?;
    Ok(pb::DeleteConversationTagResponse {})
}

pub(super) async fn add_conversation_star_tag(
    app: &Arc<App>,
    call: &Call,
    given: pb::AddConversationStarTagRequest,
) -> Result<pb::AddConversationStarTagResponse> {
    let parent = names::conversation("parent", &given.parent)?;
    tag::add_star(app, call, parent).await?;
    Ok(pb::AddConversationStarTagResponse {})
}
