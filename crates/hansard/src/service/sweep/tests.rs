#![allow(clippy::unwrap_used)]
use super::*;
use crate::service::{Call, conversation, edit, profile as profiles, start};
use hansard_domain::{
    Id, Span,
    conversation::{Fields, NewConversation, Patch, State},
    directory::ProfileBody,
    name::CustomerName,
    redact::Redactor,
    retention::{Policy, Rule},
};
use hansard_store::{ManualTimeSource, Options};
use std::path::Path;

const DAY: Duration = Duration::from_secs(24 * 3600);
const YEARS: Span = Span::days(5 * 365);

fn call() -> Call {
    let ticket = Ticket { request_id: Arc::from(""), idempotency: None };
    Call { caller: Caller::command_line(Id::known("acme")), ticket }
}

fn name() -> ProfileName {
    CustomerName(Id::known("acme")).profile(Id::known("support"))
}

fn open(folder: &Path, time: &Arc<ManualTimeSource>) -> Arc<App> {
    let mut options = Options::new(folder);
    options.time = time.clone();
    App::open_with(&options, Vec::new()).unwrap()
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(work)
}

/// A profile that keeps for 30 days, with a conversation that ends now.
async fn fill(app: &App) {
    let rules = vec![Rule { days: 30, ..Rule::default() }];
    let body = ProfileBody {
        language_codes: vec!["en-US".to_owned()],
        retention: Policy { rules },
        ..ProfileBody::default()
    };
    let owner = CustomerName(Id::known("acme"));
    profiles::create(app, &call(), &owner, Id::known("support"), body).await.unwrap();
    let draft = |_: &Redactor| Ok(NewConversation { state: State::Closed, ..NewConversation::default() });
    let request = start::Start { parent: name(), id: Id::known("a"), flags: Default::default(), draft };
    start::start(app, &call(), request).await.unwrap();
}

fn world(folder: &Path, time: &Arc<ManualTimeSource>) -> Arc<App> {
    let app = open(folder, time);
    app.store.ensure_customer(&Id::known("acme")).unwrap();
    run(fill(&app));
    app
}

async fn is_there(app: &App) -> bool {
    conversation::get(app, &call(), name().conversation(Id::known("a"))).await.is_ok()
}

#[test]
fn days_are_what_has_passed_and_no_step_of_the_system_clock() {
    let (folder, time) = (tempfile::tempdir().unwrap(), ManualTimeSource::new());
    let app = world(folder.path(), &time);
    run(async {
        time.step(YEARS);
        assert_eq!(all(&app, 10).await.unwrap().unwrap().deleted, 0);
        time.pass(29 * DAY);
        assert_eq!(all(&app, 10).await.unwrap().unwrap().deleted, 0);
        assert!(is_there(&app).await);
        time.pass(2 * DAY);
        assert_eq!(all(&app, 10).await.unwrap().unwrap().deleted, 1);
        assert!(!is_there(&app).await);
    });
    app.store.close().unwrap();
}

#[test]
fn a_start_with_a_clock_far_ahead_deletes_nothing_until_the_next() {
    let (folder, time) = (tempfile::tempdir().unwrap(), ManualTimeSource::new());
    let app = world(folder.path(), &time);
    app.store.close().unwrap();
    drop(app);
    time.step(YEARS);
    let app = open(folder.path(), &time);
    run(async {
        assert_eq!(all(&app, 10).await.unwrap_err().kind(), ErrorKind::FailedPrecondition);
        assert!(is_there(&app).await);
        app.upkeep().await.unwrap();
    });
    app.store.close().unwrap();
    drop(app);
    let app = open(folder.path(), &time);
    assert_eq!(run(all(&app, 10)).unwrap().unwrap().deleted, 1, "a restart says that the clock is right");
    app.store.close().unwrap();
}

#[test]
fn a_hold_that_is_placed_while_a_sweep_is_at_work_counts() {
    let (folder, time) = (tempfile::tempdir().unwrap(), ManualTimeSource::new());
    let app = world(folder.path(), &time);
    time.pass(31 * DAY);
    run(async {
        let mut sweep = Sweep::new(&app, 10);
        let scope = enter(&name()).unwrap();
        let page = sweep.page(&scope, 0).await.unwrap();
        assert_eq!(page.due.len(), 1, "it was found");
        let draft = |_: &Redactor| {
            let values = Fields { legal_hold: true, ..Fields::default() };
            Ok(Patch { values, start_time: None, paths: vec!["legal_hold".to_owned()], etag: String::new() })
        };
        edit::patch(&app, &call(), &name().conversation(Id::known("a")), draft).await.unwrap();
        sweep.delete_all(&scope, &page.due).await.unwrap();
        assert_eq!(sweep.swept.deleted, 0);
        assert!(is_there(&app).await);
    });
    app.store.close().unwrap();
}
