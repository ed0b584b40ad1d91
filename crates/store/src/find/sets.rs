//! What sets of a plan are in some blocks.
//!
//! Blocks are asked together, since over a network a question costs a way whatever it is about. A block of which nothing
//! is left is not asked further.

use super::{
    Members, Newest, Term, Thirds,
    bit_set::BitSet,
    by_block::ByBlock,
    gram::{Asked, Wanted},
    kept_sets::Key,
    plan::Set,
    term::{self, Field, Terms},
};
use crate::{Tx, tenancy::ProfileKey};
use hansard_domain::Result;
use std::{collections::BTreeMap, rc::Rc};

/// Grams of a keyword that are looked up in any case, of those that few had in the blocks before: mostly, the others take
/// nothing more away.
const RAREST: usize = 5;
/// To read the texts of so many thirds of a block takes no longer than to look up another gram.
const FEW: usize = 16;

/// Where the texts of each block may hold the keyword of a plan.
pub(super) type Said = ByBlock<Rc<Thirds>>;

/// The sets of a profile, on one snapshot.
pub(super) struct Sets<'a> {
    pub tx: &'a Tx<'a>,
    pub profile: ProfileKey,
    pub newest: &'a Newest,
    /// All that are present.
    pub among: &'a Set,
    pub said: &'a Said,
}

