//! Bringing the texts of the log into the index of keywords, beside the acknowledged path.
//!
//! A batch is gathered on a snapshot and written in short turns, so that no write waits long. If meanwhile something was
//! taken out of the record, the batch is dropped and gathered anew: nothing that is gone comes back by it.

use super::{Thirds, gram, gram::Gram, place_of, texts::Head, thirds::third_of};
use crate::{Claim, Tx, tenancy::ProfileKey};
use hansard_domain::Result;
use std::{
    collections::{BTreeSet, HashMap},
    time::{Duration, Instant},
};

/// Changes that are looked at in one way.
const CHANGES: i64 = 16_384;
/// Bytes of text, or time, after which a batch ends. A block that is gathered whole is written once; of 4,096 short
/// conversations it has some three million.
const TEXT_BYTES: usize = 4 << 20;
const GATHERED_WITHIN: Duration = Duration::from_secs(1);
/// How long one transaction writes grams while others wait, about.
const TURN: Duration = Duration::from_millis(8);
const GRAMS_BETWEEN_LOOKS: usize = 256;

/// Grams of the texts between two changes of a profile's log.
#[derive(Debug)]
pub(crate) struct Batch {
    profile: ProfileKey,
    /// The index covered the log up to here when it was gathered.
    from: i64,
    /// The last change of the snapshot that it was gathered on.
    seen: i64,
    /// The index covers the log up to here once every slice is written.
    to: i64,
    /// Whose texts they are.
    conversations: BTreeSet<i64>,
    /// By block and gram: the thirds that get it.
    grams: Vec<GramOfThirds>,
}

/// A gram of a block, with the spots of the thirds that have it; one may stand there several times.
pub(super) type GramOfThirds = ((i64, Gram), Vec<u16>);

impl Batch {
    /// The next texts of a profile; none where the index covers the log.
    pub(crate) fn gather(tx: &Tx<'_>, profile: ProfileKey) -> Result<Option<Self>> {
        let Head { indexed, last } = Head::of(tx, profile)?;
        if indexed >= last {
            return Ok(None);
        }
        let (mut grams, mut conversations, mut bytes, mut to) =
            (Grams::default(), BTreeSet::new(), 0, indexed);
        let begun = Instant::now();
        while to < last && bytes < TEXT_BYTES && begun.elapsed() < GATHERED_WITHIN {
            let from = to;
            to = last.min(from.saturating_add(CHANGES));
            tx.each_settled_text(profile, (from, to), |change, (number, position), text| {
                grams.add((number, position), text);
                conversations.insert(number);
                bytes += text.len();
                if bytes >= TEXT_BYTES {
                    to = change;
                }
                Ok(bytes < TEXT_BYTES)
            })?;
        }
        let grams = grams.into_sorted();
        Ok(Some(Self { profile, from: indexed, seen: last, to, conversations, grams }))
    }

    /// Writes grams from one on for a turn; answers where to go on, or nothing where the batch no longer holds.
    ///
    /// With the last gram the index covers what was gathered.
    pub(crate) fn write(&self, tx: &Tx<'_>, from: usize) -> Result<Option<usize>> {
        tx.claim(Claim::Profile(self.profile))?;
        if !self.holds(tx)? {
            return Ok(None);
        }
        let (begun, mut next) = (Instant::now(), from);
        for grams in self.grams[from.min(self.grams.len())..].chunks(GRAMS_BETWEEN_LOOKS) {
            if next > from && begun.elapsed() > TURN {
                tx.put_keyword_head(self.profile, self.from)?;
                return Ok(Some(next));
            }
            self.write_grams(tx, grams)?;
            next += grams.len();
        }
        tx.put_keyword_head(self.profile, self.to)?;
        self.renew_versions(tx)?;
        Ok(Some(self.grams.len() + 1))
    }

    /// Whoever got no new gram says something new as well, and is no longer found beyond the index.
    fn renew_versions(&self, tx: &Tx<'_>) -> Result<()> {
        let blocks: BTreeSet<i64> = self.conversations.iter().map(|number| place_of(*number).0).collect();
        blocks.into_iter().try_for_each(|block| tx.renew_version_of_grams(self.profile, block))
    }

    /// Writes all of it, unless it no longer holds.
    pub(super) fn write_whole(&self, tx: &Tx<'_>) -> Result<()> {
        let mut next = 0;
        while !self.is_written(next) {
            let Some(after) = self.write(tx, next)? else { break };
            next = after;
        }
        Ok(())
    }

    /// Whether a turn was the last.
    pub(crate) fn is_written(&self, next: usize) -> bool {
        next > self.grams.len()
    }

    fn write_grams(&self, tx: &Tx<'_>, grams: &[GramOfThirds]) -> Result<()> {
        let keys: Vec<_> = grams.iter().map(|((block, gram), _)| (*block, gram.to_bytes())).collect();
        let asked: Vec<(i64, &[u8])> = keys.iter().map(|(block, gram)| (*block, &gram[..])).collect();
        let stored = tx.find_grams(self.profile, &asked)?;
        let mut written = BTreeSet::new();
        for (((block, gram), (_, spots)), stored) in asked.iter().zip(grams).zip(stored) {
            let mut thirds = stored.clone().unwrap_or(Thirds::NONE);
            spots.iter().for_each(|spot| thirds.insert(usize::from(*spot)));
            if stored.as_ref() != Some(&thirds) {
                tx.put_gram(self.profile, *block, gram, &thirds)?;
                written.insert(*block);
            }
        }
        written.into_iter().try_for_each(|block| tx.renew_version_of_grams(self.profile, block))
    }

    /// Whether nobody else has written it, and nothing of its conversations was taken out of the record since it was
    /// gathered.
    fn holds(&self, tx: &Tx<'_>) -> Result<bool> {
        if tx.find_keyword_head(self.profile)?.unwrap_or(0) != self.from {
            return Ok(false);
        }
        let removed = tx.list_removals_after(self.profile, self.seen)?;
        Ok(removed.iter().all(|number| !self.conversations.contains(number)))
    }
}

/// Grams of texts, with the spots of the thirds that have each.
#[derive(Debug, Default)]
pub(super) struct Grams {
    spots: HashMap<(i64, Gram), Vec<u16>>,
    of_text: Vec<Gram>,
}

impl Grams {
    /// Adds those of a text, by the number of its conversation and its position there.
    pub(super) fn add(&mut self, (number, position): (i64, i32), text: &str) {
        let (block, place) = place_of(number);
        let spot = u16::try_from(Thirds::spot(place, third_of(position))).unwrap_or_default();
        gram::of_text(text, &mut self.of_text);
        for gram in self.of_text.drain(..) {
            let spots = self.spots.entry((block, gram)).or_default();
            if spots.last() != Some(&spot) {
                spots.push(spot);
            }
        }
    }

    pub(super) fn into_sorted(self) -> Vec<GramOfThirds> {
        let mut grams: Vec<_> = self.spots.into_iter().collect();
        grams.sort_unstable_by_key(|(gram, _)| *gram);
        grams
    }
}
