//! The change log: pages, and streams that go on with what comes.

use super::{
    Call,
    feed::{ChangePage, Feed},
};
use crate::{app::App, auth};
use hansard_domain::{
    Result,
    caller::{Caller, Permission, Scope},
    change::{Change, Cursor},
    filter::Filter,
    name::ProfileName,
    page::PageSizes,
};
use std::{sync::Arc, time::Duration};
use tokio::sync::mpsc;

/// Changes that a watcher may lag behind before it has to take some.
const UNREAD_MAX: usize = 256;
const PAGE: i32 = 100;
/// The cursor of the last change there is.
const NOW: &str = "now";
/// How long a watcher may leave its stream full before it is cut off.
const PATIENCE: Duration = Duration::from_secs(10);

/// Reads a page after a cursor, and where to go on; that moves also past what the filter left out.
pub async fn list(
    app: &App,
    call: &Call,
    parent: ProfileName,
    cursor: &str,
    filter: Option<Filter>,
    page_size: i32,
) -> Result<(Vec<Change>, Cursor)> {
    let scope = enter(call, &parent, filter.as_ref())?;
    let page_size = PageSizes::PARTS.effective(page_size)?;
    let after = place(app, &scope, cursor).await?;
    let page = page(app, &scope, after, filter, page_size).await?;
    Ok((page.changes, page.next))
}

/// Streams the changes after a cursor. Ends when the server stops, the watcher leaves or reads too slowly,
/// or its key ends.
pub async fn watch(
    app: &Arc<App>,
    call: &Call,
    parent: &ProfileName,
    cursor: &str,
    filter: Option<Filter>,
) -> Result<mpsc::Receiver<Result<Change>>> {
    let scope = enter(call, parent, filter.as_ref())?;
    app.profile(&scope).await?;
    let cursor = place(app, &scope, cursor).await?;
    let (sender, receiver) = mpsc::channel(UNREAD_MAX);
    let (app, caller) = (Arc::clone(app), call.caller.clone());
    tokio::spawn(async move {
        if let Err(error) = follow(&app, (&caller, &scope), cursor, filter, &sender).await {
            let _ = sender.send_timeout(Err(error), PATIENCE).await;
        }
    });
    Ok(receiver)
}

async fn follow(
    app: &App,
    (caller, scope): (&Caller, &Scope),
    mut cursor: Cursor,
    filter: Option<Filter>,
    sender: &mpsc::Sender<Result<Change>>,
) -> Result<()> {
    let feed = Feed::new(scope, filter.as_ref());
    let mut news = app.store.subscribe(scope).await?;
    let mut stopping = app.stopping();
    while !*stopping.borrow() {
        let announced = *news.borrow_and_update();
        auth::check_still_valid(app, caller)?;
        let read = || page(app, scope, cursor, filter.clone(), PAGE);
        let page = app.feeds.page(&feed, cursor, announced, read).await?;
        let caught_up = page.changes.is_empty();
        for change in &page.changes {
            if sender.send_timeout(Ok(change.clone()), PATIENCE).await.is_err() {
                return Ok(());
            }
        }
        let moved = page.next != cursor;
        cursor = page.next;
        if !caught_up || moved {
            continue;
        }
        tokio::select! {
            changed = news.changed() => if changed.is_err() { return Ok(()) },
            _ = stopping.wait_for(|stopping| *stopping) => return Ok(()),
            () = sender.closed() => return Ok(()),
        }
    }
    Ok(())
}

async fn page(
    app: &App,
    scope: &Scope,
    after: Cursor,
    filter: Option<Filter>,
    limit: i32,
) -> Result<ChangePage> {
    let read = move |reading: &hansard_store::Reading<'_>| {
        let changes = reading.list_changes(after, filter.as_ref(), limit)?;
        let full = changes.len() >= usize::try_from(limit).unwrap_or(usize::MAX);
        let next = match changes.last() {
            Some(last) if full => last.cursor,
            _ => reading.changes_end(after)?,
        };
        Ok(ChangePage { changes, next })
    };
    app.store.read(scope, "list_changes", read).await
}

fn enter(call: &Call, parent: &ProfileName, filter: Option<&Filter>) -> Result<Scope> {
    let scope = call.caller.enter(parent, parent, Permission::ReadConversations)?;
    if let Some(filter) = filter {
        filter.check().map_err(|error| error.within("filter"))?;
    }
    Ok(scope)
}

/// The place that a cursor names; none is the beginning.
#[allow(clippy::redundant_closure_for_method_calls)] // The method alone is not general enough in its lifetimes.
async fn place(app: &App, scope: &Scope, cursor: &str) -> Result<Cursor> {
    match cursor {
        "" => Ok(Cursor::default()),
        NOW => app.store.read(scope, "last_cursor", |reading| reading.last_cursor()).await,
        cursor => cursor.parse(),
    }
}
