//! What went wrong, as far as the store must act on it.
//!
//! Which error is of which class, each engine says of its own; what follows from it, the door and the
//! [`Monitor`](super::health::Monitor).

use hansard_domain::Error;

/// Why a statement, a commit or a checkpoint failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// No space: nothing was stored, and writes go on once there is some.
    DiskFull,
    /// The files may not be what the engine believes: no later write may be accepted.
    Broken(String),
    /// A page or a frame is not what was written. What does not need it goes on.
    Damaged(String),
    /// The database's server cannot be reached, or no longer.
    Lost(String),
    /// Another process holds a lock.
    Busy,
    /// Two transactions stood in each other's way, and this one gave in.
    Conflict,
    /// A read passed its time.
    Interrupted,
    /// The statement itself: a constraint, a wrong column, too many parameters.
    Statement,
}

/// A transaction that was not committed.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What every member of the transaction is told.
    pub(crate) error: Error,
    /// What it says about the store; `None` when the work alone failed.
    pub(crate) fault: Option<Fault>,
}

impl Fault {
    /// The error that whoever ran the statement gets.
    pub(crate) fn error(&self) -> Error {
        match self {
            Self::DiskFull => disk_full(),
            Self::Broken(reason) | Self::Damaged(reason) => Error::internal(reason.as_str()),
            Self::Lost(reason) => unreachable().with_source(reason.clone()),
            Self::Busy => Error::unavailable("the store is locked by another process; retry"),
            Self::Conflict => Error::unavailable("another write stood in the way; nothing was stored; retry"),
            Self::Interrupted => {
                Error::exhausted("the read took too long; ask for a smaller page or a narrower filter")
            }
            Self::Statement => Error::internal("a statement failed"),
        }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        let error = match &fault {
            Fault::Broken(reason) => broken(reason),
            fault => fault.error(),
        };
        Self { error, fault: Some(fault) }
    }
}

fn disk_full() -> Error {
    Error::unavailable("the disk is full: nothing was stored; retry once there is space")
}

/// The error of everything while the database cannot be reached.
pub(crate) fn unreachable() -> Error {
    Error::unavailable("the database cannot be reached; nothing was stored; retry")
}

/// The error of every write after one that failed.
pub(crate) fn broken(reason: &str) -> Error {
    Error::unavailable("the store has failed and takes no more writes; nothing was stored")
        .with_source(reason.to_owned())
}

/// The error of the writes whose commit failed.
pub(crate) fn unknown(reason: &str) -> Error {
    Error::unavailable(
        "the store failed while it committed: only its restart shows whether this was stored; \
         retry then with the same id or Idempotency-Key",
    )
    .with_source(reason.to_owned())
}
