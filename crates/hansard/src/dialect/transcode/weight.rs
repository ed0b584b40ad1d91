//! How much memory a request may take once it is decoded.
//!
//! A few bytes on the wire can be hundreds in memory (`{},{},{}` as messages), so the size of the body is no
//! bound by itself. Sizes are estimates made from the contract, not measured.

use super::fault::Fault;

/// What one decoded request may take.
pub(crate) const DECODED_BYTES_MAX: usize = 40 << 20;
/// A value of free JSON.
pub(crate) const FREE_VALUE_BYTES: usize = 32;
/// A key of a map with its share of the tree.
pub(crate) const ENTRY_BYTES: usize = 32;

/// What the request read so far takes.
#[derive(Debug, Default)]
pub(crate) struct Weight {
    bytes: usize,
}

impl Weight {
    pub(crate) fn add(&mut self, bytes: usize) -> Result<(), Fault> {
        self.bytes += bytes;
        if self.bytes <= DECODED_BYTES_MAX {
            return Ok(());
        }
        Err(Fault::new(format!("makes the request larger than {} MiB once decoded", DECODED_BYTES_MAX >> 20)))
    }
}