impl Sets<'_> {
    /// Those of each block that are in every set.
    pub(super) fn all(&self, blocks: &[i64], sets: &[Set]) -> Result<Vec<Members>> {
        let Some((first, others)) = sets.split_first() else { return self.of(blocks, self.among) };
        let mut members = self.of(blocks, first)?;
        for set in others {
            // What is not there needs no look at who else is present.
            match set {
                Set::Not(inner) => {
                    combine(blocks, &mut members, Members::take_out, |left| self.of(left, inner))?;
                }
                set => combine(blocks, &mut members, Members::keep, |left| self.of(left, set))?,
            }
        }
        Ok(members)
    }

    /// Those of each block that are in a set.
    pub(super) fn of(&self, blocks: &[i64], set: &Set) -> Result<Vec<Members>> {
        match set {
            Set::Term(term) => self.with_any(blocks, &[term]),
            Set::Terms(terms) => self.with_any_of_range(blocks, terms),
            Set::Scorecards(condition, status) => {
                self.within(blocks, &term::all_of(Field::Scorecard), |term| {
                    Term::to_scorecard(term).is_some_and(|fact| {
                        condition.concerns(&fact) && status.is_none_or(|status| status == fact.status)
                    })
                })
            }
            Set::Calibrated(status) => self.within(blocks, &term::all_of(Field::Scorecard), |term| {
                Term::to_scorecard(term).is_some_and(|fact| fact.calibration == *status)
            }),
            Set::Keyword(wanted, beyond_index) => self.that_may_say(blocks, wanted, beyond_index),
            Set::All(sets) => self.all(blocks, sets),
            Set::Any(sets) => self.any(blocks, sets),
            Set::Not(set) => {
                let mut members = self.of(blocks, self.among)?;
                combine(blocks, &mut members, Members::take_out, |left| self.of(left, set))?;
                Ok(members)
            }
        }
    }

    fn any(&self, blocks: &[i64], sets: &[Set]) -> Result<Vec<Members>> {
        let terms: Vec<&Term> = sets.iter().filter_map(Set::as_term).collect();
        let mut members = self.with_any(blocks, &terms)?;
        for set in sets.iter().filter(|set| set.as_term().is_none()) {
            members.iter_mut().zip(self.of(blocks, set)?).for_each(|(members, found)| members.add(&found));
        }
        Ok(members)
    }

    /// Those that have any of the terms.
    fn with_any(&self, blocks: &[i64], terms: &[&Term]) -> Result<Vec<Members>> {
        let keys: Vec<Key> = terms.iter().map(|term| Key::Term((*term).clone())).collect();
        let mut members = self.settled(blocks, &keys, |unknown| {
            let asked = unknown.iter().map(|(key, block)| (blocks[*block], terms[*key].as_bytes()));
            let mut sets = vec![Box::default(); unknown.len()];
            self.tx.each_set_of_terms(self.profile, &asked.collect::<Vec<_>>(), |place, stored| {
                sets[place] = stored.into();
                Ok(())
            })?;
            Ok(sets)
        })?;
        for (block, members) in blocks.iter().zip(&mut members) {
            terms.iter().for_each(|term| self.newest.fresh.add_with(*block, term, members));
        }
        Ok(members)
    }

    /// Those that have any term of a range.
    fn with_any_of_range(&self, blocks: &[i64], terms: &Terms) -> Result<Vec<Members>> {
        let mut members = self.settled(blocks, &[Key::Terms(terms.clone())], |unknown| {
            let asked: Vec<i64> = unknown.iter().map(|(_, block)| blocks[*block]).collect();
            let found = self.settled_within(&asked, terms, |_| true)?;
            Ok(found.iter().map(|members| members.to_stored().into()).collect())
        })?;
        for (block, members) in blocks.iter().zip(&mut members) {
            self.newest.fresh.add_within(*block, terms, |_| true, members);
        }
        Ok(members)
    }

    /// Those of each block that are in the sets of any of the keys; `ask` is asked for what is not known, by the places of
    /// key and block.
    fn settled(
        &self,
        blocks: &[i64],
        keys: &[Key],
        ask: impl FnOnce(&[(usize, usize)]) -> Result<Vec<Box<[u8]>>>,
    ) -> Result<Vec<Members>> {
        let kept = &self.newest.kept.sets;
        let versioned: Vec<_> =
            blocks.iter().map(|block| (*block, self.newest.versions(*block).sets)).collect();
        let (mut members, mut unknown) = (none(blocks), Vec::new());
        for (place, key) in keys.iter().enumerate() {
            kept.with(self.profile, key, |known| {
                for (block, members) in members.iter_mut().enumerate() {
                    if !known.add(versioned[block], members)? {
                        unknown.push((place, block));
                    }
                }
                Ok(())
            })?;
        }
        if unknown.is_empty() {
            return Ok(members);
        }
        let mut sets = ask(&unknown)?.into_iter();
        for asked in unknown.chunk_by(|one, other| one.0 == other.0) {
            let (key, blocks) = (&keys[asked[0].0], asked.iter().map(|(_, block)| *block));
            let found: Vec<_> = blocks.zip(sets.by_ref()).collect();
            found.iter().try_for_each(|(block, stored)| members[*block].add_stored(stored))?;
            let found = found.into_iter().map(|(block, stored)| (versioned[block], stored));
            kept.put(self.profile, key, found);
        }
        Ok(members)
    }

    /// Those that have any wanted term of a range.
    pub(super) fn within(
        &self,
        blocks: &[i64],
        terms: &Terms,
        wanted: impl Fn(&[u8]) -> bool,
    ) -> Result<Vec<Members>> {
        let mut members = self.settled_within(blocks, terms, &wanted)?;
        for (block, members) in blocks.iter().zip(&mut members) {
            self.newest.fresh.add_within(*block, terms, &wanted, members);
        }
        Ok(members)
    }

    fn settled_within(
        &self,
        blocks: &[i64],
        terms: &Terms,
        wanted: impl Fn(&[u8]) -> bool,
    ) -> Result<Vec<Members>> {
        let mut members = none(blocks);
        self.tx.scan_members(self.profile, blocks, (&terms.start, &terms.end), |place, term, stored| {
            if wanted(term) { members[place].add_stored(stored) } else { Ok(()) }
        })?;
        Ok(members)
    }

    /// Those that may say a keyword; notes which thirds of them do.
    fn that_may_say(
        &self,
        blocks: &[i64],
        wanted: &Wanted,
        beyond_index: &BTreeMap<i64, Members>,
    ) -> Result<Vec<Members>> {
        let mut found = match wanted {
            Wanted::All(grams) => self.with_grams(blocks, grams)?,
            Wanted::Beginning(grams) => self.with_any_gram(blocks, grams)?,
        };
        for (block, thirds) in blocks.iter().zip(&mut found) {
            if let Some(members) = beyond_index.get(block) {
                thirds.add(&Thirds::of_whole(members));
            }
        }
        let members = found.iter().map(Thirds::conversations).collect();
        blocks.iter().zip(found).for_each(|(block, thirds)| self.said.put(*block, Rc::new(thirds)));
        Ok(members)
    }

    /// The thirds that have every gram, or the rarest of them where the others took little more away.
    fn with_grams(&self, blocks: &[i64], grams: &[Asked]) -> Result<Vec<Thirds>> {
        let mut thirds = vec![Thirds::ALL; blocks.len()];
        let mut grams: Vec<&Asked> = grams.iter().collect();
        grams.sort_by_key(|asked| asked.found.get());
        let (rarest, others) = grams.split_at(grams.len().min(RAREST));
        self.keep_those_with(rarest, blocks, &mut thirds)?;
        for gram in others {
            let before = count(&thirds);
            if before <= FEW * blocks.len() {
                break;
            }
            self.keep_those_with(&[gram], blocks, &mut thirds)?;
            if before - count(&thirds) < before / 8 {
                break;
            }
        }
        Ok(thirds)
    }

    /// As many grams are asked together as rows are read ahead.
    fn keep_those_with(&self, grams: &[&Asked], blocks: &[i64], thirds: &mut [Thirds]) -> Result<()> {
        for grams in grams.chunks((self.tx.reads_ahead() / blocks.len().max(1)).max(1)) {
            combine(blocks, thirds, Thirds::keep, |left| {
                let asked = grams.iter().flat_map(|asked| left.iter().map(|block| (*block, &asked.gram[..])));
                let found = self.tx.find_grams(self.profile, &asked.collect::<Vec<_>>())?;
                let mut thirds = vec![Thirds::ALL; left.len()];
                for (place, found) in found.into_iter().enumerate() {
                    let found = found.unwrap_or(Thirds::NONE);
                    grams[place / left.len()].found.set(found.count());
                    thirds[place % left.len()].keep(&found);
                }
                Ok(thirds)
            })?;
        }
        Ok(())
    }

    /// The thirds that have any gram of a range.
    fn with_any_gram(&self, blocks: &[i64], grams: &Terms) -> Result<Vec<Thirds>> {
        let mut thirds = vec![Thirds::NONE; blocks.len()];
        let range = (&grams.start[..], &grams.end[..]);
        self.tx.each_set_of_grams(self.profile, blocks, range, |place, stored| {
            thirds[place].add_stored(stored)
        })?;
        Ok(thirds)
    }
}

/// Asks the blocks of which something is left, and combines what is found with what is left.
fn combine<const WORDS: usize>(
    blocks: &[i64],
    sets: &mut [BitSet<WORDS>],
    combine: impl Fn(&mut BitSet<WORDS>, &BitSet<WORDS>),
    find: impl FnOnce(&[i64]) -> Result<Vec<BitSet<WORDS>>>,
) -> Result<()> {
    let left = sets.iter_mut().zip(blocks).filter(|(set, _)| !set.is_empty());
    let (left, asked): (Vec<_>, Vec<i64>) = left.unzip();
    if !asked.is_empty() {
        left.into_iter().zip(find(&asked)?).for_each(|(left, found)| combine(left, &found));
    }
    Ok(())
}

fn count(thirds: &[Thirds]) -> usize {
    thirds.iter().map(Thirds::count).sum()
}

fn none(blocks: &[i64]) -> Vec<Members> {
    vec![Members::NONE; blocks.len()]
}
