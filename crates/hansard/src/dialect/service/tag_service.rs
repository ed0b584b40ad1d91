//! `hansard.v1.TagService`: the tags and moments of a profile.

use super::{
    Server,
    call::{answer, call, status},
    from_proto::{directory, mask, names},
    to_proto,
};
use crate::service::entry;
use hansard_domain::{Error, Result, name::Collection};
use hansard_proto::v1::{self as pb, tag_service_server::TagService};
use tonic::{Request, Response, Status};

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl TagService for Server {
    async fn get_tag(&self, request: Request<pb::GetTagRequest>) -> Answer<pb::Tag> {
        answer!(self, "GetTag", request, |call, given| {
            let (parent, entry) = self.get_entry(&call, &given.name, Collection::Tag).await?;
            Ok(to_proto::tag(&parent, entry))
        })
    }

    async fn list_tags(&self, request: Request<pb::ListTagsRequest>) -> Answer<pb::ListTagsResponse> {
        answer!(self, "ListTags", request, |call, given| {
            let page = (given.page_size, given.page_token);
            let (parent, page) = self.list_entries(&call, &given.parent, Collection::Tag, page).await?;
            Ok(pb::ListTagsResponse {
                tags: page.items.into_iter().map(|entry| to_proto::tag(&parent, entry)).collect(),
                next_page_token: page.next_page_token,
            })
        })
    }

    async fn create_tag(&self, request: Request<pb::CreateTagRequest>) -> Answer<pb::Tag> {
        answer!(self, "CreateTag", request, |call, given| {
            let name = names::new_entry(&given.parent, "tagId", &given.tag_id, Collection::Tag)?;
            let tag = given.tag.unwrap_or_default();
            let body = directory::tag(&tag);
            let entry = entry::create(&self.app, &call, &name, body).await?;
            Ok(to_proto::tag(&name.parent, entry))
        })
    }

    async fn update_tag(&self, request: Request<pb::UpdateTagRequest>) -> Answer<pb::Tag> {
        answer!(self, "UpdateTag", request, |call, given| {
            let tag = given.tag.unwrap_or_default();
            let name = names::entry("tag.name", &tag.name, Collection::Tag)?;
            let body = directory::tag(&tag);
            let paths = mask::paths(given.update_mask, ["display_name", "color"], |path| match path {
                "color" => !tag.color.is_empty(),
                _ => !tag.display_name.is_empty(),
            })?;
            let entry = entry::update(&self.app, &call, &name, body, (paths, tag.etag)).await?;
            Ok(to_proto::tag(&name.parent, entry))
        })
    }

    async fn delete_tag(&self, request: Request<pb::DeleteTagRequest>) -> Answer<pb::DeleteTagResponse> {
        answer!(self, "DeleteTag", request, |call, given| {
            let name = names::entry("name", &given.name, Collection::Tag)?;
            entry::delete(&self.app, &call, &name, &given.etag, given.force).await?;
            Ok(pb::DeleteTagResponse {})
        })
    }

    async fn get_moment(&self, request: Request<pb::GetMomentRequest>) -> Answer<pb::Moment> {
        answer!(self, "GetMoment", request, |call, given| {
            let (parent, entry) = self.get_entry(&call, &given.name, Collection::Moment).await?;
            Ok(to_proto::moment(&parent, entry))
        })
    }

    async fn list_moments(
        &self,
        request: Request<pb::ListMomentsRequest>,
    ) -> Answer<pb::ListMomentsResponse> {
        answer!(self, "ListMoments", request, |call, given| {
            let page = (given.page_size, given.page_token);
            let (parent, page) = self.list_entries(&call, &given.parent, Collection::Moment, page).await?;
            Ok(pb::ListMomentsResponse {
                moments: page.items.into_iter().map(|entry| to_proto::moment(&parent, entry)).collect(),
                next_page_token: page.next_page_token,
            })
        })
    }

    async fn create_moment(&self, request: Request<pb::CreateMomentRequest>) -> Answer<pb::Moment> {
        answer!(self, "CreateMoment", request, |call, given| {
            let name = names::new_entry(&given.parent, "momentId", &given.moment_id, Collection::Moment)?;
            let moment = given.moment.unwrap_or_default();
            let body = directory::moment(&moment)?;
            let entry = entry::create(&self.app, &call, &name, body).await?;
            Ok(to_proto::moment(&name.parent, entry))
        })
    }

    async fn update_moment(&self, request: Request<pb::UpdateMomentRequest>) -> Answer<pb::Moment> {
        answer!(self, "UpdateMoment", request, |call, given| {
            let moment = given.moment.unwrap_or_default();
            let name = names::entry("moment.name", &moment.name, Collection::Moment)?;
            let body = directory::moment(&moment)?;
            let paths = mask::paths(given.update_mask, ["display_name", "type"], |path| match path {
                "type" => moment.r#type != 0,
                _ => !moment.display_name.is_empty(),
            })?;
            let entry = entry::update(&self.app, &call, &name, body, (paths, moment.etag)).await?;
            Ok(to_proto::moment(&name.parent, entry))
        })
    }

    async fn delete_moment(
        &self,
        request: Request<pb::DeleteMomentRequest>,
    ) -> Answer<pb::DeleteMomentResponse> {
        answer!(self, "DeleteMoment", request, |call, given| {
            let name = names::entry("name", &given.name, Collection::Moment)?;
            entry::delete(&self.app, &call, &name, &given.etag, false).await?;
            Ok(pb::DeleteMomentResponse {})
        })
    }
}
