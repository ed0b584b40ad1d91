//! What the contract has and this version has not: such a call is answered, and says so.

use hansard_domain::Error;

/// The answer of an operation that has its own issue.
pub(super) fn not_built(what: &str) -> Error {
    Error::unimplemented(format!(
        "{what} is part of the contract but not built yet; see the project's issues"
    ))
}
