//! Why a request cannot be read, with the path of the field at fault.
//!
//! The path grows outwards while the readers return, so a request without a fault pays nothing for it.

use std::fmt::Write;

use hansard_domain::Error;

/// How much of a caller's key or name an error repeats.
const ECHO_CHARS_MAX: usize = 128;

/// A field that cannot be accepted. An empty path means the whole body.
#[derive(Debug)]
pub(crate) struct Fault {
    path: String,
    message: String,
}

impl Fault {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { path: String::new(), message: message.into() }
    }

    /// Puts the fault inside the field `name` of its holder.
    #[must_use]
    pub(crate) fn within(self, name: &str) -> Self {
        self.after(echo(name))
    }

    /// Puts the fault inside an element of a list.
    #[must_use]
    pub(crate) fn at_index(self, index: usize) -> Self {
        self.after(format!("[{index}]"))
    }

    /// Puts the fault inside an entry of a map or a free object.
    #[must_use]
    pub(crate) fn at_key(self, key: &str) -> Self {
        self.after(format!("[\"{}\"]", echo(key)))
    }

    fn after(mut self, mut step: String) -> Self {
        if !self.path.is_empty() && !self.path.starts_with('[') {
            step.push('.');
        }
        step.push_str(&self.path);
        self.path = step;
        self
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        let path = if fault.path.is_empty() { "body".to_owned() } else { fault.path };
        Error::invalid(path, fault.message)
    }
}

/// Shortens what a caller sent and escapes what could not be shown.
pub(crate) fn echo(text: &str) -> String {
    let mut shown = String::new();
    for character in text.chars().take(ECHO_CHARS_MAX) {
        if character.is_control() || character == '"' || character == '\\' {
            // Writing to a string cannot fail.
            let _ = write!(shown, "{}", character.escape_default());
        } else {
            shown.push(character);
        }
    }
    if text.chars().nth(ECHO_CHARS_MAX).is_some() {
        shown.push_str("...");
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_grows_outwards() {
        let fault = Fault::new("is wrong").at_index(0).within("values").at_key("a.b").within("metadata");
        let error = Error::from(fault.within("conversation"));
        assert_eq!(error.field(), Some(r#"conversation.metadata["a.b"].values[0]"#));
    }

    #[test]
    fn a_long_name_is_not_repeated_in_full() {
        assert_eq!(echo(&"x".repeat(1000)).len(), ECHO_CHARS_MAX + 3);
        assert_eq!(echo("a\0\n"), "a\\u{0}\\n");
    }
}
