//! What a filter selects: found by the index, and looked at where the index may hold more than is meant.

use super::list::Place;
use crate::{
    Reading,
    find::{InOrder, LookedAt, Mask, Selection, Tie},
};
use hansard_domain::{
    Result, Time,
    filter::{Filter, Keyword, Order},
};

/// Conversations that are looked at together.
const TOGETHER_MAX: usize = 64;

/// A filter with what its selection holds.
pub(super) struct Found<'f> {
    filter: &'f Filter,
    includes_deleted: bool,
    selection: Selection<'f>,
    keyword: Keyword,
    name: Keyword,
    now: Time,
    looked_at: LookedAt,
}

impl Found<'_> {
    pub(super) fn reads_texts(&self) -> bool {
        self.filter.reads_texts()
    }

    pub(super) fn keyword(&self) -> &Keyword {
        &self.keyword
    }

    /// Conversations that are found, each with where it may say the keyword.
    pub(super) fn where_said(&self, numbers: &[i64]) -> Vec<(i64, Mask)> {
        numbers.iter().map(|number| (*number, self.selection.may_say(*number))).collect()
    }
}

impl Reading<'_> {
    pub(super) fn find<'f>(
        &'f self,
        filter: &'f Filter,
        includes_deleted: bool,
        now: Time,
    ) -> Result<Found<'f>> {
        let selection = self.selection(filter, includes_deleted, now)?;
        let (name, keyword) = (Keyword::new(&filter.display_name_contains), Keyword::new(&filter.keyword));
        let looked_at = selection.looked_at(&name, &keyword);
        Ok(Found { filter, includes_deleted, selection, keyword, name, now, looked_at })
    }

    /// The numbers of all conversations that a filter selects, in no order.
    pub(crate) fn selected_numbers(
        &self,
        filter: &Filter,
        includes_deleted: bool,
        now: Time,
    ) -> Result<Vec<i64>> {
        let found = self.find(filter, includes_deleted, now)?;
        let mut numbers = Vec::new();
        for (block, _) in found.selection.blocks() {
            numbers.extend(self.standing(&found, found.selection.numbers(*block)?)?);
        }
        Ok(numbers)
    }

    /// How many are found; stops counting at `cap`.
    pub(super) fn count_up_to(&self, found: &Found<'_>, cap: i64) -> Result<i64> {
        if !found.selection.unsure().is_any() {
            return found.selection.count_up_to(cap);
        }
        let mut left = usize::try_from(cap).unwrap_or(usize::MAX);
        for (block, _) in found.selection.blocks().iter().rev() {
            let numbers = found.selection.numbers(*block)?;
            let mut numbers = &numbers[..];
            while left > 0 && !numbers.is_empty() {
                let (some, others) = numbers.split_at(numbers.len().min(left));
                left -= self.standing(found, some.to_vec())?.len();
                numbers = others;
            }
        }
        Ok(cap - i64::try_from(left).unwrap_or(cap))
    }

    /// Values and numbers after a place, in order, at most `limit`.
    pub(super) fn page_of(
        &self,
        found: &Found<'_>,
        order: Order,
        place: Option<&Place>,
        limit: usize,
    ) -> Result<Vec<(i64, i64)>> {
        let mut walk = InOrder::new(&found.selection, order, place.map(|place| place.value))?;
        let (mut page, mut next) = (Vec::new(), Vec::new());
        while page.len() < limit {
            let wanted = (limit - page.len()).max(found.selection.looks_ahead());
            self.take_next(&mut walk, place, wanted, &mut next)?;
            if next.is_empty() {
                break;
            }
            let standing = self.standing(found, next.iter().map(|(_, number)| *number).collect())?;
            let mut standing = standing.into_iter().peekable();
            page.extend(next.drain(..).filter(|(_, number)| standing.next_if_eq(number).is_some()));
        }
        page.truncate(limit);
        Ok(page)
    }

    /// Takes the next values and numbers of a walk, at least so many where there are.
    fn take_next(
        &self,
        walk: &mut InOrder<'_, '_>,
        place: Option<&Place>,
        wanted: usize,
        next: &mut Vec<(i64, i64)>,
    ) -> Result<()> {
        while next.len() < wanted {
            let Some(tie) = walk.next_tie()? else { break };
            next.extend(self.in_order_of_ids(&tie, place)?.into_iter().map(|number| (tie.value, number)));
        }
        Ok(())
    }

    /// The conversations of a tie by their ids, without those of an earlier page.
    fn in_order_of_ids(&self, tie: &Tie, place: Option<&Place>) -> Result<Vec<i64>> {
        let place = place.filter(|place| place.value == tie.value);
        if tie.numbers.len() == 1 && place.is_none() {
            return Ok(tie.numbers.clone());
        }
        let mut ids = self.ids_of(&tie.numbers)?;
        ids.retain(|(id, _)| place.is_none_or(|place| *id > place.id));
        ids.sort_unstable();
        Ok(ids.into_iter().map(|(_, number)| number).collect())
    }

    /// Those of what the index found that are what the filter means, in their order.
    fn standing(&self, found: &Found<'_>, mut numbers: Vec<i64>) -> Result<Vec<i64>> {
        if !found.selection.unsure().is_any() {
            return Ok(numbers);
        }
        let looked_at = &found.looked_at;
        let unknown: Vec<i64> =
            numbers.iter().copied().filter(|number| looked_at.verdict(*number).is_none()).collect();
        for unknown in unknown.chunks(TOGETHER_MAX) {
            looked_at.note(unknown, &self.look_at(found, unknown)?);
        }
        numbers.retain(|number| looked_at.verdict(*number) == Some(true));
        Ok(numbers)
    }

    fn look_at(&self, found: &Found<'_>, numbers: &[i64]) -> Result<Vec<i64>> {
        let unsure = found.selection.unsure();
        let mut standing = numbers.to_vec();
        if unsure.whole {
            let is_selected =
                |number| self.is_selected(found.filter, found.includes_deleted, number, found.now);
            let selected = standing.iter().map(|number| Ok(is_selected(*number)?.then_some(*number)));
            return Ok(selected.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect());
        }
        if unsure.name {
            standing = self.that_are_named(&standing, &found.name)?;
        }
        if unsure.texts {
            standing = self.that_say(&found.where_said(&standing), &found.keyword)?;
        }
        Ok(standing)
    }
}
