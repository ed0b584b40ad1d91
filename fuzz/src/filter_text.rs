//! Filters as text: none panics, all that is wrong has a column of the text, and the same twice asks nothing new.

use hansard_domain::{Id, filter::Filter, name::ProfileName};

/// The input is a text that may be a filter.
pub fn check(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let profile = ProfileName { customer: Id::known("acme"), profile: Id::known("support") };
    let read = |text: &str| Filter::default().and_text(text, &profile);
    match read(text) {
        Ok(filter) => {
            filter.check().unwrap();
            // Outer brackets mean nothing; they may be one too deep.
            if let Ok(same) = read(&format!("({text})")) {
                assert_eq!(same, filter, "{text:?} means something else in brackets");
            }
            let none = Filter::default();
            assert!(!text.trim().is_empty() || filter == none, "a blank text asks something");
        }
        Err(error) => {
            assert_eq!(error.field(), Some("filterText"));
            if let Some(column) = column(error.message()) {
                assert!((1..=text.chars().count() + 1).contains(&column), "{error} of {text:?}");
            }
        }
    }
}

fn column(message: &str) -> Option<usize> {
    message.strip_prefix("filterText: column ")?.split(':').next()?.parse().ok()
}
