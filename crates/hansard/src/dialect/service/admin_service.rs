//! `hansard.v1.AdminService`: customers, profiles, the directory, API keys, the audit trail.

use super::{
    Server,
    call::{answer, call, status},
    from_proto::{self, directory, mask, names},
    to_proto,
};
use crate::service::{api_key, api_key::Issued, audit, customer, entry, profile, retention};
use hansard_domain::{
    Error, Id, Result,
    name::{Collection, CustomerName, EntryName},
};
use hansard_proto::v1::{self as pb, admin_service_server::AdminService};
use tonic::{Request, Response, Status};

type Answer<T> = Result<Response<T>, Status>;

fn new_id(field: &str, id: &str) -> Result<Id> {
    if id.is_empty() { Err(Error::missing(field)) } else { Id::parse(field, id) }
}

fn key_name(field: &str, name: &str) -> Result<EntryName> {
    names::entry(field, name, Collection::ApiKey)
}

#[tonic::async_trait]
impl AdminService for Server {
    async fn get_customer(&self, request: Request<pb::GetCustomerRequest>) -> Answer<pb::Customer> {
        answer!(self, "GetCustomer", request, |call, given| {
            let name = names::customer("name", &given.name)?;
            customer::get(&self.app, &call, &name).await.map(to_proto::customer)
        })
    }

    async fn list_customers(
        &self,
        request: Request<pb::ListCustomersRequest>,
    ) -> Answer<pb::ListCustomersResponse> {
        answer!(self, "ListCustomers", request, |call, given| {
            let page = customer::list(&self.app, &call, given.page_size, &given.page_token).await?;
            Ok(pb::ListCustomersResponse {
                customers: page.items.into_iter().map(to_proto::customer).collect(),
                next_page_token: page.next_page_token,
            })
        })
    }

    async fn create_customer(&self, request: Request<pb::CreateCustomerRequest>) -> Answer<pb::Customer> {
        answer!(self, "CreateCustomer", request, |call, given| {
            let id = new_id("customerId", &given.customer_id)?;
            let body = directory::customer(given.customer.unwrap_or_default());
            customer::create(&self.app, &call, id, body).await.map(to_proto::customer)
        })
    }

    async fn update_customer(&self, request: Request<pb::UpdateCustomerRequest>) -> Answer<pb::Customer> {
        answer!(self, "UpdateCustomer", request, |call, given| {
            let customer = given.customer.unwrap_or_default();
            let name = names::customer("customer.name", &customer.name)?;
            let paths =
                mask::paths(given.update_mask, ["display_name"], |_| !customer.display_name.is_empty())?;
            let mask = (paths, customer.etag.clone());
            let body = directory::customer(customer);
            customer::update(&self.app, &call, &name, body, mask).await.map(to_proto::customer)
        })
    }

    async fn delete_customer(
        &self,
        request: Request<pb::DeleteCustomerRequest>,
    ) -> Answer<pb::DeleteCustomerResponse> {
        answer!(self, "DeleteCustomer", request, |call, given| {
            let name = names::customer("name", &given.name)?;
            customer::delete(&self.app, &call, &name, &given.etag).await?;
            Ok(pb::DeleteCustomerResponse {})
        })
    }

    async fn get_profile(&self, request: Request<pb::GetProfileRequest>) -> Answer<pb::Profile> {
        answer!(self, "GetProfile", request, |call, given| {
            let name = names::profile("name", &given.name)?;
            profile::get(&self.app, &call, &name).await.map(to_proto::profile)
        })
    }

    async fn list_profiles(
        &self,
        request: Request<pb::ListProfilesRequest>,
    ) -> Answer<pb::ListProfilesResponse> {
        answer!(self, "ListProfiles", request, |call, given| {
            let parent = names::customer("parent", &given.parent)?;
            let page = profile::list(&self.app, &call, &parent, given.page_size, &given.page_token).await?;
            Ok(pb::ListProfilesResponse {
                profiles: page.items.into_iter().map(to_proto::profile).collect(),
                next_page_token: page.next_page_token,
            })
        })
    }

