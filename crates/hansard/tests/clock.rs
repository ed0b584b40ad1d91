//! Ends of API keys under steps of the system clock.
#![allow(clippy::unwrap_used)]

use std::{sync::Arc, time::Duration};

use hansard::{
    app::App,
    auth,
    service::{Call, api_key},
};
use hansard_domain::{
    Id, Span,
    caller::{Caller, Role},
    directory::ApiKeyBody,
    name::CustomerName,
};
use hansard_store::{ManualTimeSource, Options, Ticket};

const HOUR: Duration = Duration::from_secs(3600);
const YEARS: Span = Span::hours(5 * 365 * 24);

/// Makes a key that ends in an hour.
async fn key_for_an_hour(app: &App) -> String {
    let acme = CustomerName(Id::known("acme"));
    let ticket = Ticket { request_id: Arc::from("test"), idempotency: None };
    let call = Call { caller: Caller::command_line(acme.0.clone()), ticket };
    let expire_time = Some(app.store.steady().plus(Span::hours(1)));
    let body = ApiKeyBody { role: Role::Admin, expire_time, ..ApiKeyBody::default() };
    api_key::create(app, &call, &acme, body).await.unwrap().secret.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_ends_no_key_early_or_late() {
    let folder = tempfile::tempdir().unwrap();
    let time = ManualTimeSource::new();
    let options = Options { time: time.clone(), ..Options::new(folder.path()) };
    let app = tokio::task::spawn_blocking(move || {
        let app = App::open_with(&options, Vec::new()).unwrap();
        app.store.ensure_customer(&Id::known("acme")).unwrap();
        app
    });
    let app = app.await.unwrap();
    let key = key_for_an_hour(&app).await;
    let is_valid = async || auth::authenticate(&app, &key).await.is_ok();
    for step in [YEARS, Span::hours(-1), Span(-YEARS.0)] {
        time.step(step);
        app.store.watch_clock();
        assert!(is_valid().await, "after a step of {step:?}");
    }
    time.pass(HOUR - Duration::from_secs(1));
    assert!(is_valid().await, "a second before its end");
    time.pass(Duration::from_secs(1));
    assert!(!is_valid().await, "at its end, wherever the system clock stands");
}
