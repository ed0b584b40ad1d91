//! What a row need not hold, because it follows from what the row is of.

use hansard_domain::Time;
use std::fmt::Display;

/// Begins a name that lies under the row's owner, in the place of the owner's name.
const UNDER: &str = "/";

/// A time as it is stored beside another: 0 where they are the same.
pub(super) fn time_beside(time: Time, other: Time) -> i64 {
    if time == other { 0 } else { time.0 }
}

/// The time that was stored beside another.
pub(super) fn beside(stored: i64, other: Time) -> Time {
    if stored == 0 { other } else { Time(stored) }
}

/// A resource name as it is stored in a row of `owner`, which is not repeated.
pub(super) fn under(name: &str, owner: &impl Display) -> String {
    let rest = name.strip_prefix(&format!("{owner}/")).filter(|rest| !rest.starts_with(UNDER));
    match rest {
        Some(rest) => format!("{UNDER}{rest}"),
        None if name.starts_with(UNDER) => format!("{UNDER}{name}"),
        None => name.to_owned(),
    }
}

/// The resource name that was stored in a row of `owner`.
pub(super) fn full(stored: &str, owner: &impl Display) -> String {
    match stored.strip_prefix(UNDER) {
        None => stored.to_owned(),
        Some(rest) if rest.starts_with(UNDER) => rest.to_owned(),
        Some(rest) => format!("{owner}/{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_comes_back_and_its_owner_is_not_stored() {
        let owner = "customers/acme";
        for (name, stored) in [
            ("customers/acme/apiKeys/k1", "/apiKeys/k1"),
            ("customers/acme/", "/"),
            ("customers/acme", "customers/acme"),
            ("customers/acme2/apiKeys/k1", "customers/acme2/apiKeys/k1"),
            ("customers/acme//x", "customers/acme//x"),
            ("", ""),
            ("/", "//"),
            ("/apiKeys/k1", "//apiKeys/k1"),
            ("//x", "///x"),
        ] {
            assert_eq!(under(name, &owner), stored);
            assert_eq!(full(stored, &owner), name);
        }
    }

    #[test]
    fn a_time_comes_back_unless_it_never_was() {
        let (noon, later) = (Time(1_000), Time(2_000));
        assert_eq!((time_beside(noon, noon), beside(0, noon)), (0, noon));
        assert_eq!((time_beside(later, noon), beside(2_000, noon)), (2_000, later));
    }
}
