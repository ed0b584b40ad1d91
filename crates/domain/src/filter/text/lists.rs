//! Members that list the values of one field: alternatives are joined, what must hold at once is cut down.

use super::{
    Fault,
    clause::{Clause, Leaf},
    parse::Condition,
    read,
    scan::Operator,
};

/// Leaves in a list what a clause selects as well; `set` is what one condition selects.
pub(super) fn narrow<T: Clone + PartialEq>(
    present: &mut Vec<T>,
    clause: &Clause<'_>,
    set: impl Fn(Leaf<'_>) -> Result<Vec<T>, Fault>,
) -> Result<(), Fault> {
    let mut chosen: Vec<T> = Vec::new();
    for alternative in &clause.alternatives {
        let mut own = set(alternative[0])?;
        for leaf in &alternative[1..] {
            let other = set(*leaf)?;
            own.retain(|one| other.contains(one));
        }
        own.retain(|one| !chosen.contains(one));
        chosen.append(&mut own);
    }
    if !present.is_empty() {
        chosen.retain(|one| present.contains(one));
    }
    if chosen.is_empty() {
        return Err(Fault::new(clause.at(), "leaves nothing of what was asked before: no value can be both"));
    }
    *present = chosen;
    Ok(())
}

/// A field that is a text or unset, with `value` reading what a text has to be.
pub(super) fn narrow_texts(
    present: &mut Vec<String>,
    clause: &Clause<'_>,
    value: impl Fn(&super::scan::Value) -> Result<String, Fault>,
) -> Result<(), Fault> {
    narrow(present, clause, |Leaf { condition, is_negated }| match condition.operator {
        Operator::Equal if !is_negated => Ok(vec![value(&condition.value)?]),
        Operator::Has if is_negated && condition.value.is_any() => Ok(vec![String::new()]),
        _ => Err(refused(condition, "takes = and, where nothing is set, NOT FIELD:*")),
    })
}

/// A member of which a conversation may have several, and a filter asks for any: it can be set once.
pub(super) fn once<T>(
    present: &mut Vec<T>,
    clause: &Clause<'_>,
    value: impl Fn(&super::scan::Value) -> Result<T, Fault>,
) -> Result<(), Fault> {
    let is_second =
        clause.alternatives.iter().any(|alternative| alternative.len() > 1) || !present.is_empty();
    if is_second {
        let name = clause.alternatives[0][0].condition.field.name();
        let text = format!(
            "{name} is asked for already: a filter selects any of its values, {name}:(a OR b), not all"
        );
        return Err(Fault::new(clause.at(), text));
    }
    *present = clause.leaves().map(|leaf| value(&positive(leaf)?.value)).collect::<Result<_, _>>()?;
    Ok(())
}

/// A condition that has this value in a repeated field.
pub(super) fn positive(leaf: Leaf<'_>) -> Result<&Condition, Fault> {
    let Leaf { condition, is_negated } = leaf;
    let is_held = matches!(condition.operator, Operator::Equal | Operator::Has) && !condition.value.is_any();
    match is_held && !is_negated {
        true => Ok(condition),
        false => Err(refused(condition, "takes : and = with a value, and no NOT")),
    }
}

/// A condition that no filter can hold.
pub(super) fn refused(condition: &Condition, takes: &str) -> Fault {
    let name = condition.field.name();
    Fault::new(condition.at, format!("{name} {}", takes.replace("FIELD", name)))
}

/// A text of a repeated field.
pub(super) fn held_text(leaf: Leaf<'_>) -> Result<String, Fault> {
    let value = &positive(leaf)?.value;
    match value.text.is_empty() {
        true => Err(Fault::new(value.at, "must not be empty")),
        false => read::text(value),
    }
}
