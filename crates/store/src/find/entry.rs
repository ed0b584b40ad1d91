//! What the writes of a transaction change in the index, gathered and written once.

use super::{
    BLOCK, Members, Term, Times,
    fresh::{self, MERGED_AT_ONCE, Places},
    place_of,
    runs::{self, StartChanges},
    term,
    times::{Bounds, CHUNK},
};
use crate::{Tx, tenancy::ProfileKey};
use hansard_domain::{Id, Result, conversation::Body, filter::AnnotationFacts};
use std::collections::{BTreeMap, BTreeSet};

type ConversationKey = (ProfileKey, i64);

/// Terms given and taken, and times set, by profile and number.
#[derive(Debug, Default)]
pub(crate) struct IndexChanges {
    /// Each term with whether the conversation has it from now on.
    terms: BTreeMap<ConversationKey, BTreeMap<Term, bool>>,
    times: BTreeMap<ConversationKey, Times>,
    starts: BTreeMap<ProfileKey, StartChanges>,
    /// Conversations that were not there yet.
    new: BTreeSet<ConversationKey>,
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
        self.terms.entry((profile, number)).or_default().insert(term, has);
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
        let conversations = tx.list_block(profile, block)?;
        let numbers: Vec<i64> = conversations.iter().map(|(number, _)| *number).collect();
        let tags = tx.list_tags_of(profile, &numbers)?;
        let facts = tx.annotation_facts_of(profile, &numbers)?;
        for (((number, body), tags), facts) in conversations.into_iter().zip(tags).zip(facts) {
            changes.replace_body(profile, number, None, &body);
            for tag in tags {
                changes.set(profile, number, term::of_tag(&tag), true);
            }
            changes.replace_facts(profile, number, &AnnotationFacts::default(), &facts);
        }
        Ok(changes)
    }

    /// Which terms each conversation has from now on, by number.
    pub(super) fn into_held(self) -> impl Iterator<Item = (i64, Vec<Term>)> {
        let held = |(term, has): (Term, bool)| has.then_some(term);
        self.terms
            .into_iter()
            .map(move |((_, number), terms)| (number, terms.into_iter().filter_map(held).collect()))
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
        // What was read of a name goes by the version that times have.
        let is_as_before = |stored: &Body| {
            Times::of_body(stored) == times && stored.fields.display_name == present.fields.display_name
        };
        if !stored.is_some_and(is_as_before) {
            self.times.insert((profile, number), times);
        }
        self.move_start(profile, number, stored, Some(present));
        if stored.is_none() {
            self.new.insert((profile, number));
        }
    }

    /// Notes where a conversation stands in the order of their starts, where that is not as it was.
    fn move_start(&mut self, profile: ProfileKey, number: i64, before: Option<&Body>, after: Option<&Body>) {
        let (before, after) = (before.map(|body| body.start_time), after.map(|body| body.start_time));
        if before == after {
            return;
        }
        let starts = self.starts.entry(profile).or_default();
        starts.extend(before.map(|time| ((time.0, number), false)));
        starts.extend(after.map(|time| ((time.0, number), true)));
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
        self.move_start(profile, number, Some(body), None);
    }

    /// Drops the terms that a conversation was to get, by the very write that deletes it.
    pub(crate) fn forget(&mut self, profile: ProfileKey, number: i64) {
        if let Some(terms) = self.terms.get_mut(&(profile, number)) {
            terms.retain(|_, has| !*has);
        }
        self.times.remove(&(profile, number));
        if let Some(starts) = self.starts.get_mut(&profile) {
            starts.retain(|(_, other), is_in| *other != number || !*is_in);
        }
        self.new.remove(&(profile, number));
    }

    /// Whether it is about profiles for which this holds alone.
    pub(crate) fn is_within(&self, is_in: impl Fn(ProfileKey) -> bool) -> bool {
        let of_terms =
            self.terms.keys().chain(self.times.keys()).chain(&self.new).map(|(profile, _)| *profile);
        of_terms.chain(self.starts.keys().copied()).all(is_in)
    }

    /// Adds what a later write changes.
    pub(crate) fn extend(&mut self, later: Self) {
        for (at, terms) in later.terms {
            self.terms.entry(at).or_default().extend(terms);
        }
        self.times.extend(later.times);
        for (profile, starts) in later.starts {
            self.starts.entry(profile).or_default().extend(starts);
        }
        self.new.extend(later.new);
    }

    pub(crate) fn write(self, tx: &Tx<'_>) -> Result<()> {
        self.write_order(tx)?;
        let mut settled: BTreeMap<ProfileKey, Places> = BTreeMap::new();
        let (new, known): (BTreeMap<_, _>, BTreeMap<_, _>) =
            self.terms.into_iter().partition(|(at, _)| self.new.contains(at));
        for ((profile, number), terms) in new {
            fresh::put(tx, profile, number, &changed(&BTreeSet::new(), terms))?;
        }
        let held = fresh::find(tx, &known.keys().copied().collect::<Vec<_>>())?;
        for (((profile, number), terms), held) in known.into_iter().zip(held) {
            match held {
                None => add_places(settled.entry(profile).or_default(), number, terms),
                Some(held) => {
                    let held_now = changed(&held, terms);
                    if held_now != held {
                        fresh::put(tx, profile, number, &held_now)?;
                    }
                }
            }
        }
        settled.into_iter().try_for_each(|(profile, places)| write_places(tx, profile, places))?;
        merge_behind(tx, &self.new)
    }

    fn write_order(&self, tx: &Tx<'_>) -> Result<()> {
        write_times(tx, &self.times)?;
        self.starts.iter().try_for_each(|(profile, starts)| runs::write(tx, *profile, starts))
    }

    /// Writes everything into the sets, also what is new.
    pub(super) fn write_settled(self, tx: &Tx<'_>, profile: ProfileKey) -> Result<()> {
        self.write_order(tx)?;
        let mut places = Places::new();
        for ((_, number), terms) in self.terms {
            add_places(&mut places, number, terms);
        }
        write_places(tx, profile, places)
    }
}

