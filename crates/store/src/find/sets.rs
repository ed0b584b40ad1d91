//! What sets of a plan are in some blocks.
//!
//! Blocks are asked together, since over a network a question costs a way whatever it is about. A block of which nothing
//! is left is not asked further.

use super::{
    Members, Newest, Term, Thirds, Versions,
    bit_set::BitSet,
    by_block::ByBlock,
    gram::{Asked, Wanted},
    kept_sets::{KeptSets, Key},
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

/// The places of a key and of a block among those that are asked together.
type Place = (usize, usize);

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
            Set::Keyword { folded, wanted, beyond_index } => {
                self.that_may_say(blocks, (folded, wanted), beyond_index)
            }
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
            stored_of_each(&asked.collect::<Vec<_>>(), |asked, each| {
                self.tx.each_set_of_terms(self.profile, asked, each)
            })
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

    /// Those of each block that are in the sets of any of the keys.
    fn settled(
        &self,
        blocks: &[i64],
        keys: &[Key],
        ask: impl FnOnce(&[Place]) -> Result<Vec<Box<[u8]>>>,
    ) -> Result<Vec<Members>> {
        let mut members = none(blocks);
        let versioned = self.versioned(blocks, |versions| versions.sets);
        self.each_stored(&self.newest.kept.sets, keys, &versioned, ask, |(_, block), stored| {
            members[block].add_stored(stored)
        })?;
        Ok(members)
    }

    fn versioned(&self, blocks: &[i64], version: impl Fn(Versions) -> i64) -> Vec<(i64, i64)> {
        blocks.iter().map(|block| (*block, version(self.newest.versions(*block)))).collect()
    }

    /// Hands on the set of each key and block as it is stored, empty bytes where there is none. What is not kept `ask` is asked
    /// for, and kept.
    fn each_stored(
        &self,
        kept: &KeptSets,
        keys: &[Key],
        blocks: &[(i64, i64)],
        ask: impl FnOnce(&[Place]) -> Result<Vec<Box<[u8]>>>,
        mut each: impl FnMut(Place, &[u8]) -> Result<()>,
    ) -> Result<()> {
        let mut unknown = Vec::new();
        for (key, of_key) in keys.iter().enumerate() {
            kept.with(self.profile, of_key, |known| {
                for (block, versioned) in blocks.iter().enumerate() {
                    match known.find(*versioned) {
                        Some(stored) => each((key, block), stored)?,
                        None => unknown.push((key, block)),
                    }
                }
                Ok(())
            })?;
        }
        if unknown.is_empty() {
            return Ok(());
        }
        let mut sets = ask(&unknown)?.into_iter();
        for asked in unknown.chunk_by(|one, other| one.0 == other.0) {
            let found: Vec<_> = asked.iter().zip(sets.by_ref()).collect();
            found.iter().try_for_each(|(place, stored)| each(**place, stored))?;
            let found = found.into_iter().map(|((_, block), stored)| (blocks[*block], stored));
            kept.put(self.profile, &keys[asked[0].0], found);
        }
        Ok(())
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
        keyword: (&str, &Wanted),
        beyond_index: &BTreeMap<i64, Members>,
    ) -> Result<Vec<Members>> {
        let mut found = self.by_grams(blocks, keyword)?;
        for (block, thirds) in blocks.iter().zip(&mut found) {
            if let Some(members) = beyond_index.get(block) {
                thirds.add(&Thirds::of_whole(members));
            }
        }
        let members = found.iter().map(Thirds::conversations).collect();
        blocks.iter().zip(found).for_each(|(block, thirds)| self.said.put(*block, Rc::new(thirds)));
        Ok(members)
    }

    /// The thirds that may say a keyword, by its grams.
    fn by_grams(&self, blocks: &[i64], (folded, wanted): (&str, &Wanted)) -> Result<Vec<Thirds>> {
        let mut thirds = vec![Thirds::NONE; blocks.len()];
        let versioned = self.versioned(blocks, |versions| versions.grams);
        let ask = |unknown: &[Place]| {
            let asked: Vec<i64> = unknown.iter().map(|(_, block)| blocks[*block]).collect();
            let found = match wanted {
                Wanted::All(grams) => self.with_grams(&asked, grams)?,
                Wanted::Beginning(grams) => self.with_any_gram(&asked, grams)?,
            };
            Ok(found.iter().map(|thirds| thirds.to_stored().into()).collect())
        };
        let key = [Key::Keyword(folded.to_owned())];
        self.each_stored(&self.newest.kept.grams, &key, &versioned, ask, |(_, block), stored| {
            thirds[block].add_stored(stored)
        })?;
        Ok(thirds)
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
            combine(blocks, thirds, Thirds::keep, |left| self.with_each_gram(grams, left))?;
        }
        Ok(())
    }

    /// The thirds of each block that have all of these grams; notes how many each of them has.
    fn with_each_gram(&self, grams: &[&Asked], blocks: &[i64]) -> Result<Vec<Thirds>> {
        let mut thirds = vec![Thirds::ALL; blocks.len()];
        let keys: Vec<Key> = grams.iter().map(|asked| Key::Gram(asked.gram.clone())).collect();
        let versioned = self.versioned(blocks, |versions| versions.grams);
        let ask = |unknown: &[Place]| {
            let asked = unknown.iter().map(|(gram, block)| (blocks[*block], &grams[*gram].gram[..]));
            stored_of_each(&asked.collect::<Vec<_>>(), |asked, each| {
                self.tx.each_gram(self.profile, asked, each)
            })
        };
        self.each_stored(&self.newest.kept.grams, &keys, &versioned, ask, |(gram, block), stored| {
            let found = if stored.is_empty() { Thirds::NONE } else { Thirds::stored(stored)? };
            grams[gram].found.set(found.count());
            thirds[block].keep(&found);
            Ok(())
        })?;
        Ok(thirds)
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

/// The set of each of what is asked, as it is stored; empty bytes where there is none.
fn stored_of_each<T>(
    asked: &[T],
    find: impl FnOnce(&[T], &mut dyn FnMut(usize, &[u8]) -> Result<()>) -> Result<()>,
) -> Result<Vec<Box<[u8]>>> {
    let mut sets = vec![Box::default(); asked.len()];
    find(asked, &mut |place, stored| {
        sets[place] = stored.into();
        Ok(())
    })?;
    Ok(sets)
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
