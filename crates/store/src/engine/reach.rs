//! Whose rows a transaction may touch: authority as a value that goes with it to the engine.
//!
//! Each statement names the tenant it is about. Where a server can, it holds every statement to the reach of its
//! transaction as well, so that one that forgets to name the tenant finds nothing of others (decision 0047).

use std::fmt::Write;

use crate::tenancy::{CustomerKey, ProfileKey};

/// The tenants whose rows are there for a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// All: what the store does for itself.
    Store,
    /// These alone.
    Tenants { customers: Vec<CustomerKey>, profiles: Vec<ProfileKey> },
}

impl Reach {
    /// What a customer and one of its profiles may touch.
    pub(crate) fn of(customer: CustomerKey, profile: ProfileKey) -> Self {
        Self::Tenants { customers: vec![customer], profiles: vec![profile] }
    }

    /// Customers and profiles in the words of the server's settings.
    pub(super) fn words(&self) -> (String, String) {
        match self {
            Self::Store => ("all".to_owned(), "all".to_owned()),
            Self::Tenants { customers, profiles } => {
                (list(customers.iter().map(|key| key.0)), list(profiles.iter().map(|key| key.0)))
            }
        }
    }
}

/// Numbers as the server writes an array.
fn list(keys: impl Iterator<Item = i64>) -> String {
    let mut text = String::from("{");
    for (place, key) in keys.enumerate() {
        let comma = if place == 0 { "" } else { "," };
        let _ = write!(text, "{comma}{key}");
    }
    text + "}"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_arrays_or_all() {
        let some =
            Reach::Tenants { customers: vec![CustomerKey(3)], profiles: vec![ProfileKey(7), ProfileKey(9)] };
        assert_eq!(some.words(), ("{3}".to_owned(), "{7,9}".to_owned()));
        let none = Reach::Tenants { customers: Vec::new(), profiles: Vec::new() };
        assert_eq!(none.words(), ("{}".to_owned(), "{}".to_owned()));
        assert_eq!(Reach::Store.words(), ("all".to_owned(), "all".to_owned()));
    }
}
