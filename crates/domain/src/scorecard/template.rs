//! What a scorecard asks. A revision never changes; an update makes the next one.

use super::Score;
use crate::{
    Error, Id, Result, Time,
    conversation::is_default,
    limits,
    name::{Collection, EntryName, Parent, ProfileName},
};
use serde::{Deserialize, Serialize};
use std::{collections::HashSet, fmt};

/// Parts the template from its revision in a name.
const AT: char = '@';
/// Given to a criterion without one.
const DEFAULT_MAX_VALUE: f64 = 1.0;
const DEFAULT_WEIGHT: f64 = 1.0;

/// `{profile}/scorecardTemplates/{template}@{revision}`; the newest revision where none is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateName {
    pub profile: ProfileName,
    pub template: Id,
    pub revision: Option<i32>,
}

/// One revision of a template.
#[derive(Debug, Clone, PartialEq)]
pub struct ScorecardTemplate {
    pub id: Id,
    /// 1, 2, 3 ...
    pub revision: i32,
    pub body: TemplateBody,
    /// When the template's first revision was made.
    pub create_time: Time,
    /// When this revision was made.
    pub update_time: Time,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TemplateBody {
    #[serde(skip_serializing_if = "is_default")]
    pub display_name: String,
    pub criteria: Vec<Criterion>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Criterion {
    pub id: String,
    #[serde(default, skip_serializing_if = "is_default")]
    pub display_name: String,
    /// The best score; 0 is the worst.
    pub max_value: f64,
    /// How much it counts among the others.
    pub weight: f64,
}

impl TemplateName {
    pub fn parse(field: &str, text: &str) -> Result<Self> {
        let EntryName { parent, id, .. } = EntryName::parse(field, text, Collection::ScorecardTemplate)?;
        let Parent::Profile(profile) = parent else {
            return Err(Error::invalid(field, "must be of a profile"));
        };
        let Some((template, revision)) = id.as_str().split_once(AT) else {
            return Ok(Self { profile, template: id, revision: None });
        };
        let number = revision.parse::<i32>().ok().filter(|number| *number > 0);
        if number.is_none_or(|number| number.to_string() != revision) {
            return Err(Error::invalid(field, "has a revision that is not 1, 2, 3 ..."));
        }
        Ok(Self { profile, template: Id::parse(field, template)?, revision: number })
    }

    /// Reads the id of a template to make.
    pub fn parse_id(field: &str, text: &str) -> Result<Id> {
        if text.is_empty() {
            return Err(Error::missing(field));
        }
        if text.contains(AT) {
            return Err(Error::invalid(field, "must not contain @, which goes before a revision"));
        }
        Id::parse(field, text)
    }
}

impl fmt::Display for TemplateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.profile, Collection::ScorecardTemplate.segment(), self.template)?;
        self.revision.map_or(Ok(()), |revision| write!(f, "{AT}{revision}"))
    }
}

impl ScorecardTemplate {
    pub fn name(&self, profile: &ProfileName) -> TemplateName {
        TemplateName { profile: profile.clone(), template: self.id.clone(), revision: Some(self.revision) }
    }

    pub fn etag(&self) -> String {
        format!("\"{}\"", self.revision)
    }

    /// Refuses to change a revision that is not the present one.
    pub fn check_present(&self, revision: Option<i32>, etag: &str) -> Result<()> {
        if revision.is_some_and(|revision| revision != self.revision) {
            return Err(Error::failed_precondition(format!(
                "revisions do not change, and the newest is {}: name it, or none",
                self.revision
            )));
        }
        if etag.is_empty() || etag == self.etag() {
            return Ok(());
        }
        Err(Error::aborted("the etag is not the resource's present one: read it again and retry"))
    }

    /// The next revision, with the fields that the paths name.
    pub fn revise(&self, values: &TemplateBody, paths: &[String], now: Time) -> Result<Self> {
        let mut body = self.body.clone();
        for path in paths {
            match path.as_str() {
                "display_name" => body.display_name.clone_from(&values.display_name),
                "criteria" => body.criteria.clone_from(&values.criteria),
                _ => return Err(Error::unknown_path(path)),
            }
        }
        let revision = self.revision.checked_add(1).ok_or_else(|| Error::exhausted("no more revisions"))?;
        Ok(Self { revision, body: body.checked()?, update_time: now, ..self.clone() })
    }
}

impl TemplateBody {
    /// Checks it and fills in the defaults; paths are relative to the template.
    pub fn checked(mut self) -> Result<Self> {
        limits::short("displayName", &self.display_name)?;
        limits::items_at_most("criteria", self.criteria.len(), limits::LIST_ITEMS_MAX)?;
        if self.criteria.is_empty() {
            return Err(Error::missing("criteria"));
        }
        let mut ids = HashSet::new();
        for (index, criterion) in self.criteria.iter_mut().enumerate() {
            criterion.settle().map_err(|error| error.within(&format!("criteria[{index}]")))?;
            if !ids.insert(criterion.id.clone()) {
                return Err(Error::invalid(format!("criteria[{index}].id"), "is there twice"));
            }
        }
        Ok(self)
    }

    pub(super) fn criterion(&self, id: &str) -> Option<&Criterion> {
        self.criteria.iter().find(|criterion| criterion.id == id)
    }

    /// What was reached of what the scored criteria allow, by weight: 0 to 1.
    pub(super) fn total(&self, scores: &[Score]) -> f64 {
        let scored = scores.iter().filter_map(|score| Some((self.criterion(&score.criterion)?, score.value)));
        let (reached, possible) = scored.fold((0.0, 0.0), |(reached, possible), (criterion, value)| {
            (reached + criterion.weight * value / criterion.max_value, possible + criterion.weight)
        });
        if possible > 0.0 { reached / possible } else { 0.0 }
    }

    /// The share of the criteria of which something holds, by weight: 0 to 1.
    pub(super) fn share(&self, holds: impl Fn(&Criterion) -> bool) -> f64 {
        let weigh = |held: &dyn Fn(&Criterion) -> bool| -> f64 {
            self.criteria.iter().filter(|criterion| held(criterion)).map(|criterion| criterion.weight).sum()
        };
        weigh(&holds) / weigh(&|_| true)
    }
}

impl Criterion {
    fn settle(&mut self) -> Result<()> {
        Id::parse("id", &self.id)?;
        limits::short("displayName", &self.display_name)?;
        let numbers = [
            ("maxValue", &mut self.max_value, DEFAULT_MAX_VALUE),
            ("weight", &mut self.weight, DEFAULT_WEIGHT),
        ];
        for (field, number, default) in numbers {
            if *number == 0.0 {
                *number = default;
            }
            if !(number.is_finite() && *number > 0.0 && *number <= f64::from(u32::MAX)) {
                return Err(Error::invalid(field, "must be a number above 0"));
            }
        }
        Ok(())
    }
}
