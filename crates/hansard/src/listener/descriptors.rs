//! How many connections the process has file descriptors for.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// For the store, the log and what is opened for a moment.
const OTHERS: u64 = 128;

/// Raises the limit on descriptors as far as it goes, and returns how many are left for connections.
pub(super) fn raise() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
    if let Err(error) = raised {
        tracing::warn!(%error, "the limit on file descriptors was not raised");
    }
    let Some(descriptors) = getrlimit(Resource::Nofile).current else { return usize::MAX };
    usize::try_from(descriptors.saturating_sub(OTHERS)).unwrap_or(usize::MAX).max(1)
}