    async fn create_profile(&self, request: Request<pb::CreateProfileRequest>) -> Answer<pb::Profile> {
        answer!(self, "CreateProfile", request, |call, given| {
            let parent = names::customer("parent", &given.parent)?;
            let id = new_id("profileId", &given.profile_id)?;
            let body = directory::profile(given.profile.unwrap_or_default())?;
            profile::create(&self.app, &call, &parent, id, body).await.map(to_proto::profile)
        })
    }

    async fn update_profile(&self, request: Request<pb::UpdateProfileRequest>) -> Answer<pb::Profile> {
        answer!(self, "UpdateProfile", request, |call, given| {
            let profile = given.profile.unwrap_or_default();
            let name = names::profile("profile.name", &profile.name)?;
            let is_set = |path: &str| directory::profile_sets(&profile, path);
            let paths = mask::paths(given.update_mask, directory::PROFILE_PATHS, is_set)?;
            let mask = (paths, profile.etag.clone());
            let body = directory::profile(profile)?;
            profile::update(&self.app, &call, &name, body, mask).await.map(to_proto::profile)
        })
    }

    async fn delete_profile(
        &self,
        request: Request<pb::DeleteProfileRequest>,
    ) -> Answer<pb::DeleteProfileResponse> {
        answer!(self, "DeleteProfile", request, |call, given| {
            let name = names::profile("name", &given.name)?;
            profile::delete(&self.app, &call, &name, &given.etag).await?;
            Ok(pb::DeleteProfileResponse {})
        })
    }

    async fn get_user(&self, request: Request<pb::GetUserRequest>) -> Answer<pb::User> {
        answer!(self, "GetUser", request, |call, given| {
            let (parent, entry) = self.get_entry(&call, &given.name, Collection::User).await?;
            Ok(to_proto::user(&parent, entry))
        })
    }

    async fn list_users(&self, request: Request<pb::ListUsersRequest>) -> Answer<pb::ListUsersResponse> {
        answer!(self, "ListUsers", request, |call, given| {
            let page = (given.page_size, given.page_token);
            let (parent, page) = self.list_entries(&call, &given.parent, Collection::User, page).await?;
            Ok(pb::ListUsersResponse {
                users: page.items.into_iter().map(|entry| to_proto::user(&parent, entry)).collect(),
                next_page_token: page.next_page_token,
            })
        })
    }

    async fn create_user(&self, request: Request<pb::CreateUserRequest>) -> Answer<pb::User> {
        answer!(self, "CreateUser", request, |call, given| {
            let name = names::new_entry(&given.parent, "userId", &given.user_id, Collection::User)?;
            let user = given.user.unwrap_or_default();
            let body = directory::user(&user, name.customer())?;
            let entry = entry::create(&self.app, &call, &name, body).await?;
            Ok(to_proto::user(&name.parent, entry))
        })
    }

    async fn update_user(&self, request: Request<pb::UpdateUserRequest>) -> Answer<pb::User> {
        answer!(self, "UpdateUser", request, |call, given| {
            let user = given.user.unwrap_or_default();
            let name = names::entry("user.name", &user.name, Collection::User)?;
            let body = directory::user(&user, name.customer())?;
            let paths = mask::paths(
                given.update_mask,
                ["display_name", "email", "team", "groups", "is_dev_user"],
                |path| match path {
                    "email" => !user.email.is_empty(),
                    "team" => !user.team.is_empty(),
                    "groups" => !user.groups.is_empty(),
                    "is_dev_user" => user.is_dev_user,
                    _ => !user.display_name.is_empty(),
                },
            )?;
            let entry = entry::update(&self.app, &call, &name, body, (paths, user.etag)).await?;
            Ok(to_proto::user(&name.parent, entry))
        })
    }

