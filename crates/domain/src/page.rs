//! Paging: how much a list answers at once and where it goes on.

use crate::{Error, Result};

/// Default and maximum page size of one operation.
#[derive(Debug, Clone, Copy)]
pub struct PageSizes {
    pub default: i32,
    pub max: i32,
}

impl PageSizes {
    pub const CONVERSATIONS: Self = Self { default: 50, max: 1000 };
    pub const SAMPLES: Self = Self { default: 10_000, max: 100_000 };
    pub const PARTS: Self = Self { default: 100, max: 1000 };
    pub const ANNOTATIONS: Self = Self { default: 50, max: 1000 };
    pub const DIRECTORY: Self = Self { default: 50, max: 1000 };

    /// 0 is the default, above the maximum is the maximum, negative is refused.
    pub fn effective(self, requested: i32) -> Result<i32> {
        match requested {
            ..0 => Err(Error::invalid("pageSize", "must not be negative")),
            0 => Ok(self.default),
            _ => Ok(requested.min(self.max)),
        }
    }
}

/// Items of one page and, unless it is the last one, where the next begins.
#[derive(Debug, Clone)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next_page_token: String,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn sizes_are_clamped_and_never_negative() {
        let sizes = PageSizes::CONVERSATIONS;
        assert_eq!(sizes.effective(0).unwrap(), 50);
        assert_eq!(sizes.effective(1000).unwrap(), 1000);
        assert_eq!(sizes.effective(1001).unwrap(), 1000);
        assert_eq!(sizes.effective(-1).unwrap_err().field(), Some("pageSize"));
    }
}
