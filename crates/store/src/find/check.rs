//! Whether the index says what the conversations say. For fsck.

use super::{
    BLOCK, IndexChanges, Members, Term, Thirds, Times, TimesOfBlock, fresh, gathering::Grams, place_of, runs,
    texts,
};
use crate::{Tx, tenancy::ProfileKey};
use hansard_domain::Result;
use std::collections::BTreeMap;

/// Blocks of a profile whose terms, times, order, bounds or grams are not those of their conversations, as first and last
/// number.
pub(crate) fn unfit_blocks(tx: &Tx<'_>, profile: ProfileKey) -> Result<Vec<(i64, i64)>> {
    let (mut unfit, mut conversations) = (Vec::new(), 0);
    let mut number = 0;
    // Also blocks that are in the index and hold nothing.
    let mut indexed = tx.list_blocks(profile)?.into_iter().map(|((block, _), _)| block).peekable();
    loop {
        let next = tx.next_conversation(profile, number)?.filter(|(found, _)| *found == profile);
        let next = next.map(|(_, number)| number / BLOCK);
        let block = match (next, indexed.peek().copied()) {
            (None, None) => break,
            (Some(one), Some(other)) => one.min(other),
            (Some(one), None) | (None, Some(one)) => one,
        };
        indexed.next_if_eq(&block);
        // What cannot be read is named where the conversations are looked at.
        match fits(tx, profile, block) {
            Ok(Some(count)) => conversations += count,
            Ok(None) | Err(_) => unfit.push((block * BLOCK, (block + 1) * BLOCK - 1)),
        }
        number = (block + 1) * BLOCK;
    }
    if unfit.is_empty() && tx.count_in_runs(profile).ok() != Some(conversations) {
        unfit.push((0, number - 1));
    }
    Ok(unfit)
}

/// How many conversations a block has, where it fits.
fn fits(tx: &Tx<'_>, profile: ProfileKey, block: i64) -> Result<Option<usize>> {
    let Some(count) = times_fit(tx, profile, block)? else { return Ok(None) };
    let fits = terms_fit(tx, profile, block)? && grams_fit(tx, profile, block)?;
    Ok(fits.then_some(count))
}

/// Whether each conversation's terms are in its row, where it is fresh, and else in the sets, and nothing more in either.
fn terms_fit(tx: &Tx<'_>, profile: ProfileKey, block: i64) -> Result<bool> {
    let mut fresh = fresh::of_block(tx, profile, block)?;
    let mut sets: BTreeMap<Term, Members> = BTreeMap::new();
    let mut fits = true;
    for (number, terms) in IndexChanges::of_block(tx, profile, block)?.into_held() {
        match fresh.remove(&number) {
            Some(row) => fits &= row == terms,
            None => terms
                .into_iter()
                .for_each(|term| sets.entry(term).or_insert(Members::NONE).insert(place_of(number).1)),
        }
    }
    let mut expected = sets.into_iter();
    tx.scan_members(profile, &[block], (&[], &[u8::MAX]), |_, term, stored| {
        let next = expected.next();
        fits &= next.is_some_and(|(wanted, members)| {
            wanted.as_bytes() == term && Members::stored(stored).is_ok_and(|stored| stored == members)
        });
        Ok(())
    })?;
    Ok(fits && fresh.is_empty() && expected.next().is_none())
}

/// How many conversations a block has, where each has its times and stands where it belongs in the order of starts.
fn times_fit(tx: &Tx<'_>, profile: ProfileKey, block: i64) -> Result<Option<usize>> {
    let bounds = tx.find_bounds(&[(profile, block)])?.pop().flatten();
    let conversations = tx.list_block(profile, block)?;
    for (number, body) in &conversations {
        let expected = Times::of_body(body);
        let mut one = Members::NONE;
        let (_, place) = place_of(*number);
        one.insert(place);
        let stored = TimesOfBlock::load(tx, profile, block, &one)?.get(place);
        let is_bounded = bounds.is_some_and(|mut bounds| {
            let before = bounds;
            bounds.widen(&expected);
            bounds == before
        });
        let is_in_order = runs::holds(tx, profile, (expected.start.0, *number))?;
        if !is_bounded || !is_in_order || stored.ok() != Some(expected) {
            return Ok(None);
        }
    }
    Ok(Some(conversations.len()))
}

/// Whether the index of keywords holds nothing that the texts do not, and all of it once it covers the log.
fn grams_fit(tx: &Tx<'_>, profile: ProfileKey, block: i64) -> Result<bool> {
    let mut grams = Grams::default();
    tx.each_text_of_block(profile, block, |message, text| grams.add(message, text))?;
    let expected = grams.into_sorted();
    let is_whole = texts::unindexed_changes(tx, profile)? == 0;
    let (mut found, mut fits) = (0, true);
    tx.scan_grams(profile, block, |gram, stored| {
        let stored = Thirds::stored(stored)?;
        let wanted = expected.binary_search_by(|((_, wanted), _)| wanted.to_bytes().as_slice().cmp(gram));
        fits &= wanted.is_ok_and(|index| {
            let mut thirds = Thirds::NONE;
            expected[index].1.iter().for_each(|spot| thirds.insert(usize::from(*spot)));
            found += 1;
            if is_whole { thirds == stored } else { stored.is_within(&thirds) }
        });
        Ok(())
    })?;
    Ok(fits && (!is_whole || found == expected.len()))
}
