//! What the writes of a transaction change in the index, gathered and written once.

use super::{
    BLOCK, Members, Term, Times, place_of, term,
    times::{Bounds, CHUNK},
};
use crate::{Tx, tenancy::ProfileKey};
use hansard_domain::{Id, Result, conversation::Body, filter::AnnotationFacts};
use std::collections::{BTreeMap, BTreeSet};

/// Terms given and taken, and times set.
#[derive(Debug, Default)]
pub(crate) struct IndexChanges {
    /// By profile, block and term: places, and whether each has the term from now on.
    terms: BTreeMap<(ProfileKey, i64, Term), Vec<(usize, bool)>>,
    /// By profile and number.
    times: BTreeMap<(ProfileKey, i64), Times>,
}

/// What a conversation itself says of its terms; tags and annotations have their own.
fn terms_of_body(body: &Body) -> BTreeSet<Term> {
    let mut terms = BTreeSet::new();
    term::of_body(body, &mut terms);
    terms
}

fn terms_of_facts(facts: &AnnotationFacts) -> BTreeSet<Term> {
    let mut terms = BTreeSet::new();
    term::of_annotations(facts, &mut terms);
    terms
}

impl IndexChanges {
    /// Gives a conversation a term, or takes it.
    pub(crate) fn set(&mut self, profile: ProfileKey, number: i64, term: Term, has: bool) {
        let (block, place) = place_of(number);
        self.terms.entry((profile, block, term)).or_default().push((place, has));
    }

    /// Notes the terms that differ.
    fn replace(&mut self, profile: ProfileKey, number: i64, before: &BTreeSet<Term>, after: &BTreeSet<Term>) {
        for term in before.difference(after) {
            self.set(profile, number, term.clone(), false);
        }
        for term in after.difference(before) {
            self.set(profile, number, term.clone(), true);
        }
    }

    /// Everything that the index says of a block.
    pub(crate) fn of_block(tx: &Tx<'_>, profile: ProfileKey, block: i64) -> Result<Self> {
        let mut changes = Self::default();
        for (number, body) in tx.list_block(profile, block)? {
            changes.replace_body(profile, number, None, &body);
            for tag in tx.list_conversation_tags(profile, number)? {
                changes.set(profile, number, term::of_tag(&tag), true);
            }
            let facts = tx.annotation_facts(profile, number)?;
            changes.replace_facts(profile, number, &AnnotationFacts::default(), &facts);
        }
        Ok(changes)
    }

    /// The terms in order, of one block.
    pub(crate) fn into_terms(self) -> Vec<(Term, Members)> {
        let sets = self.terms.into_iter().map(|((_, _, term), places)| {
            let mut members = Members::NONE;
            places.into_iter().for_each(|(place, has)| members.set(place, has));
            (term, members)
        });
        sets.collect()
    }

    /// Notes what a write made of a conversation's body.
    pub(crate) fn replace_body(
        &mut self,
        profile: ProfileKey,
        number: i64,
        stored: Option<&Body>,
        present: &Body,
    ) {
        let before = stored.map(terms_of_body).unwrap_or_default();
        self.replace(profile, number, &before, &terms_of_body(present));
        let times = Times::of_body(present);
        if stored.is_none_or(|stored| Times::of_body(stored) != times) {
            self.times.insert((profile, number), times);
        }
    }

    /// Notes what a write made of a conversation's annotations.
    pub(crate) fn replace_facts(
        &mut self,
        profile: ProfileKey,
        number: i64,
        before: &AnnotationFacts,
        after: &AnnotationFacts,
    ) {
        self.replace(profile, number, &terms_of_facts(before), &terms_of_facts(after));
    }

    /// Takes every term of a conversation that is deleted.
    pub(crate) fn remove(
        &mut self,
        profile: ProfileKey,
        number: i64,
        body: &Body,
        (tags, facts): (&[Id], &AnnotationFacts),
    ) {
        let mut terms = terms_of_body(body);
        terms.extend(tags.iter().map(term::of_tag));
        term::of_annotations(facts, &mut terms);
        self.replace(profile, number, &terms, &BTreeSet::new());
    }

    /// Drops the terms that a conversation was to get, by the very write that deletes it.
    pub(crate) fn forget(&mut self, profile: ProfileKey, number: i64) {
        let (block, place) = place_of(number);
        let of_block = self.terms.iter_mut().filter(|((at, of, _), _)| (*at, *of) == (profile, block));
        of_block.for_each(|(_, places)| places.retain(|(noted, has)| *noted != place || !has));
        self.times.remove(&(profile, number));
    }

    /// Adds what a later write changes.
    pub(crate) fn extend(&mut self, later: Self) {
        for (at, mut places) in later.terms {
            self.terms.entry(at).or_default().append(&mut places);
        }
        self.times.extend(later.times);
    }

    pub(crate) fn write(self, tx: &Tx<'_>) -> Result<()> {
        write_times(tx, &self.times)?;
        for ((profile, block, term), places) in &self.terms {
            let stored = tx.find_members(*profile, *block, term.as_bytes())?;
            let mut members = stored.clone().unwrap_or(Members::NONE);
            for (place, has) in places {
                members.set(*place, *has);
            }
            match stored {
                Some(stored) if stored == members => {}
                None if members.is_empty() => {}
                Some(_) if members.is_empty() => tx.delete_members(*profile, *block, term.as_bytes())?,
                _ => tx.put_members(*profile, *block, term.as_bytes(), &members)?,
            }
        }
        Ok(())
    }
}

fn write_times(tx: &Tx<'_>, all: &BTreeMap<(ProfileKey, i64), Times>) -> Result<()> {
    let mut chunks: BTreeMap<(ProfileKey, i64), Vec<(usize, &Times)>> = BTreeMap::new();
    let mut blocks: BTreeMap<(ProfileKey, i64), Vec<&Times>> = BTreeMap::new();
    for ((profile, number), times) in all {
        let place = usize::try_from(number % CHUNK).unwrap_or_default();
        chunks.entry((*profile, number / CHUNK)).or_default().push((place, times));
        blocks.entry((*profile, number / BLOCK)).or_default().push(times);
    }
    for ((profile, number), places) in chunks {
        let mut chunk = tx.find_times(profile, number)?.unwrap_or_default();
        places.into_iter().for_each(|(place, times)| chunk.put(place, times));
        tx.put_times(profile, number, &chunk)?;
    }
    for ((profile, block), times) in blocks {
        let stored = tx.find_bounds(profile, block)?;
        let mut bounds = stored.unwrap_or_else(|| Bounds::of(times[0]));
        times.into_iter().for_each(|times| bounds.widen(times));
        if stored != Some(bounds) {
            tx.put_bounds(profile, block, &bounds)?;
        }
    }
    Ok(())
}
