//! What a write keeps other processes from while it runs.
//!
//! Only where several processes write to one store: the door alone keeps the writes of one process apart.

use crate::tenancy::{CustomerKey, ProfileKey};

/// Something that one transaction at a time may have. Everybody claims in this order, so that no two wait for each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Claim {
    /// The form of the tables.
    Schema,
    /// Who the tenants are.
    Tenancy,
    /// A profile, with its numbers and its indexes.
    Profile(ProfileKey),
    /// An idempotency key, by its hash.
    Key(u64),
    /// A customer's audit trail.
    Trail(CustomerKey),
}
