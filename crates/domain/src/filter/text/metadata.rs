//! Conditions on metadata. A filter ORs them, so a text can ask for one of several, or for both ends of one range.

use super::{
    Fault,
    clause::{Clause, Leaf},
    lists,
    parse::Condition,
    read,
    scan::{Operator, Value},
};
use crate::{
    filter::{Filter, MetadataCondition, MetadataTest},
    metadata::MetadataValue,
    redact::Redactor,
};

pub(super) fn add(filter: &mut Filter, clause: &Clause<'_>) -> Result<(), Fault> {
    let mut asked: Vec<MetadataCondition> = Vec::new();
    for alternative in &clause.alternatives {
        let mut own = read_one(alternative[0])?;
        for leaf in &alternative[1..] {
            own = both(&own, &read_one(*leaf)?).ok_or_else(|| one_only(leaf.condition))?;
        }
        join(&mut asked, own);
    }
    match (&mut filter.metadata[..], asked.len()) {
        ([], _) => filter.metadata = asked,
        ([present], 1) => {
            let joined = both(present, &asked[0]);
            *present = joined.ok_or_else(|| Fault::new(clause.at(), ONE_ONLY))?;
        }
        _ => return Err(Fault::new(clause.at(), ONE_ONLY)),
    }
    Ok(())
}

const ONE_ONLY: &str = "a filter selects what meets any of its conditions on metadata, not all of them; write them \
    with OR, or ask in several requests";

fn one_only(condition: &Condition) -> Fault {
    Fault::new(condition.at, ONE_ONLY)
}

/// Values of one key that are looked for side by side are one condition.
fn join(asked: &mut Vec<MetadataCondition>, own: MetadataCondition) {
    let last = asked.last_mut().filter(|last| last.key == own.key);
    match (last.map(|last| &mut last.test), own.test) {
        (Some(MetadataTest::AnyOf(values)), MetadataTest::AnyOf(more)) => values.extend(more),
        (_, test) => asked.push(MetadataCondition { key: own.key, test }),
    }
}

/// Two ends of one range of one value; nothing else can be asked at once.
fn both(one: &MetadataCondition, other: &MetadataCondition) -> Option<MetadataCondition> {
    if one.key != other.key {
        return None;
    }
    let (MetadataTest::Range(low, high), MetadataTest::Range(from, to)) = (&one.test, &other.test) else {
        return (one == other).then(|| one.clone());
    };
    let is_free = |present: &Option<f64>, more: &Option<f64>| present.is_none() || more.is_none();
    let is_joined = is_free(low, from) && is_free(high, to);
    is_joined.then(|| MetadataCondition {
        key: one.key.clone(),
        test: MetadataTest::Range(low.or(*from), high.or(*to)),
    })
}

fn read_one(leaf: Leaf<'_>) -> Result<MetadataCondition, Fault> {
    let condition = leaf.condition;
    let (operator, value) = (condition.operator, &condition.value);
    let Some(key) = &condition.key else { return key_only(leaf) };
    let is_any = operator == Operator::Has && value.is_any();
    if is_any {
        return Ok(MetadataCondition { key: key.clone(), test: MetadataTest::Exists(!leaf.is_negated) });
    }
    if leaf.is_negated || operator == Operator::NotEqual {
        return Err(Fault::new(
            condition.at,
            "a filter cannot leave out a value of metadata, only a key: NOT metadata.KEY:*",
        ));
    }
    let test = match operator {
        Operator::Equal | Operator::Has => equal(value)?,
        Operator::Less => MetadataTest::Range(None, Some(number(value)?.next_down())),
        Operator::LessOrEqual => MetadataTest::Range(None, Some(number(value)?)),
        Operator::Greater => MetadataTest::Range(Some(number(value)?.next_up()), None),
        _ => MetadataTest::Range(Some(number(value)?), None),
    };
    Ok(MetadataCondition { key: key.clone(), test })
}

/// `metadata:KEY`, as AIP-160 asks whether a map has a key.
fn key_only(leaf: Leaf<'_>) -> Result<MetadataCondition, Fault> {
    let condition = leaf.condition;
    if condition.operator != Operator::Has || condition.value.is_any() {
        return Err(lists::refused(
            condition,
            "needs a key: metadata.region = \"eu\", or metadata.\"a key\":*",
        ));
    }
    let key = read::text(&condition.value)?;
    if key.is_empty() {
        return Err(Fault::new(condition.value.at, "must not be empty"));
    }
    Ok(MetadataCondition { key, test: MetadataTest::Exists(!leaf.is_negated) })
}

/// A star at the end makes it a beginning.
fn equal(value: &Value) -> Result<MetadataTest, Fault> {
    if value.stars == 1 && value.ends_in_star {
        let beginning = value.text.strip_suffix('*').unwrap_or(&value.text);
        return Ok(MetadataTest::Prefix(beginning.to_owned()));
    }
    let text = read::text(value).map_err(|fault| match value.stars {
        0 => fault,
        _ => Fault::new(value.at, r"takes a wildcard at its end only; write \* for the character, in quotes"),
    })?;
    let bare = match text.as_str() {
        _ if value.is_quoted => None,
        "true" => Some(MetadataValue::Boolean(true)),
        "false" => Some(MetadataValue::Boolean(false)),
        _ => finite(&text).map(MetadataValue::Number),
    };
    Ok(MetadataTest::AnyOf(vec![bare.unwrap_or_else(|| MetadataValue::Text(Redactor::NONE.text(&text)))]))
}

fn number(value: &Value) -> Result<f64, Fault> {
    finite(&value.text).filter(|_| !value.is_quoted).ok_or_else(|| Fault::new(value.at, "must be a number"))
}

/// Numbers begin with a digit; words such as `inf` are words.
fn finite(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let number = digits.starts_with(|c: char| c.is_ascii_digit()).then(|| text.parse::<f64>().ok());
    number.flatten().filter(|number| number.is_finite())
}
