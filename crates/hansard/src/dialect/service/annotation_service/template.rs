//! The standard methods of scorecard templates.

use super::{Listing, Standard};
use crate::{
    app::App,
    dialect::service::{
        from_proto::{annotation as from_proto, mask, names},
        to_proto,
    },
    service::{Call, scorecard_template},
};
use hansard_domain::{Result, scorecard::TemplateName};
use hansard_proto::v1 as pb;
use prost_types::FieldMask;

impl Standard for pb::ScorecardTemplate {
    async fn get(app: &App, call: &Call, name: &str) -> Result<Self> {
        let name = TemplateName::parse("name", name)?;
        let template = scorecard_template::get(app, call, name.clone()).await?;
        Ok(to_proto::scorecard_template(&name.profile, template))
    }

    async fn list(app: &App, call: &Call, listing: Listing) -> Result<(Vec<Self>, String)> {
        let parent = names::profile("parent", &listing.parent)?;
        let page = scorecard_template::list(app, call, &parent, listing.page).await?;
        let to_message = |template| to_proto::scorecard_template(&parent, template);
        Ok((page.items.into_iter().map(to_message).collect(), page.next_page_token))
    }

    async fn create(app: &App, call: &Call, parent: &str, id: &str, given: Self) -> Result<Self> {
        let parent = names::profile("parent", parent)?;
        let id = TemplateName::parse_id("scorecardTemplateId", id)?;
        let body = from_proto::scorecard_template(&given);
        let template = scorecard_template::create(app, call, (&parent, id), body).await?;
        Ok(to_proto::scorecard_template(&parent, template))
    }

    async fn update(app: &App, call: &Call, given: Self, mask: Option<FieldMask>) -> Result<Self> {
        let name = TemplateName::parse("scorecardTemplate.name", &given.name)?;
        let values = from_proto::scorecard_template(&given);
        let paths = mask::paths(mask, ["display_name", "criteria"], |path| match path {
            "criteria" => !values.criteria.is_empty(),
            _ => !values.display_name.is_empty(),
        })?;
        let profile = name.profile.clone();
        let template = scorecard_template::update(app, call, name, values, (paths, given.etag)).await?;
        Ok(to_proto::scorecard_template(&profile, template))
    }

    async fn delete(app: &App, call: &Call, name: &str, etag: String) -> Result<()> {
        scorecard_template::delete(app, call, TemplateName::parse("name", name)?, etag).await
    }
}
