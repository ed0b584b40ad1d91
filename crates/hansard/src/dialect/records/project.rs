//! Which project a request is about: the one that it names, or the only one that its key sees.

use hansard_domain::{
    Error, Id, Result,
    caller::Caller,
    name::{ConversationName, ProfileName},
};

use crate::app::App;
use hansard_store::tenancy::Tenancy;

/// What a request says of where it belongs.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Named<'r> {
    pub(super) organization: Option<&'r str>,
    pub(super) project: Option<&'r str>,
}

/// The only project that a key sees; none where it sees several.
pub(super) async fn only_one(app: &App, caller: &Caller) -> Result<Option<Id>> {
    let only = |tenancy: &Tenancy| {
        let known = tenancy.profiles(caller.customer()).into_iter();
        let mut seen = known.filter(|known| caller.reaches(&known.name.profile));
        let first = seen.next()?.name.profile.clone();
        seen.next().is_none().then_some(first)
    };
    app.store.find_tenant(only).await
}

/// The profile of a request. A foreign one is not told from one that is not there.
pub(super) async fn profile(app: &App, caller: &Caller, named: Named<'_>) -> Result<ProfileName> {
    let project = match named.project {
        Some(project) => project.to_owned(),
        None => match only_one(app, caller).await? {
            Some(project) => project.to_string(),
            None => {
                return Err(Error::invalid("project_id", "is required: the key does not see exactly one"));
            }
        },
    };
    let organization = named.organization.unwrap_or(caller.customer().as_str());
    let absent = || Error::not_found(format!("customers/{organization}/profiles/{project}"));
    if organization != caller.customer().as_str() {
        return Err(absent());
    }
    let profile = Id::parse("project_id", &project).map_err(|_| absent())?;
    Ok(ProfileName { customer: caller.customer().clone(), profile })
}

/// The conversation of a request.
pub(super) fn conversation(profile: &ProfileName, field: &str, id: &str) -> Result<ConversationName> {
    Ok(profile.conversation(Id::parse(field, id)?))
}
