//! Ids that the service gives to messages and events.
//!
//! Such an id is a UUIDv7 made of what the part's row holds anyway: when it was made, of which conversation it is and its
//! own number there. So no row holds it, and a part is found by it without an index of ids; only ids that clients gave
//! are stored.

use hansard_domain::{Id, Time, name::ConversationName};
use std::borrow::Cow;
use twox_hash::XxHash3_64;
use uuid::{Builder, Uuid};

/// Where the number begins in the 16 bytes. Time and conversation lie before it, so that later ids are greater.
const NUMBER_AT: usize = 12;

/// What a row holds in the place of the id that [`made_for`] makes.
const UNSAID: &str = "";

/// Makes the id of the part with this number in its conversation: a position or a sequence.
pub(crate) fn made_for(conversation: &ConversationName, time: Time, number: i32) -> Id {
    let micros = time.0.max(0).cast_unsigned();
    let fraction = ((micros % 1000) << 12) / 1000;
    let mut rest = [0; 10];
    rest[..2].copy_from_slice(&(fraction as u16).to_be_bytes());
    rest[2..6].copy_from_slice(&(hash(conversation) as u32).to_be_bytes());
    rest[6..].copy_from_slice(&number.to_be_bytes());
    Id::known(Builder::from_unix_timestamp_millis(micros / 1000, &rest).into_uuid().to_string())
}

fn hash(conversation: &ConversationName) -> u64 {
    let ids = [&conversation.profile.customer, &conversation.profile.profile, &conversation.conversation];
    ids.iter().fold(0, |seed, id| XxHash3_64::oneshot_with_seed(seed, id.as_str().as_bytes()))
}

/// What a row holds of a part's id.
pub(crate) fn stored<'i>(id: &'i Id, conversation: &ConversationName, time: Time, number: i32) -> &'i str {
    if *id == made_for(conversation, time, number) { UNSAID } else { id.as_str() }
}

/// The id of a part whose row holds `stored` of it.
pub(crate) fn of_row(stored: &str, conversation: &ConversationName, time: Time, number: i32) -> Id {
    if stored == UNSAID { made_for(conversation, time, number) } else { Id::known(stored) }
}

/// Begins what [`reference()`] makes of a made id; no id begins so.
const NUMBERED: char = '#';

/// What a row that was made at `time` holds of the id of a part that it is about: of one that was made together with it
/// the number alone.
pub(crate) fn reference<'i>(id: &'i Id, conversation: &ConversationName, time: Time) -> Cow<'i, str> {
    match number(id).filter(|number| *id == made_for(conversation, time, *number)) {
        Some(number) => Cow::Owned(format!("{NUMBERED}{number}")),
        None => Cow::Borrowed(id.as_str()),
    }
}

/// The id that a row made at `time` holds as `reference`.
pub(crate) fn referred(reference: &str, conversation: &ConversationName, time: Time) -> Id {
    match reference.strip_prefix(NUMBERED).and_then(|number| number.parse().ok()) {
        Some(number) => made_for(conversation, time, number),
        None => Id::known(reference),
    }
}

/// What rows may hold of the id of a part that they are about; the second is of another part where the id was given.
pub(crate) fn references(id: &Id) -> [String; 2] {
    let numbered = number(id).map(|number| format!("{NUMBERED}{number}"));
    [id.to_string(), numbered.unwrap_or_else(|| id.to_string())]
}

/// Makes the id of what has no number.
pub(crate) fn new() -> Id {
    Id::known(Uuid::now_v7().to_string())
}

/// Reads the number of the only part that this service can have given the id to.
pub(crate) fn number(id: &Id) -> Option<i32> {
    let uuid = Uuid::try_parse(id.as_str()).ok().filter(|uuid| uuid.get_version_num() == 7)?;
    uuid.as_bytes()[NUMBER_AT..].first_chunk().copied().map(i32::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hansard_domain::name::ProfileName;

    fn conversation(id: &str) -> ConversationName {
        let [customer, profile, conversation] = ["acme", "main", id].map(Id::known);
        ProfileName { customer, profile }.conversation(conversation)
    }

    const NOON: Time = Time(1_795_316_033_008_712);

    #[test]
    fn a_made_id_tells_its_number_and_later_ones_are_greater() {
        let one = conversation("c1");
        let ids: Vec<Id> = (1..=1000)
            .flat_map(|number| [(0, number), (1, number), (999, number)])
            .map(|(micros, number)| made_for(&one, Time(NOON.0 + i64::from(number) * 1000 + micros), number))
            .collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
        assert!((3..).zip(&ids).all(|(place, id)| number(id) == Some(place / 3)));
    }

    #[test]
    fn a_made_id_is_one_of_its_conversation_time_and_number() {
        let id = made_for(&conversation("c1"), NOON, 7);
        // Rows do not hold it: another way to make it would give stored parts other ids.
        assert_eq!(id.as_str(), "01a2012c-a5f0-7b64-ad67-f5fe00000007");
        assert_ne!(id, made_for(&conversation("c2"), NOON, 7));
        assert_ne!(id, made_for(&conversation("c1"), Time(NOON.0 + 1), 7));
        assert_ne!(id, made_for(&conversation("c1"), NOON, 8));
    }

    #[test]
    fn a_row_holds_given_ids_alone() {
        let one = conversation("c1");
        let made = made_for(&one, NOON, 7);
        for (id, held) in [(&made, ""), (&Id::known("m7"), "m7")] {
            assert_eq!(stored(id, &one, NOON, 7), held);
            assert_eq!(of_row(held, &one, NOON, 7), *id);
        }
        assert_eq!(stored(&made, &one, Time(NOON.0 + 1), 7), made.as_str(), "of another time");
        assert_eq!(stored(&made, &one, NOON, 8), made.as_str(), "of another place");
    }

    #[test]
    fn what_is_about_a_part_holds_its_number_alone() {
        let one = conversation("c1");
        let made = made_for(&one, NOON, 7);
        let (later, given) = (Time(NOON.0 + 1), Id::known("m7"));
        for (id, time, held) in [(&made, NOON, "#7"), (&made, later, made.as_str()), (&given, NOON, "m7")] {
            assert_eq!(reference(id, &one, time), held);
            assert_eq!(referred(held, &one, time), *id);
            assert!(references(id).contains(&held.to_owned()));
        }
    }

    #[test]
    fn other_ids_tell_none() {
        for id in ["m1", "2b7f4f0e-3c1b-4c9e-9d3a-0123456789ab", "0192e4a0b1c27def8123456789abcdef0"] {
            assert_eq!(number(&Id::known(id)), None, "{id}");
        }
    }
}
