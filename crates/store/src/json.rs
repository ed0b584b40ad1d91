//! Bodies: domain values as JSON text in one column.

use hansard_domain::{Error, Result};
use serde::{Deserialize, Serialize};

pub(crate) fn write(body: &impl Serialize) -> Result<String> {
    serde_json::to_string(body).map_err(Error::internal)
}

/// Reads a body. The error tells where it fails, not what stands there: that may be somebody's words.
pub(crate) fn read<'t, T: Deserialize<'t>>(text: &'t str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| {
        let (category, column) = (error.classify(), error.column());
        Error::internal(format!("a stored body cannot be read: {category:?} error at column {column}"))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::error::Error as _;

    #[test]
    fn an_unreadable_body_does_not_speak() {
        let error = read::<i64>("\"my card is 4111\"").unwrap_err();
        let source = error.source().unwrap().to_string();
        assert_eq!(source, "a stored body cannot be read: Data error at column 17");
    }
}
