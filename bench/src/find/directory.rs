//! The users, teams, groups and tags that the data refers to, and their creation on a running server.

use futures::future::try_join_all;
use serde_json::{Value, json};

use super::tenant::{Tenant, Tenants};
use crate::{
    http::{Http, Post, Target},
    load::block_on,
};

pub(crate) const USERS: u32 = 200;
const TEAMS: u32 = 12;
const GROUPS: u32 = 10;
/// One in so many users is a dev user, none of the busiest.
const DEV_USERS: u32 = 33;

pub(crate) fn user(tenant: Tenant, number: u32) -> String {
    format!("{}/users/user-{number}", tenant.customer())
}

pub(crate) fn is_dev_user(user: u32) -> bool {
    user % DEV_USERS == DEV_USERS - 1
}

/// The team of a user.
pub(crate) fn team(tenant: Tenant, user: u32) -> String {
    format!("{}/teams/team-{}", tenant.customer(), user % TEAMS)
}

/// One of the groups of a user; each has one, some a second.
pub(crate) fn group(tenant: Tenant, user: u32) -> String {
    group_named(tenant, user % GROUPS)
}

pub(crate) fn tag(tenant: Tenant, number: u32) -> String {
    format!("{}/tags/tag-{number}", tenant.profile())
}

pub(crate) fn virtual_agent(tenant: Tenant, number: u32) -> String {
    format!("{}/virtualAgents/virtual-{number}", tenant.profile())
}

fn group_named(tenant: Tenant, number: u32) -> String {
    format!("{}/groups/group-{number}", tenant.customer())
}

/// Makes teams, groups and users, each tenant's beside those of the others. Tags come with the conversations.
pub(crate) fn create(target: &Target, tenants: &Tenants, keys: &[String]) -> anyhow::Result<()> {
    block_on(async {
        let each = tenants.list().iter().zip(keys).map(|(tenant, key)| create_one(target, *tenant, key));
        try_join_all(each).await.map(drop)
    })
}

async fn create_one(target: &Target, tenant: Tenant, key: &str) -> anyhow::Result<()> {
    let mut http = Http::connect(target).await?;
    http.act_as(key);
    for number in 0..TEAMS {
        add(&mut http, tenant, "team", number, &json!({"displayName": format!("Team {number}")})).await?;
    }
    for number in 0..GROUPS {
        add(&mut http, tenant, "group", number, &json!({"displayName": format!("Group {number}")})).await?;
    }
    for number in 0..USERS {
        let mut groups = vec![group(tenant, number)];
        if number % 3 == 0 {
            groups.push(group_named(tenant, (number + 1) % GROUPS));
        }
        let user = json!({
            "displayName": format!("User {number}"),
            "team": team(tenant, number),
            "groups": groups,
            "isDevUser": is_dev_user(number),
        });
        add(&mut http, tenant, "user", number, &user).await?;
    }
    Ok(())
}

async fn add(http: &mut Http, tenant: Tenant, kind: &str, number: u32, entry: &Value) -> anyhow::Result<()> {
    let path = format!("/v1/{}/{kind}s?{kind}Id={kind}-{number}", tenant.customer());
    http.post(Post { path, body: entry.to_string(), idempotency_key: None }).await.map(drop)
}
