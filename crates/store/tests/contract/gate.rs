//! Holds the door, so that the writes that come meanwhile form one group, in the order of coming.

use hansard_domain::caller::Scope;
use hansard_store::{Store, Ticket};
use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, mpsc},
    task::{Context, Poll, Waker},
};

/// A write that has not been submitted yet.
pub(crate) type Write<'s, T> = Pin<Box<dyn Future<Output = T> + Send + 's>>;

/// A ticket without a retry key.
pub(crate) fn ticket() -> Ticket {
    Ticket { request_id: Arc::from("test"), idempotency: None }
}

/// Submits the writes in their order while the door is held, and answers their outcomes.
///
/// Those between two writes that run alone are members of one group.
pub(crate) async fn together<T>(store: &Store, scope: &Scope, writes: Vec<Write<'_, T>>) -> Vec<T> {
    let outcomes = while_held(store, scope, writes).await;
    assert!(outcomes.iter().all(|(_, is_early)| !is_early), "answered before the door was opened");
    outcomes.into_iter().map(|(outcome, _)| outcome).collect()
}

/// Answers each outcome, and whether it was there while the door was held: where there are several writers, another may do
/// what is for other profiles.
pub(crate) async fn while_held<T>(
    store: &Store,
    scope: &Scope,
    mut writes: Vec<Write<'_, T>>,
) -> Vec<(T, bool)> {
    let (entered, mut inside) = tokio::sync::mpsc::channel(1);
    let (release, held) = mpsc::channel::<()>();
    let ticket = ticket();
    let mut holder = Box::pin(store.transact(scope, &ticket, "hold", move |_| {
        entered.try_send(()).unwrap();
        // Ends also when the test fails and drops the other half.
        let _ = held.recv();
        Ok(())
    }));
    assert!(submit(holder.as_mut()).is_none(), "the door was not held");
    inside.recv().await.unwrap();
    let early: Vec<Option<T>> = writes.iter_mut().map(|write| submit(write.as_mut())).collect();
    release.send(()).unwrap();
    holder.await.unwrap();
    let mut outcomes = Vec::with_capacity(writes.len());
    for (write, early) in writes.into_iter().zip(early) {
        outcomes.push(match early {
            Some(outcome) => (outcome, true),
            None => (write.await, false),
        });
    }
    outcomes
}

/// The first poll of a write puts it into the queue; what it answers by then.
fn submit<T>(write: Pin<&mut (impl Future<Output = T> + ?Sized)>) -> Option<T> {
    match write.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => Some(outcome),
        Poll::Pending => None,
    }
}
