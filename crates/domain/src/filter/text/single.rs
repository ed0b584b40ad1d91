//! Members with one value: bounds of times and durations, exact ids, substrings, a word, yes or no.

use super::{Fault, clause::Leaf, field::Field, lists::refused, read, scan::Operator, words};
use crate::{
    Span, Time,
    filter::{Filter, ScorecardStatus},
};

/// Of times and durations; bounds that are there already become tighter.
pub(super) fn bound(filter: &mut Filter, leaf: Leaf<'_>) -> Result<(), Fault> {
    use Operator::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};
    let condition = leaf.condition;
    let ordered = [Equal, Less, LessOrEqual, Greater, GreaterOrEqual].as_slice();
    let (taken, remedy) = match condition.field {
        Field::StartTime => (&ordered[1..3], NO_EARLIEST_START),
        Field::EndTime => (&ordered[3..], NO_LATEST_END),
        _ => (ordered, "takes =, <, <=, > and >="),
    };
    let operator = compared(leaf).filter(|operator| taken.contains(operator));
    let Some(operator) = operator else { return Err(refused(condition, remedy)) };
    let later = |time: Time, micros| time.plus(Span(micros));
    let longer = |span: Span, micros| Span(span.0.saturating_add(micros));
    let Filter { range_start, range_end, updated_from, updated_to, min_duration, max_duration, .. } = filter;
    match condition.field {
        Field::StartTime => limit((&mut None, range_end), operator, read::time(&condition.value)?, later),
        Field::EndTime => limit((range_start, &mut None), operator, read::time(&condition.value)?, later),
        Field::UpdateTime => {
            limit((updated_from, updated_to), operator, read::time(&condition.value)?, later);
        }
        _ => limit((min_duration, max_duration), operator, read::span(&condition.value)?, longer),
    }
    Ok(())
}

const NO_EARLIEST_START: &str = "takes < and <=: a filter asks which conversations were going on; those that \
    ended at a time or later, or are live, are end_time >= TIME";
const NO_LATEST_END: &str = "takes > and >=, and a live one passes: a filter asks which conversations were going \
    on; those that started at a time or earlier are start_time <= TIME";

/// The operator, turned round under a negation; none where that makes no range.
fn compared(leaf: Leaf<'_>) -> Option<Operator> {
    use Operator::{Equal, Greater, GreaterOrEqual, Has, Less, LessOrEqual, NotEqual};
    match (leaf.condition.operator, leaf.is_negated) {
        (Has, _) | (NotEqual, false) | (Equal, true) => None,
        (NotEqual, true) => Some(Equal),
        (operator, false) => Some(operator),
        (Less, true) => Some(GreaterOrEqual),
        (LessOrEqual, true) => Some(Greater),
        (Greater, true) => Some(LessOrEqual),
        (GreaterOrEqual, true) => Some(Less),
    }
}

/// Narrows a range with inclusive ends; `step` goes to the neighbours of a value.
fn limit<T: Ord + Copy>(
    (low, high): (&mut Option<T>, &mut Option<T>),
    operator: Operator,
    value: T,
    step: impl Fn(T, i64) -> T,
) {
    let (from, to) = match operator {
        Operator::Less => (None, Some(step(value, -1))),
        Operator::LessOrEqual => (None, Some(value)),
        Operator::Greater => (Some(step(value, 1)), None),
        Operator::GreaterOrEqual => (Some(value), None),
        _ => (Some(value), Some(value)),
    };
    *low = (*low).max(from);
    *high = [*high, to].into_iter().flatten().min();
}

/// An id that is compared as a whole.
pub(super) fn exact(present: &mut String, leaf: Leaf<'_>) -> Result<(), Fault> {
    let condition = leaf.condition;
    if condition.operator != Operator::Equal || leaf.is_negated || condition.value.text.is_empty() {
        return Err(refused(condition, "takes = with a value"));
    }
    set(present, read::text(&condition.value)?, leaf)
}

/// A text of which any is found that holds it.
pub(super) fn substring(present: &mut String, leaf: Leaf<'_>) -> Result<(), Fault> {
    let condition = leaf.condition;
    let value = &condition.value;
    if condition.operator != Operator::Has || leaf.is_negated || value.is_any() || value.text.is_empty() {
        return Err(refused(condition, "takes : with what is to be found, FIELD:\"refund\", and no NOT"));
    }
    set(present, value.text.clone(), leaf)
}

fn set(present: &mut String, text: String, leaf: Leaf<'_>) -> Result<(), Fault> {
    if !present.is_empty() && *present != text {
        return Err(twice(leaf));
    }
    *present = text;
    Ok(())
}

pub(super) fn status(present: &mut Option<ScorecardStatus>, leaf: Leaf<'_>) -> Result<(), Fault> {
    let condition = leaf.condition;
    if condition.operator != Operator::Equal || leaf.is_negated {
        return Err(refused(condition, "takes = with NOT_SCORED, DRAFT or SUBMITTED"));
    }
    let wanted = words::code(&condition.value, &["SCORECARD_STATUS_FILTER_"])?;
    if wanted == ScorecardStatus::Unspecified {
        return Err(Fault::new(condition.value.at, "must be one of NOT_SCORED, DRAFT, SUBMITTED"));
    }
    agreed(present, wanted, leaf)
}

/// Whether something is there at all.
pub(super) fn presence(present: &mut Option<bool>, leaf: Leaf<'_>) -> Result<(), Fault> {
    let condition = leaf.condition;
    let is_there = match condition.operator {
        Operator::Has if condition.value.is_any() => true,
        Operator::Equal => flag(leaf)?,
        _ => return Err(refused(condition, "is asked as FIELD:* or NOT FIELD:*")),
    };
    agreed(present, is_there != leaf.is_negated, leaf)
}

/// Not a condition but a wish: it only ever takes in more.
pub(super) fn wish(present: &mut bool, leaf: Leaf<'_>) -> Result<(), Fault> {
    if leaf.condition.operator != Operator::Equal || leaf.is_negated {
        return Err(refused(leaf.condition, "is given as FIELD = true"));
    }
    *present |= flag(leaf)?;
    Ok(())
}

fn flag(leaf: Leaf<'_>) -> Result<bool, Fault> {
    let value = &leaf.condition.value;
    value.text.parse().map_err(|_| Fault::new(value.at, "must be true or false"))
}

fn agreed<T: PartialEq>(present: &mut Option<T>, wanted: T, leaf: Leaf<'_>) -> Result<(), Fault> {
    if present.as_ref().is_some_and(|present| *present != wanted) {
        return Err(twice(leaf));
    }
    *present = Some(wanted);
    Ok(())
}

fn twice(leaf: Leaf<'_>) -> Fault {
    refused(leaf.condition, "is asked for already, with another value, and both must hold")
}
