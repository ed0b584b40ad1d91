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
pub(crate) async fn together<T>(store: &Store, scope: &Scope, mut writes: Vec<Write<'_, T>>) -> Vec<T> {
    let (entered, mut inside) = tokio::sync::mpsc::channel(1);
    let (release, held) = mpsc::channel::<()>();
    let ticket = ticket();
    let mut holder = Box::pin(store.transact(scope, &ticket, "hold", move |_| {
        entered.try_send(()).unwrap();
        // Ends also when the test fails and drops the other half.
        let _ = held.recv();
        Ok(())
    }));
    submit(holder.as_mut());
    inside.recv().await.unwrap();
    for write in &mut writes {
        submit(write.as_mut());
    }
    release.send(()).unwrap();
    holder.await.unwrap();
    let mut outcomes = Vec::with_capacity(writes.len());
    for write in writes {
        outcomes.push(write.await);
    }
    outcomes
}

/// The first poll of a write puts it into the queue; nothing is answered while the door is held.
fn submit<T>(write: Pin<&mut (impl Future<Output = T> + ?Sized)>) {
    let polled = write.poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(polled, Poll::Pending), "answered before the door was opened");
}
