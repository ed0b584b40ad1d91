//! What a new store begins with: a customer, a profile, an admin key.

use crate::{
    app::App,
    service::{Call, api_key, profile},
};
use hansard_domain::{
    Id, Result,
    caller::{Caller, Role},
    directory::{ApiKeyBody, ProfileBody},
    name::CustomerName,
};
use hansard_store::Ticket;

const DEFAULT: &str = "default";
const LANGUAGE: &str = "en-US";

/// Makes customer and profile `default` with one admin key, where the store has nothing else yet.
pub(super) async fn ensure(app: &std::sync::Arc<App>) -> Result<Option<String>> {
    let tenancy = app.store.tenancy();
    let others = tenancy.customers().into_iter().any(|(id, _)| id.as_str() != DEFAULT);
    let customer = CustomerName(Id::known(DEFAULT));
    // A start that was cut off is taken up where it ended: only a store without any key gets one.
    if others || !tenancy.api_keys(&customer.0).is_empty() {
        return Ok(None);
    }
    let (store, id) = (std::sync::Arc::clone(app), customer.0.clone());
    tokio::task::spawn_blocking(move || store.store.ensure_customer(&id))
        .await
        .map_err(hansard_domain::Error::internal)??;
    let call = Call {
        caller: Caller::command_line(customer.0.clone()),
        ticket: Ticket { request_id: "first start".into(), idempotency: None },
    };
    let body = ProfileBody { language_codes: vec![LANGUAGE.to_owned()], ..ProfileBody::default() };
    if tenancy.profiles(&customer.0).is_empty() {
        profile::create(app, &call, &customer, Id::known(DEFAULT), body).await?;
    }
    let body =
        ApiKeyBody { role: Role::Admin, display_name: "First key".to_owned(), ..ApiKeyBody::default() };
    Ok(api_key::create(app, &call, &customer, body).await?.secret)
}