    async fn delete_user(&self, request: Request<pb::DeleteUserRequest>) -> Answer<pb::DeleteUserResponse> {
        answer!(self, "DeleteUser", request, |call, given| {
            let name = names::entry("name", &given.name, Collection::User)?;
            entry::delete(&self.app, &call, &name, &given.etag, false).await?;
            Ok(pb::DeleteUserResponse {})
        })
    }

    async fn get_team(&self, request: Request<pb::GetTeamRequest>) -> Answer<pb::Team> {
        answer!(self, "GetTeam", request, |call, given| {
            let (parent, entry) = self.get_entry(&call, &given.name, Collection::Team).await?;
            Ok(to_proto::team(&parent, entry))
        })
    }

    async fn list_teams(&self, request: Request<pb::ListTeamsRequest>) -> Answer<pb::ListTeamsResponse> {
        answer!(self, "ListTeams", request, |call, given| {
            let page = (given.page_size, given.page_token);
            let (parent, page) = self.list_entries(&call, &given.parent, Collection::Team, page).await?;
            Ok(pb::ListTeamsResponse {
                teams: page.items.into_iter().map(|entry| to_proto::team(&parent, entry)).collect(),
                next_page_token: page.next_page_token,
            })
        })
    }

    async fn create_team(&self, request: Request<pb::CreateTeamRequest>) -> Answer<pb::Team> {
        answer!(self, "CreateTeam", request, |call, given| {
            let name = names::new_entry(&given.parent, "teamId", &given.team_id, Collection::Team)?;
            let team = given.team.unwrap_or_default();
            let body = directory::named(&team.display_name);
            let entry = entry::create(&self.app, &call, &name, body).await?;
            Ok(to_proto::team(&name.parent, entry))
        })
    }

    async fn update_team(&self, request: Request<pb::UpdateTeamRequest>) -> Answer<pb::Team> {
        answer!(self, "UpdateTeam", request, |call, given| {
            let team = given.team.unwrap_or_default();
            let name = names::entry("team.name", &team.name, Collection::Team)?;
            let body = directory::named(&team.display_name);
            let paths = mask::paths(given.update_mask, ["display_name"], |_| !team.display_name.is_empty())?;
            let entry = entry::update(&self.app, &call, &name, body, (paths, team.etag)).await?;
            Ok(to_proto::team(&name.parent, entry))
        })
    }

    async fn delete_team(&self, request: Request<pb::DeleteTeamRequest>) -> Answer<pb::DeleteTeamResponse> {
        answer!(self, "DeleteTeam", request, |call, given| {
            let name = names::entry("name", &given.name, Collection::Team)?;
            entry::delete(&self.app, &call, &name, &given.etag, false).await?;
            Ok(pb::DeleteTeamResponse {})
        })
    }

    async fn get_group(&self, request: Request<pb::GetGroupRequest>) -> Answer<pb::Group> {
        answer!(self, "GetGroup", request, |call, given| {
            let (parent, entry) = self.get_entry(&call, &given.name, Collection::Group).await?;
            Ok(to_proto::group(&parent, entry))
        })
    }

    async fn list_groups(&self, request: Request<pb::ListGroupsRequest>) -> Answer<pb::ListGroupsResponse> {
        answer!(self, "ListGroups", request, |call, given| {
            let page = (given.page_size, given.page_token);
            let (parent, page) = self.list_entries(&call, &given.parent, Collection::Group, page).await?;
            Ok(pb::ListGroupsResponse {
                groups: page.items.into_iter().map(|entry| to_proto::group(&parent, entry)).collect(),
                next_page_token: page.next_page_token,
            })
        })
    }

    async fn create_group(&self, request: Request<pb::CreateGroupRequest>) -> Answer<pb::Group> {
        answer!(self, "CreateGroup", request, |call, given| {
            let name = names::new_entry(&given.parent, "groupId", &given.group_id, Collection::Group)?;
            let group = given.group.unwrap_or_default();
            let body = directory::named(&group.display_name);
            let entry = entry::create(&self.app, &call, &name, body).await?;
            Ok(to_proto::group(&name.parent, entry))
        })
    }