fn changed(held: &BTreeSet<Term>, changes: BTreeMap<Term, bool>) -> BTreeSet<Term> {
    let mut held = held.clone();
    for (term, has) in changes {
        if has {
            held.insert(term);
        } else {
            held.remove(&term);
        }
    }
    held
}

fn add_places(places: &mut Places, number: i64, terms: BTreeMap<Term, bool>) {
    let (block, place) = place_of(number);
    for (term, has) in terms {
        places.entry((block, term)).or_default().push((place, has));
    }
}

fn write_places(tx: &Tx<'_>, profile: ProfileKey, places: Places) -> Result<()> {
    let asked: Vec<_> = places.keys().map(|(block, term)| (*block, term.as_bytes())).collect();
    let stored = tx.find_members_of_each(profile, &asked)?;
    let mut written = BTreeSet::new();
    for (((block, term), places), stored) in places.into_iter().zip(stored) {
        let mut members = stored.clone().unwrap_or(Members::NONE);
        places.into_iter().for_each(|(place, has)| members.set(place, has));
        match stored {
            Some(stored) if stored == members => continue,
            None if members.is_empty() => continue,
            Some(_) if members.is_empty() => tx.delete_members(profile, block, term.as_bytes())?,
            _ => tx.put_members(profile, block, term.as_bytes(), &members)?,
        }
        written.insert(block);
    }
    written.into_iter().try_for_each(|block| tx.renew_version_of_sets(profile, block))
}

/// Merges what is fresh into the sets, up to the last numbers that are filled.
fn merge_behind(tx: &Tx<'_>, new: &BTreeSet<ConversationKey>) -> Result<()> {
    let last: BTreeMap<ProfileKey, i64> = new.iter().copied().collect();
    for (profile, number) in last {
        let end = (number + 1) / MERGED_AT_ONCE * MERGED_AT_ONCE;
        write_places(tx, profile, fresh::take_before(tx, profile, end)?)?;
    }
    Ok(())
}

fn write_times(tx: &Tx<'_>, all: &BTreeMap<ConversationKey, Times>) -> Result<()> {
    let mut chunks: BTreeMap<(ProfileKey, i64), Vec<(usize, &Times)>> = BTreeMap::new();
    let mut blocks: BTreeMap<(ProfileKey, i64), Vec<&Times>> = BTreeMap::new();
    for ((profile, number), times) in all {
        let place = usize::try_from(number % CHUNK).unwrap_or_default();
        chunks.entry((*profile, number / CHUNK)).or_default().push((place, times));
        blocks.entry((*profile, number / BLOCK)).or_default().push(times);
    }
    let stored = tx.find_times(&chunks.keys().copied().collect::<Vec<_>>())?;
    for (((profile, number), places), mut chunk) in chunks.into_iter().zip(stored) {
        places.into_iter().for_each(|(place, times)| chunk.put(place, times));
        tx.put_times(profile, number, &chunk)?;
    }
    let stored = tx.find_bounds(&blocks.keys().copied().collect::<Vec<_>>())?;
    for (((profile, block), times), stored) in blocks.into_iter().zip(stored) {
        let mut bounds = stored.unwrap_or_else(|| Bounds::of(times[0]));
        times.into_iter().for_each(|times| bounds.widen(times));
        tx.put_bounds(profile, block, &bounds)?;
    }
    Ok(())
}
