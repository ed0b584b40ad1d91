//! What a new store begins with: a customer, a profile, an admin key.

use crate::{
    app::App,
    service::{Call, api_key, lease::Lease, profile},
};
use hansard_domain::{
    Id, Result,
    caller::{Caller, Role},
    directory::{ApiKeyBody, ProfileBody},
    name::CustomerName,
};
use hansard_store::Ticket;
use std::{sync::Arc, time::Duration};

const DEFAULT: &str = "default";
const LANGUAGE: &str = "en-US";
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(100);

/// Makes customer and profile `default` with one admin key, where the store has nothing else yet.
pub(super) async fn ensure(app: &Arc<App>) -> Result<Option<String>> {
    // Of several servers that start at once on an empty store, one prints a key.
    while needs_key(app) {
        if let Some(lease) = Lease::take(&app.store, "first start").await? {
            // With the lease, what another server made before is known.
            let made = if needs_key(app) { make(app).await } else { Ok(None) };
            lease.release().await;
            return made;
        }
        tokio::time::sleep(LOOK_AGAIN_AFTER).await;
    }
    Ok(None)
}

/// A start that was cut off is taken up where it ended: only a store without any key gets one.
fn needs_key(app: &App) -> bool {
    let tenancy = app.store.tenancy();
    let others = tenancy.customers().into_iter().any(|(id, _)| id.as_str() != DEFAULT);
    !others && tenancy.api_keys(&Id::known(DEFAULT)).is_empty()
}

async fn make(app: &Arc<App>) -> Result<Option<String>> {
    let (tenancy, customer) = (app.store.tenancy(), CustomerName(Id::known(DEFAULT)));
    let (store, id) = (Arc::clone(app), customer.0.clone());
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
