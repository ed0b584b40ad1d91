//! Which candidates stay: none in a label, no name of a street as that of a person, and of those that overlap one.
//!
//! How sure a candidate is was decided by its recogniser, how sure it must be by the settings.

use std::{collections::BTreeMap, ops::Range};

use crate::{Entity, scene::Candidate};

/// The confidence of an organisation's own patterns.
const CERTAIN: f32 = 1.0;

/// Keeps candidates out of the labels that an earlier mask wrote: none lies, begins or ends in one.
pub(crate) fn spare_labels(text: &str, labels: &[Range<usize>], found: &mut Vec<Candidate>) {
    let label_at = |place: usize| {
        let label = labels.get(labels.partition_point(|label| label.end <= place))?;
        label.contains(&place).then_some(label)
    };
    found.retain_mut(|Candidate { range, .. }| {
        let given = range.clone();
        while range.start < range.end
            && let Some(label) = label_at(range.start)
        {
            range.start = label.end;
        }
        while range.start < range.end
            && let Some(label) = label_at(range.end - 1)
        {
            range.end = label.start;
        }
        *range == given || text.get(range.clone()).is_some_and(|rest| rest.contains(char::is_alphanumeric))
    });
}

/// Streets are called like persons.
pub(crate) fn drop_names_in_addresses(found: &mut Vec<Candidate>) {
    let mut addresses: Vec<Range<usize>> = found
        .iter()
        .filter(|candidate| candidate.entity == Entity::Address)
        .map(|candidate| candidate.range.clone())
        .collect();
    if addresses.is_empty() {
        return;
    }
    addresses.sort_unstable_by_key(|range| range.start);
    found.retain(|candidate| {
        let before = addresses.partition_point(|range| range.start <= candidate.range.start);
        let around = before.checked_sub(1).map(|before| &addresses[before]);
        candidate.entity != Entity::Person || around.is_none_or(|range| range.end < candidate.range.end)
    });
}

/// Of candidates that overlap the surest stays, of equals the longest; what is certain is never left in part.
pub(crate) fn disjoint(found: &mut Vec<Candidate>) -> Vec<Candidate> {
    if found.len() < 2 {
        return found.pop().into_iter().collect();
    }
    found.sort_by(|a, b| {
        let longer = b.range.len().cmp(&a.range.len());
        b.confidence
            .total_cmp(&a.confidence)
            .then(longer)
            .then(a.range.start.cmp(&b.range.start))
            .then(a.entity.cmp(&b.entity))
    });
    let mut kept: BTreeMap<usize, Candidate> = BTreeMap::new();
    for mut candidate in found.drain(..) {
        while let Some(start) = overlapped(&kept, &candidate.range) {
            if candidate.confidence < CERTAIN {
                break;
            }
            let Some(surer) = kept.remove(&start) else { break };
            let range =
                surer.range.start.min(candidate.range.start)..surer.range.end.max(candidate.range.end);
            candidate = Candidate { range, confidence: candidate.confidence, ..surer };
        }
        if overlapped(&kept, &candidate.range).is_none() {
            kept.insert(candidate.range.start, candidate);
        }
    }
    kept.into_values().collect()
}

/// Where the last of those that overlap a range begins.
fn overlapped(kept: &BTreeMap<usize, Candidate>, range: &Range<usize>) -> Option<usize> {
    let (start, before) = kept.range(..range.end).next_back()?;
    (before.range.end > range.start).then_some(*start)
}
