//! Ids that the service gives to messages and events.
//!
//! Such an id is a UUIDv7 that ends with the part's own number, so that a part is found by its id without an index of
//! ids; only ids that clients gave are in one.

use hansard_domain::Id;
use uuid::Uuid;

/// Where the number begins in the 16 bytes. What uuid counts, so that later ids are greater, lies before it.
const NUMBER_AT: usize = 12;

/// Makes the id of the part with this number in its conversation: a position or a sequence.
pub(crate) fn made_for(number: i32) -> Id {
    let mut bytes = Uuid::now_v7().into_bytes();
    bytes[NUMBER_AT..].copy_from_slice(&number.to_be_bytes());
    Id::known(Uuid::from_bytes(bytes).to_string())
}

/// Makes the id of what has no number.
pub(crate) fn new() -> Id {
    Id::known(Uuid::now_v7().to_string())
}

/// Reads the number of the only part that this service can have given the id to.
pub(crate) fn number(id: &Id) -> Option<i32> {
    let uuid = Uuid::try_parse(id.as_str()).ok().filter(|uuid| uuid.get_version_num() == 7)?;
    uuid.as_bytes().last_chunk().copied().map(i32::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_id_tells_its_number_and_later_ones_are_greater() {
        let ids: Vec<Id> = (1..=1000).map(made_for).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
        assert!((1..).zip(&ids).all(|(number, id)| self::number(id) == Some(number)));
    }

    #[test]
    fn other_ids_tell_none() {
        for id in ["m1", "2b7f4f0e-3c1b-4c9e-9d3a-0123456789ab", "0192e4a0b1c27def8123456789abcdef0"] {
            assert_eq!(number(&Id::known(id)), None, "{id}");
        }
    }
}