    async fn update_group(&self, request: Request<pb::UpdateGroupRequest>) -> Answer<pb::Group> {
        answer!(self, "UpdateGroup", request, |call, given| {
            let group = given.group.unwrap_or_default();
            let name = names::entry("group.name", &group.name, Collection::Group)?;
            let body = directory::named(&group.display_name);
            let paths = mask::paths(given.update_mask, ["display_name"], |_| !group.display_name.is_empty())?;
            let entry = entry::update(&self.app, &call, &name, body, (paths, group.etag)).await?;
            Ok(to_proto::group(&name.parent, entry))
        })
    }

    async fn delete_group(
        &self,
        request: Request<pb::DeleteGroupRequest>,
    ) -> Answer<pb::DeleteGroupResponse> {
        answer!(self, "DeleteGroup", request, |call, given| {
            let name = names::entry("name", &given.name, Collection::Group)?;
            entry::delete(&self.app, &call, &name, &given.etag, false).await?;
            Ok(pb::DeleteGroupResponse {})
        })
    }

    async fn get_usecase(&self, request: Request<pb::GetUsecaseRequest>) -> Answer<pb::Usecase> {
        answer!(self, "GetUsecase", request, |call, given| {
            let (parent, entry) = self.get_entry(&call, &given.name, Collection::Usecase).await?;
            Ok(to_proto::usecase(&parent, entry))
        })
    }

    async fn list_usecases(
        &self,
        request: Request<pb::ListUsecasesRequest>,
    ) -> Answer<pb::ListUsecasesResponse> {
        answer!(self, "ListUsecases", request, |call, given| {
            let page = (given.page_size, given.page_token);
            let (parent, page) = self.list_entries(&call, &given.parent, Collection::Usecase, page).await?;
            Ok(pb::ListUsecasesResponse {
                usecases: page.items.into_iter().map(|entry| to_proto::usecase(&parent, entry)).collect(),
                next_page_token: page.next_page_token,
            })
        })
    }

    async fn create_usecase(&self, request: Request<pb::CreateUsecaseRequest>) -> Answer<pb::Usecase> {
        answer!(self, "CreateUsecase", request, |call, given| {
            let name = names::new_entry(&given.parent, "usecaseId", &given.usecase_id, Collection::Usecase)?;
            let usecase = given.usecase.unwrap_or_default();
            let body = directory::named(&usecase.display_name);
            let entry = entry::create(&self.app, &call, &name, body).await?;
            Ok(to_proto::usecase(&name.parent, entry))
        })
    }

    async fn update_usecase(&self, request: Request<pb::UpdateUsecaseRequest>) -> Answer<pb::Usecase> {
        answer!(self, "UpdateUsecase", request, |call, given| {
            let usecase = given.usecase.unwrap_or_default();
            let name = names::entry("usecase.name", &usecase.name, Collection::Usecase)?;
            let body = directory::named(&usecase.display_name);
            let paths =
                mask::paths(given.update_mask, ["display_name"], |_| !usecase.display_name.is_empty())?;
            let entry = entry::update(&self.app, &call, &name, body, (paths, usecase.etag)).await?;
            Ok(to_proto::usecase(&name.parent, entry))
        })
    }

    async fn delete_usecase(
        &self,
        request: Request<pb::DeleteUsecaseRequest>,
    ) -> Answer<pb::DeleteUsecaseResponse> {
        answer!(self, "DeleteUsecase", request, |call, given| {
            let name = names::entry("name", &given.name, Collection::Usecase)?;
            entry::delete(&self.app, &call, &name, &given.etag, false).await?;
            Ok(pb::DeleteUsecaseResponse {})
        })
    }

    async fn get_api_key(&self, request: Request<pb::GetApiKeyRequest>) -> Answer<pb::ApiKey> {
        answer!(self, "GetApiKey", request, |call, given| {
            let api_key = api_key::get(&self.app, &call, &key_name("name", &given.name)?).await?;
            Ok(to_proto::api_key(Issued { api_key, secret: None }))
        })
    }

