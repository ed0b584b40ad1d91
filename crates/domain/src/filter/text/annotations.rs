//! Moments, behaviors, actions and hints: any combination of AND and OR, without NOT; and scorecard templates.

use super::{
    Fault,
    clause::{Clause, Leaf},
    field::Field,
    lists, read,
    scan::{Operator, Value},
    words,
};
use crate::{
    Id,
    filter::{Adherence, AnnotationCondition, TemplateCondition},
    limits,
    name::{Collection, ProfileName},
};

/// Multiplies the alternatives that are there with those of a clause.
pub(super) fn add<T: Clone>(
    present: &mut Vec<Vec<T>>,
    clause: &Clause<'_>,
    read: impl Fn(Leaf<'_>) -> Result<T, Fault>,
) -> Result<(), Fault> {
    let entry = |alternative: &Vec<Leaf<'_>>| alternative.iter().map(|leaf| read(*leaf)).collect();
    let asked: Vec<Vec<T>> = clause.alternatives.iter().map(entry).collect::<Result<_, _>>()?;
    if present.is_empty() {
        *present = asked;
        return Ok(());
    }
    let count = |entries: &[Vec<T>]| entries.iter().map(Vec::len).sum::<usize>();
    if count(present) * asked.len() + count(&asked) * present.len() > limits::LIST_ITEMS_MAX {
        return Err(Fault::new(clause.at(), "too many combinations of AND and OR"));
    }
    let joined = present.iter().flat_map(|one| asked.iter().map(move |other| [&one[..], other].concat()));
    *present = joined.collect();
    Ok(())
}

/// `moment:refund`, `moment.refund:*` or `moment.refund = ADHERED`; moments by their ids or names.
pub(super) fn named(leaf: Leaf<'_>, profile: &ProfileName) -> Result<AnnotationCondition, Fault> {
    let condition = leaf.condition;
    let Some(key) = &condition.key else {
        let value = &lists::positive(leaf)?.value;
        let name = match condition.field {
            Field::Moment => read::id(value, Collection::Moment, profile)?.to_string(),
            _ => lists::held_text(leaf)?,
        };
        return Ok(AnnotationCondition { name, adherence: Adherence::Unspecified });
    };
    if condition.field == Field::Moment && Id::parse("value", key).is_err() {
        return Err(Fault::new(condition.at, format!("{key:?} is no id of a moment")));
    }
    let adherence = match condition.operator {
        Operator::Has if condition.value.is_any() && !leaf.is_negated => Adherence::Unspecified,
        Operator::Equal if !leaf.is_negated => words::code(&condition.value, &["ADHERENCE_TYPE_"])?,
        _ => {
            return Err(lists::refused(
                condition,
                "is asked as FIELD.NAME = ADHERED, = NOT_ADHERED or :*, without NOT",
            ));
        }
    };
    Ok(AnnotationCondition { name: key.clone(), adherence })
}

/// `t@3`, `t@*`, `t` for any revision, or the resource name of one of these.
pub(super) fn template(value: &Value, profile: &ProfileName) -> Result<TemplateCondition, Fault> {
    let template = match value.text.contains('/') {
        true => TemplateCondition::parse("value", &value.text, &profile.customer),
        false => TemplateCondition::parse_id("value", &value.text),
    };
    template.map_err(|error| read::fault(value, &error))
}
