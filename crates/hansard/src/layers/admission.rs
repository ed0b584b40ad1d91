//! How many large requests are in memory at once: those beyond wait, and small ones never do.
//!
//! Without it many clients that each stay within the limit of one request could together exhaust the memory.

use std::time::Duration;

use hansard_domain::Error;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};

/// From here on a request is large.
pub(crate) const LARGE_BYTES: usize = 256 << 10;
const LARGE_REQUESTS_MAX: usize = 8;
const WAIT_MAX: Duration = Duration::from_secs(10);

static PLACES: Semaphore = Semaphore::const_new(LARGE_REQUESTS_MAX);

/// A large request's place, held until it is answered.
pub(crate) type Place = SemaphorePermit<'static>;

/// Waits for a place.
pub(crate) async fn place() -> Result<Place, Error> {
    let acquired = timeout(WAIT_MAX, PLACES.acquire()).await;
    acquired.ok().and_then(Result::ok).ok_or_else(busy)
}

/// Tells that no place became free in time.
pub(crate) fn busy() -> Error {
    Error::unavailable("too many large requests at once; try again")
}

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
}
