//! What tables `message` and `event` have in common: a part of a conversation is found by its id.

use crate::{Row, Tx, Value, part_id, tenancy::ProfileKey};
use hansard_domain::{Id, Result, conversation::Conversation, name::ConversationName};

/// A part of a conversation, by its id.
pub(crate) type AskedPart<'a> = (ProfileKey, &'a Conversation, &'a Id);

/// What has an id of its own in a conversation.
pub(super) trait Part {
    fn id(&self) -> &Id;
}

/// Finds parts by their ids: those whose id tells their number by that, and of what is left those whose id a client gave.
///
/// Both statements take profile and conversation; the first takes a number, the second an id as well.
pub(super) fn find_parts<T: Part>(
    tx: &Tx<'_>,
    (of_number, of_id): (&str, &str),
    asked: &[AskedPart<'_>],
    read: impl Fn(&ConversationName, &Row<'_>) -> Result<T>,
) -> Result<Vec<Option<T>>> {
    let (places, params): (Vec<_>, Vec<_>) = asked.iter().enumerate().filter_map(numbered).unzip();
    let of = |place: usize| &asked[place].1.name;
    let by_number = tx.row_of_each(of_number, &params, |index, row| read(of(places[index]), row))?;
    let mut found: Vec<Option<T>> = asked.iter().map(|_| None).collect();
    for (place, part) in places.into_iter().zip(by_number) {
        found[place] = part.filter(|part| part.id() == asked[place].2);
    }
    let left: Vec<usize> = (0..asked.len()).filter(|place| found[*place].is_none()).collect();
    let params: Vec<_> = left.iter().map(|place| by_id(&asked[*place])).collect();
    let by_id = tx.row_of_each(of_id, &params, |index, row| read(of(left[index]), row))?;
    left.into_iter().zip(by_id).for_each(|(place, part)| found[place] = part);
    Ok(found)
}

fn by_id<'a>((profile, conversation, id): &AskedPart<'a>) -> [Value<'a>; 3] {
    [(*profile).into(), conversation.number.into(), id.as_str().into()]
}

fn numbered<'a>((place, part): (usize, &AskedPart<'a>)) -> Option<(usize, [Value<'a>; 3])> {
    let (profile, conversation, id) = part;
    Some((place, [(*profile).into(), conversation.number.into(), part_id::number(id)?.into()]))
}
