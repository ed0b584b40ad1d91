//! The order of a list.

use crate::{Error, Result};
use serde::Serialize;

/// The order of a list; ties go by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Order {
    pub by: OrderBy,
    pub descending: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum OrderBy {
    StartTime,
    UpdateTime,
    Duration,
}

impl Order {
    pub const DEFAULT: Self = Self { by: OrderBy::StartTime, descending: true };

    /// Reads `start_time`, `update_time` or `duration`, each with an optional `desc`.
    pub fn parse(text: &str) -> Result<Self> {
        let mut words = text.split_ascii_whitespace();
        let by = match words.next() {
            None => return Ok(Self::DEFAULT),
            Some("start_time" | "startTime") => OrderBy::StartTime,
            Some("update_time" | "updateTime") => OrderBy::UpdateTime,
            Some("duration") => OrderBy::Duration,
            Some(_) => return Err(Self::refused()),
        };
        let descending = match words.next() {
            None | Some("asc") => false,
            Some("desc") => true,
            Some(_) => return Err(Self::refused()),
        };
        if words.next().is_some() {
            return Err(Self::refused());
        }
        Ok(Self { by, descending })
    }

    fn refused() -> Error {
        Error::invalid("orderBy", "must be start_time, update_time or duration, each with an optional 'desc'")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn orders_are_read() {
        assert_eq!(Order::parse("").unwrap(), Order::DEFAULT);
        let ascending = Order { by: OrderBy::StartTime, descending: false };
        assert_eq!(Order::parse("start_time").unwrap(), ascending);
        assert!(Order::parse("duration desc").unwrap().descending);
        for text in ["name", "start_time up", "start_time desc desc", "start_time, duration"] {
            assert!(Order::parse(text).is_err(), "{text}");
        }
    }
}
