//! Where the index of keywords stands against the log, and what is not in it yet.
//!
//! Texts enter it after they are committed, because a gram for every letter costs more than the message itself. What
//! the log says beyond the index, and what still grows, is read text by text: an acknowledged message is found at
//! once. What is deleted leaves the index in the transaction that deletes it.

use super::{
    Members, Thirds, gram,
    gram::Gram,
    place_of,
    thirds::{THIRDS, third_of},
};
use crate::{Tx, tenancy::ProfileKey};
use hansard_domain::{
    Result,
    filter::Keyword,
    message::{Message, MessageState},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

/// The index of a profile's keywords covers its log up to a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub indexed: i64,
    pub last: i64,
}

impl Head {
    pub(crate) fn of(tx: &Tx<'_>, profile: ProfileKey) -> Result<Self> {
        let indexed = tx.find_keyword_head(profile)?.unwrap_or(0);
        Ok(Self { indexed, last: tx.last_change_number(profile)? })
    }
}

/// How many changes of a profile's log the index does not cover.
pub(crate) fn unindexed_changes(tx: &Tx<'_>, profile: ProfileKey) -> Result<i64> {
    Head::of(tx, profile).map(|head| head.last - head.indexed)
}

/// Profiles whose log goes beyond their index, and by how many changes.
pub(crate) fn unindexed(tx: &Tx<'_>) -> Result<Vec<(ProfileKey, i64)>> {
    tx.list_unindexed()
}

/// Conversations in which a keyword is found outside the index, by block.
pub(crate) fn beyond_index(
    tx: &Tx<'_>,
    profile: ProfileKey,
    keyword: &Keyword,
) -> Result<BTreeMap<i64, Members>> {
    let head = Head::of(tx, profile)?;
    let mut found: BTreeMap<i64, Members> = BTreeMap::new();
    let mut search = keyword.search();
    let mut look = |number: i64, text: &str| {
        if search.finds_in(text) {
            let (block, place) = place_of(number);
            found.entry(block).or_insert(Members::NONE).insert(place);
        }
    };
    tx.each_settled_text(profile, (head.indexed, head.last), |_, (number, _), text| {
        look(number, text);
        Ok(true)
    })?;
    tx.each_growing_text(profile, &mut look)?;
    Ok(found)
}

/// Notes a new text that will still grow.
pub(crate) fn note_new(
    tx: &Tx<'_>,
    (profile, conversation): (ProfileKey, i64),
    message: &Message,
) -> Result<()> {
    if is_growing(message) { tx.insert_growing_text(profile, conversation, message.position) } else { Ok(()) }
}

fn is_growing(message: &Message) -> bool {
    message.content.state == MessageState::Partial && message.delete_time.is_none()
}

/// The text of a message that is about to be written over, where that may be in the index.
pub(crate) fn before_update(
    tx: &Tx<'_>,
    (profile, conversation): (ProfileKey, i64),
    message: &Message,
) -> Result<Option<String>> {
    if tx.has_growing_text(profile, conversation, message.position)? {
        return Ok(None);
    }
    tx.find_text(profile, conversation, message.position)
}

/// After a message is written over: takes what is gone out of the index.
pub(crate) fn after_update(
    tx: &Tx<'_>,
    (profile, conversation): (ProfileKey, i64),
    message: &Message,
    before: Option<String>,
) -> Result<()> {
    match before {
        None if is_growing(message) => Ok(()),
        None => tx.delete_growing_text(profile, conversation, message.position),
        Some(before) if before == message.content.text.as_str() => Ok(()),
        Some(before) => forget(tx, (profile, conversation), (message.position, &before)),
    }
}

/// Takes every gram of a conversation out of the index, before its messages are deleted.
pub(crate) fn before_deletion(tx: &Tx<'_>, (profile, conversation): (ProfileKey, i64)) -> Result<()> {
    let mut grams = BTreeSet::new();
    let texts = tx.list_settled_texts(profile, conversation)?;
    texts.iter().for_each(|(_, text)| gram::of_text(text, &mut grams));
    clear(tx, (profile, conversation), 0..THIRDS, &grams)
}

/// Takes out the grams of a text that no settled text which is left in its third has: one that grows may yet lose them
/// unseen.
fn forget(
    tx: &Tx<'_>,
    (profile, conversation): (ProfileKey, i64),
    (position, gone): (i32, &str),
) -> Result<()> {
    let third = third_of(position);
    let (mut grams, mut left) = (BTreeSet::new(), BTreeSet::new());
    gram::of_text(gone, &mut grams);
    let texts = tx.list_settled_texts(profile, conversation)?;
    let of_third = texts.iter().filter(|(position, _)| third_of(*position) == third);
    of_third.for_each(|(_, text)| gram::of_text(text, &mut left));
    clear(tx, (profile, conversation), third..third + 1, &(&grams - &left))
}

fn clear(
    tx: &Tx<'_>,
    (profile, conversation): (ProfileKey, i64),
    thirds: Range<usize>,
    grams: &BTreeSet<Gram>,
) -> Result<()> {
    let (block, place) = place_of(conversation);
    for gram in grams {
        let gram = gram.to_bytes();
        let Some(mut with) = tx.find_gram(profile, block, &gram)? else { continue };
        thirds.clone().for_each(|third| with.set(Thirds::spot(place, third), false));
        tx.put_gram(profile, block, &gram, &with)?;
    }
    tx.renew_version_of_grams(profile, block)
}
