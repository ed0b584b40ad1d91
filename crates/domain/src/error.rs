//! The one error of the house: what is shown to the caller, and what stays inside.
//!
//! It names no protocol; each kind is mapped once to gRPC and HTTP, in the binary.

use std::{error, fmt, sync::Arc};

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, as far as the caller can act on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The request is malformed whatever the state; `field` names the part at fault.
    Invalid,
    /// The request is well-formed but the resource's state forbids it.
    FailedPrecondition,
    /// No valid key.
    Unauthenticated,
    /// A valid key whose role does not allow it.
    Forbidden,
    /// Absent, or not visible to the caller: the two look alike.
    NotFound,
    AlreadyExists,
    /// A concurrent or earlier request stands against this one.
    Aborted,
    /// Too large or too many.
    Exhausted,
    Unimplemented,
    /// Nothing was stored; the same request may succeed later.
    Unavailable,
    Internal,
}

/// `message` is safe to show; `source` never leaves the process.
#[derive(Debug, Clone)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    field: Option<String>,
    source: Option<Arc<dyn error::Error + Send + Sync>>,
}

impl Error {
    fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), field: None, source: None }
    }

    /// A field whose value cannot be accepted. `field` is its path in the request, in lowerCamelCase.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        let field = field.into();
        let message = format!("{field}: {}", message.into());
        Self { field: Some(field), ..Self::new(ErrorKind::Invalid, message) }
    }

    /// A required field that is missing.
    pub fn missing(field: impl Into<String>) -> Self {
        Self::invalid(field, "is required")
    }

    /// A path of a field mask that names no field that can be changed.
    pub fn unknown_path(path: &str) -> Self {
        Self::invalid("updateMask", format!("{path} is unknown or output only"))
    }

    pub fn failed_precondition(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::FailedPrecondition, message)
    }

    /// The one text of every request without a valid key.
    pub fn unauthenticated() -> Self {
        Self::new(
            ErrorKind::Unauthenticated,
            "a valid API key is required: send the header 'Authorization: ApiKey <key>'",
        )
    }

    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Forbidden, message)
    }

    /// An absent or foreign resource, named exactly as the request names it.
    pub fn not_found(resource: impl fmt::Display) -> Self {
        Self::new(ErrorKind::NotFound, format!("{resource} was not found"))
    }

    pub fn already_exists(resource: impl fmt::Display) -> Self {
        Self::new(ErrorKind::AlreadyExists, format!("{resource} exists already"))
    }

    pub fn aborted(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Aborted, message)
    }

    pub fn exhausted(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Exhausted, message)
    }

    pub fn unimplemented(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unimplemented, message)
    }

    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unavailable, message)
    }

    /// A fault of ours. The caller learns only that it happened.
    pub fn internal(source: impl Into<Box<dyn error::Error + Send + Sync>>) -> Self {
        let source: Box<dyn error::Error + Send + Sync> = source.into();
        Self { source: Some(source.into()), ..Self::new(ErrorKind::Internal, "internal error") }
    }

    /// Adds what only the log may show.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn error::Error + Send + Sync>>) -> Self {
        let source: Box<dyn error::Error + Send + Sync> = source.into();
        self.source = Some(source.into());
        self
    }

    /// Puts the field under the path of what holds it: `text` becomes `messages[3].text`.
    #[must_use]
    pub fn within(mut self, prefix: &str) -> Self {
        if let Some(field) = self.field.take() {
            let detail = self.message.strip_prefix(&field).map(str::to_owned).unwrap_or_default();
            let path = format!("{prefix}.{field}");
            self.message = format!("{path}{detail}");
            self.field = Some(path);
        }
        self
    }

    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    pub fn message(&self) -> &str {
        &self.message
    }

    /// The path of the request's field at fault, in lowerCamelCase.
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        self.source.as_ref().map(|source| source.as_ref() as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_put_under_its_holder() {
        let error = Error::invalid("text", "is longer than 65536 bytes").within("messages[3]");
        assert_eq!(error.field(), Some("messages[3].text"));
        assert_eq!(error.message(), "messages[3].text: is longer than 65536 bytes");
    }
}
