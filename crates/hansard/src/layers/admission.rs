//! What large requests may take of the process: memory, and the time of its threads.
//!
//! Without it many clients that each stay within the limit of one request could together exhaust the memory, and a
//! few of them keep every thread busy that small requests wait for. Small requests never wait here.

use std::{
    panic::resume_unwind,
    sync::{
        LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use hansard_domain::Error;
use tokio::{
    runtime::{Builder, Handle},
    sync::{Semaphore, SemaphorePermit},
    task::JoinSet,
    time::timeout,
};
use tracing::Instrument;

/// From here on a request is large.
pub(crate) const LARGE_BYTES: usize = 256 << 10;
const LARGE_REQUESTS_MAX: usize = 4;
/// Of these so many are worked on: that takes ten times a request's size.
const WORKED_ON_MAX: usize = 1;
const WAIT_MAX: Duration = Duration::from_secs(10);
/// What all bodies together may hold while they are read.
const BODIES_BYTES_MAX: usize = 96 << 20;

static PLACES: Semaphore = Semaphore::const_new(LARGE_REQUESTS_MAX);
static TURNS: Semaphore = Semaphore::const_new(WORKED_ON_MAX);
static BODIES_BYTES: AtomicUsize = AtomicUsize::new(0);

/// A large request's place, held until it is answered.
pub(crate) type Place = SemaphorePermit<'static>;

/// Waits for a place.
pub(crate) async fn place() -> Result<Place, Error> {
    let acquired = timeout(WAIT_MAX, PLACES.acquire()).await;
    acquired.ok().and_then(Result::ok).ok_or_else(busy)
}

/// Tells that there was no room, or none in time.
pub(crate) fn busy() -> Error {
    Error::unavailable("too many large requests at once; try again")
}

/// The bytes of one body, given back when it is dropped.
#[derive(Debug, Default)]
pub(crate) struct Reserved(usize);

impl Reserved {
    /// Reserves more, where all bodies together leave room for it.
    pub(crate) fn grow(&mut self, bytes: usize) -> Result<(), Error> {
        self.0 += bytes;
        let others = BODIES_BYTES.fetch_add(bytes, Ordering::Relaxed);
        if others + bytes > BODIES_BYTES_MAX { Err(busy()) } else { Ok(()) }
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        BODIES_BYTES.fetch_sub(self.0, Ordering::Relaxed);
    }
}

/// Runs what takes long on a thread of its own, in its turn, so that it delays nothing small. Dropped, it ends.
pub(crate) async fn aside<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    let mut works = JoinSet::new();
    let in_turn = async {
        let _turn = TURNS.acquire().await;
        work.await
    };
    works.spawn_on(in_turn.in_current_span(), &ASIDE);
    match works.join_next().await {
        Some(Ok(done)) => done,
        Some(Err(error)) => resume_unwind(error.into_panic()),
        None => unreachable!("what was spawned is joined"),
    }
}

static ASIDE: LazyLock<Handle> = LazyLock::new(|| {
    let runtime = Builder::new_current_thread().enable_all().build();
    let Ok(runtime) = runtime else { return Handle::current() };
    let handle = runtime.handle().clone();
    let run = move || runtime.block_on(std::future::pending::<()>());
    match thread::Builder::new().name("large-requests".to_owned()).spawn(run) {
        Ok(_) => handle,
        Err(_) => Handle::current(),
    }
});

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn those_beyond_the_limit_wait_and_then_are_told() {
        let mut places = Vec::new();
        for _ in 0..LARGE_REQUESTS_MAX {
            places.push(place().await.unwrap());
        }
        assert_eq!(place().await.unwrap_err().kind(), hansard_domain::ErrorKind::Unavailable);
        places.pop();
        drop(place().await.unwrap());
    }

    #[test]
    fn bodies_beyond_the_budget_are_told_at_once_and_give_back_what_they_had() {
        let mut first = Reserved::default();
        first.grow(BODIES_BYTES_MAX / 2).unwrap();
        let mut second = Reserved::default();
        let error = second.grow(BODIES_BYTES_MAX).unwrap_err();
        assert_eq!(error.kind(), hansard_domain::ErrorKind::Unavailable);
        drop(second);
        first.grow(BODIES_BYTES_MAX / 4).unwrap();
    }

    #[tokio::test]
    async fn what_runs_aside_runs_elsewhere_and_panics_here() {
        let name = aside(async { thread::current().name().map(str::to_owned) }).await;
        assert_eq!(name.as_deref(), Some("large-requests"));
        let panicked = tokio::spawn(aside(async { panic!("as asked") })).await;
        assert!(panicked.unwrap_err().is_panic());
    }
}
