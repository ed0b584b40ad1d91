//! The standard methods of scorecards.

use super::{Listing, Standard};
use crate::{
    app::App,
    dialect::service::{
        from_proto::{annotation as from_proto, mask, names},
        to_proto,
    },
    service::{Call, scorecard},
};
use hansard_domain::{
    Error, Id, Result,
    name::{Collection, EntryName, ProfileName},
    redact::Redactor,
    scorecard::ScorecardPatch,
};
use hansard_proto::v1 as pb;
use prost_types::FieldMask;

fn patch(given: &pb::Scorecard, parent: &ProfileName, redactor: &Redactor) -> Result<ScorecardPatch> {
    from_proto::scorecard_patch(given, parent, redactor).map_err(|error| error.within("scorecard"))
}

fn is_set(given: &pb::Scorecard, path: &str) -> bool {
    match path {
        "scores" => !given.scores.is_empty(),
        "status" => given.status != 0,
        "reference_scorecard" => !given.reference_scorecard.is_empty(),
        _ => given.calibration_status != 0,
    }
}

fn parse(field: &str, name: &str) -> Result<(ProfileName, EntryName)> {
    let name = names::entry(field, name, Collection::Scorecard)?;
    let profile = name.parent.profile().cloned();
    Ok((profile.ok_or_else(|| Error::invalid(field, "must be of a profile"))?, name))
}

impl Standard for pb::Scorecard {
    async fn get(app: &App, call: &Call, name: &str) -> Result<Self> {
        let name = names::entry("name", name, Collection::Scorecard)?;
        scorecard::get(app, call, &name).await.map(to_proto::scorecard)
    }

    async fn list(app: &App, call: &Call, listing: Listing) -> Result<(Vec<Self>, String)> {
        let parent = names::profile("parent", &listing.parent)?;
        let conversation = match listing.conversation.as_str() {
            "" => None,
            text => Some(names::conversation("conversation", text)?),
        };
        if conversation.as_ref().is_some_and(|name| name.profile != parent) {
            return Err(Error::invalid("conversation", format!("must be of {parent}")));
        }
        let page = scorecard::list(app, call, &parent, conversation, listing.page).await?;
        Ok((page.items.into_iter().map(to_proto::scorecard).collect(), page.next_page_token))
    }

    async fn create(app: &App, call: &Call, parent: &str, id: &str, given: Self) -> Result<Self> {
        let parent = names::profile("parent", parent)?;
        let id = if id.is_empty() { None } else { Some(Id::parse("scorecardId", id)?) };
        let new = from_proto::new_scorecard(&given, &parent, id)?;
        let draft = |redactor: &Redactor| patch(&given, &parent, redactor);
        scorecard::create(app, call, new, draft).await.map(to_proto::scorecard)
    }

    async fn update(app: &App, call: &Call, given: Self, mask: Option<FieldMask>) -> Result<Self> {
        let (parent, name) = parse("scorecard.name", &given.name)?;
        let paths = mask::paths(mask, ScorecardPatch::PATHS, |path| is_set(&given, path))?;
        let draft = |redactor: &Redactor| patch(&given, &parent, redactor)?.only(&paths);
        scorecard::update(app, call, &name, draft, given.etag.clone()).await.map(to_proto::scorecard)
    }

    async fn delete(app: &App, call: &Call, name: &str, etag: String) -> Result<()> {
        let name = names::entry("name", name, Collection::Scorecard)?;
        scorecard::delete(app, call, &name, etag).await
    }
}