    async fn list_api_keys(
        &self,
        request: Request<pb::ListApiKeysRequest>,
    ) -> Answer<pb::ListApiKeysResponse> {
        answer!(self, "ListApiKeys", request, |call, given| {
            let parent = names::customer("parent", &given.parent)?;
            let page = api_key::list(&self.app, &call, &parent, given.page_size, &given.page_token).await?;
            let keys = page.items.into_iter().map(|api_key| Issued { api_key, secret: None });
            Ok(pb::ListApiKeysResponse {
                api_keys: keys.map(to_proto::api_key).collect(),
                next_page_token: page.next_page_token,
            })
        })
    }

    async fn create_api_key(&self, request: Request<pb::CreateApiKeyRequest>) -> Answer<pb::ApiKey> {
        answer!(self, "CreateApiKey", request, |call, given| {
            let parent = names::customer("parent", &given.parent)?;
            if !given.api_key_id.is_empty() {
                return Err(Error::invalid("apiKeyId", "is given by the service: leave it out"));
            }
            let body = directory::api_key(&given.api_key.unwrap_or_default(), &parent.0)?;
            api_key::create(&self.app, &call, &parent, body).await.map(to_proto::api_key)
        })
    }

    async fn update_api_key(&self, request: Request<pb::UpdateApiKeyRequest>) -> Answer<pb::ApiKey> {
        answer!(self, "UpdateApiKey", request, |call, given| {
            let key = given.api_key.unwrap_or_default();
            let name = key_name("apiKey.name", &key.name)?;
            let body = directory::api_key(&key, name.customer())?;
            let paths = mask::paths(given.update_mask, ["display_name", "expire_time"], |path| match path {
                "expire_time" => key.expire_time.is_some(),
                _ => !key.display_name.is_empty(),
            })?;
            let api_key = api_key::update(&self.app, &call, &name, body, (paths, key.etag)).await?;
            Ok(to_proto::api_key(Issued { api_key, secret: None }))
        })
    }

    async fn delete_api_key(
        &self,
        request: Request<pb::DeleteApiKeyRequest>,
    ) -> Answer<pb::DeleteApiKeyResponse> {
        answer!(self, "DeleteApiKey", request, |call, given| {
            api_key::delete(&self.app, &call, &key_name("name", &given.name)?, &given.etag).await?;
            Ok(pb::DeleteApiKeyResponse {})
        })
    }

    async fn revoke_api_key(&self, request: Request<pb::RevokeApiKeyRequest>) -> Answer<pb::ApiKey> {
        answer!(self, "RevokeApiKey", request, |call, given| {
            let api_key = api_key::revoke(&self.app, &call, &key_name("name", &given.name)?).await?;
            Ok(to_proto::api_key(Issued { api_key, secret: None }))
        })
    }

    async fn preview_retention(
        &self,
        request: Request<pb::PreviewRetentionRequest>,
    ) -> Answer<pb::PreviewRetentionResponse> {
        answer!(self, "PreviewRetention", request, |call, given| {
            let parent = names::profile("parent", &given.parent)?;
            let tried = given.retention.map(from_proto::retention::policy).transpose();
            let tried = tried.map_err(|error| error.within("retention"))?;
            let found = retention::preview(&self.app, &call, &parent, tried, given.sample_size).await?;
            Ok(to_proto::retention_preview(&parent, found))
        })
    }

    async fn list_audit_entries(
        &self,
        request: Request<pb::ListAuditEntriesRequest>,
    ) -> Answer<pb::ListAuditEntriesResponse> {
        answer!(self, "ListAuditEntries", request, |call, given| {
            let parent = CustomerName::parse("parent", &given.parent)?;
            let page = audit::list(&self.app, &call, &parent, (given.page_size, given.page_token)).await?;
            Ok(pb::ListAuditEntriesResponse {
                audit_entries: page
                    .items
                    .into_iter()
                    .map(|entry| to_proto::audit_entry(&parent, entry))
                    .collect(),
                next_page_token: page.next_page_token,
            })
        })
    }
}
