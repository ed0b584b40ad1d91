//! Closed vocabularies: words of the contract, as a set and its complement.

use super::{
    Fault,
    clause::{Clause, Leaf},
    lists,
    scan::{Operator, Value},
};
use crate::code::Code;

/// Leaves in a list what a clause selects as well.
pub(super) fn narrow<C: Code>(
    present: &mut Vec<C>,
    clause: &Clause<'_>,
    prefixes: &[&str],
) -> Result<(), Fault> {
    lists::narrow(present, clause, |leaf| set(leaf, prefixes))
}

fn set<C: Code>(leaf: Leaf<'_>, prefixes: &[&str]) -> Result<Vec<C>, Fault> {
    let condition = leaf.condition;
    let value = &condition.value;
    let (named, is_negated) = match condition.operator {
        Operator::Has if value.is_any() => {
            let given = C::values().iter().map(|(_, code)| *code).filter(|code| code.code() != 0);
            (given.collect(), leaf.is_negated)
        }
        Operator::Equal => (vec![code(value, prefixes)?], leaf.is_negated),
        Operator::NotEqual => (vec![code(value, prefixes)?], !leaf.is_negated),
        _ => return Err(lists::refused(condition, "takes =, != and :*")),
    };
    let all = C::values().iter().map(|(_, code)| *code);
    Ok(all.filter(|code| named.contains(code) != is_negated).collect())
}

/// Reads a word, with or without the prefix that it has on the wire.
pub(super) fn code<C: Code>(value: &Value, prefixes: &[&str]) -> Result<C, Fault> {
    let word = folded(&value.text);
    let stripped = prefixes.iter().filter_map(|prefix| word.strip_prefix(&folded(prefix)));
    let mut spellings = std::iter::once(word.as_str()).chain(stripped);
    let named = |spelling: &str| C::values().iter().find(|(name, _)| folded(name) == spelling);
    spellings.find_map(named).map(|(_, code)| *code).ok_or_else(|| {
        let words: Vec<String> = C::values().iter().map(|(name, _)| printed(name)).collect();
        Fault::new(value.at, format!("must be one of {}", words.join(", ")))
    })
}

fn folded(word: &str) -> String {
    word.chars().filter(|c| *c != '_').map(|c| c.to_ascii_uppercase()).collect()
}

/// `ToBeDeleted` as the contract writes it.
pub(super) fn printed(name: &str) -> String {
    let mut word = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !word.is_empty() {
            word.push('_');
        }
        word.push(c.to_ascii_uppercase());
    }
    word
}
