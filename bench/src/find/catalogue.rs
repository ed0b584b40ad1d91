//! What is asked: the single fields, fields combined, keywords and counts.

mod combined;
mod counts;
mod fields;
mod keyword;

pub(crate) use combined::COMBINED;
pub(crate) use counts::{SELECTIVE, WHOLE};
pub(crate) use fields::FIELDS;
pub(crate) use keyword::KEYWORD;

use serde_json::{Value, json};

use super::{
    archive,
    facts::{DAY, Facts},
};

/// A metadata condition on one key.
fn metadata(key: &str, condition: &str, operand: impl Into<Value>) -> Value {
    json!([{"key": key, condition: operand.into()}])
}

/// A time range around the start of a conversation; times of the data are in the calendar.
fn days_around(facts: &Facts, days: i64) -> [String; 2] {
    let time = |second| archive::time(second).map(|time| time.to_string()).unwrap_or_default();
    [time(facts.start - days * DAY / 2), time(facts.start + days * DAY / 2)]
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::{
        find::{
            corpus::Corpus,
            question::{Draw, Question},
            tenant::Tenants,
        },
        random::Random,
    };

    /// The fields of the contract's filter, by their names in JSON.
    const CONTRACT: &str = include_str!("../../../proto/hansard/v1/filter.proto");
    /// Nothing of the data has an annotation, a summary or a legal hold.
    const WITHOUT_DATA: [&str; 13] = [
        "moments",
        "behaviors",
        "actions",
        "actionFilters",
        "hintNameFilters",
        "commentsFilter",
        "scorecardTemplateNameFilters",
        "scorecardStatusFilter",
        "scorecardSubmitterNameFilters",
        "calibrationStatusFilter",
        "sentiments",
        "legalHold",
        "messageKeyword",
    ];

    fn fields_of_the_contract() -> Vec<String> {
        let top_level = CONTRACT.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
        let name = |line: &str| {
            let (declaration, _) = line.strip_suffix(';')?.split_once(" = ")?;
            let mut words = declaration.rsplit(' ').next()?.split('_');
            let first = words.next()?.to_owned();
            Some(words.fold(first, |name, word| name + &word[..1].to_uppercase() + &word[1..]))
        };
        top_level.filter_map(name).collect()
    }

    fn draw_all(questions: &[Question]) -> Vec<Value> {
        let (tenants, corpus, mut random) = (Tenants::of(20_000), Corpus::small(), Random::new(9));
        let mut draw = |question: &Question| {
            let mut draw = Draw { tenant: tenants.largest(), corpus: &corpus, random: &mut random };
            question.draw(&mut draw).filter
        };
        questions.iter().map(&mut draw).collect()
    }

    #[test]
    fn every_field_that_the_data_has_is_asked_for() {
        let mut asked: HashSet<String> = WITHOUT_DATA.map(str::to_owned).into();
        for filter in draw_all(FIELDS) {
            asked.extend(filter.as_object().into_iter().flat_map(|fields| fields.keys().cloned()));
        }
        let fields = fields_of_the_contract();
        assert_eq!(fields.len(), 50, "{fields:?}");
        let unasked: Vec<_> = fields.iter().filter(|field| !asked.contains(*field)).collect();
        assert!(unasked.is_empty(), "{unasked:?}");
        let unknown: Vec<_> = asked.iter().filter(|field| !fields.contains(field)).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }

    #[test]
    fn what_is_combined_is_two_to_four_fields() {
        for (question, filter) in COMBINED.iter().zip(draw_all(COMBINED)) {
            let fields = filter.as_object().map_or(0, serde_json::Map::len);
            assert!((2..=4).contains(&fields), "{}: {filter}", question.name);
        }
    }

    #[test]
    fn every_question_has_a_name_of_its_own() {
        for questions in [FIELDS, COMBINED, KEYWORD, SELECTIVE, WHOLE] {
            let names: HashSet<_> = questions.iter().map(|question| question.name).collect();
            assert_eq!(names.len(), questions.len());
        }
    }
}
