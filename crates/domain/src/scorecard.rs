//! Scorecards: a conversation assessed by the criteria of a template, submitted, and calibrated.
//!
//! Who may do so is in `caller`; which scorecards there are is asked of the store.

mod template;

pub use template::{Criterion, ScorecardTemplate, TemplateBody, TemplateName};

use crate::{
    Error, Id, Result, Time,
    conversation::is_default,
    directory::Stamps,
    filter::{ScorecardFact, ScorecardStatus},
    limits,
    name::{Collection, ConversationName, EntryName},
    redact::SafeText,
};
use serde::{Deserialize, Serialize};

/// Of one conversation.
pub const SCORECARDS_MAX: usize = 1_000;

/// A stored scorecard.
#[derive(Debug, Clone, PartialEq)]
pub struct Scorecard {
    pub id: Id,
    pub conversation: ConversationName,
    pub template: Id,
    pub revision: i32,
    pub body: ScorecardBody,
    pub stamps: Stamps,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ScorecardBody {
    /// Resource name of the user or API key that made it.
    pub author: String,
    /// Draft or Submitted.
    pub status: ScorecardStatus,
    #[serde(skip_serializing_if = "is_default")]
    pub scores: Vec<Score>,
    #[serde(skip_serializing_if = "is_default")]
    pub submitter: String,
    #[serde(skip_serializing_if = "is_default")]
    pub submit_time: Option<Time>,
    /// The scorecard that it is calibrated against.
    #[serde(skip_serializing_if = "is_default")]
    pub reference: Option<Id>,
    /// NotScored without a reference.
    pub calibration: ScorecardStatus,
    /// What was reached of what the scored criteria allow, by weight.
    #[serde(skip_serializing_if = "is_default")]
    pub total: f64,
    /// The share of the criteria, by weight, on which a submitted calibration agrees.
    #[serde(skip_serializing_if = "is_default")]
    pub agreement: f64,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Score {
    pub criterion: String,
    pub value: f64,
    #[serde(default, skip_serializing_if = "is_default")]
    pub comment: SafeText,
}

/// New values; what is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ScorecardPatch {
    pub scores: Option<Vec<Score>>,
    pub status: Option<ScorecardStatus>,
    pub reference: Option<Option<Id>>,
    pub calibration: Option<ScorecardStatus>,
}

/// What a change of a scorecard is judged by.
#[derive(Debug)]
pub struct Review<'a> {
    pub template: &'a TemplateBody,
    /// The other scorecards of the conversation.
    pub others: &'a [Scorecard],
    /// Resource name of the user or API key that changes it.
    pub actor: &'a str,
    pub now: Time,
}

impl ScorecardPatch {
    /// The paths that an update may name.
    pub const PATHS: [&'static str; 4] = ["scores", "status", "reference_scorecard", "calibration_status"];

    /// Drops what the paths of a mask do not name.
    pub fn only(self, paths: &[String]) -> Result<Self> {
        if let Some(path) = paths.iter().find(|path| !Self::PATHS.contains(&path.as_str())) {
            return Err(Error::unknown_path(path));
        }
        let named = |path: &str| paths.iter().any(|one| one == path);
        Ok(Self {
            scores: self.scores.filter(|_| named("scores")),
            status: self.status.filter(|_| named("status")),
            reference: self.reference.filter(|_| named("reference_scorecard")),
            calibration: self.calibration.filter(|_| named("calibration_status")),
        })
    }
}

impl ScorecardBody {
    /// What conditions ask of a scorecard.
    pub fn fact(&self, template: Id, revision: i32) -> ScorecardFact {
        let submitter = EntryName::parse("submitter", &self.submitter, Collection::User);
        ScorecardFact {
            template,
            revision: revision.to_string(),
            status: self.status,
            submitter: submitter.ok().map(|name| name.id),
            calibration: self.calibration,
        }
    }
}

impl Scorecard {
    /// A draft without scores.
    pub fn new(
        id: Id,
        conversation: ConversationName,
        (template, revision): (Id, i32),
        (author, now): (&str, Time),
    ) -> Self {
        let body = ScorecardBody {
            author: author.to_owned(),
            status: ScorecardStatus::Draft,
            calibration: ScorecardStatus::NotScored,
            ..ScorecardBody::default()
        };
        Self { id, conversation, template, revision, body, stamps: Stamps::new(now) }
    }

    pub fn name(&self) -> EntryName {
        self.conversation.profile.scorecard(self.id.clone())
    }

    /// The template with the revision.
    pub fn template_name(&self) -> TemplateName {
        TemplateName {
            profile: self.conversation.profile.clone(),
            template: self.template.clone(),
            revision: Some(self.revision),
        }
    }

    pub fn is_submitted(&self) -> bool {
        self.body.status == ScorecardStatus::Submitted
    }

    /// Whether a patch takes back what was submitted.
    pub fn is_reopened_by(&self, patch: &ScorecardPatch) -> bool {
        self.is_submitted() && patch.status == Some(ScorecardStatus::Draft)
    }

    /// Applies a patch: it is reopened first and submitted last. Paths are relative to the scorecard.
    pub fn update(&mut self, patch: ScorecardPatch, review: &Review<'_>) -> Result<()> {
        if self.is_reopened_by(&patch) {
            self.reopen(review)?;
        }
        if let Some(scores) = patch.scores.filter(|scores| *scores != self.body.scores) {
            self.score(scores, review)?;
        }
        match patch.status {
            Some(ScorecardStatus::Submitted) => self.submit(review)?,
            Some(ScorecardStatus::NotScored) => {
                return Err(Error::invalid("status", "must be DRAFT or SUBMITTED"));
            }
            _ => {}
        }
        if let Some(reference) = patch.reference.filter(|reference| *reference != self.body.reference) {
            self.refer(reference, review)?;
        }
        self.calibrate(patch.calibration.unwrap_or_default(), review)
    }

    /// Refuses what another scorecard's calibration rests on.
    pub fn check_free(&self, others: &[Self]) -> Result<()> {
        if others.iter().any(|other| other.body.reference.as_ref() == Some(&self.id)) {
            return Err(Error::failed_precondition(
                "other scorecards are calibrated against this one: remove their referenceScorecard first",
            ));
        }
        Ok(())
    }

    fn reopen(&mut self, review: &Review<'_>) -> Result<()> {
        self.check_free(review.others)?;
        let body = &mut self.body;
        (body.status, body.submit_time, body.agreement) = (ScorecardStatus::Draft, None, 0.0);
        body.submitter.clear();
        if body.calibration == ScorecardStatus::Submitted {
            body.calibration = ScorecardStatus::Draft;
        }
        Ok(())
    }

    fn score(&mut self, scores: Vec<Score>, review: &Review<'_>) -> Result<()> {
        if self.is_submitted() {
            return Err(Error::failed_precondition(
                "the scorecard is submitted: its scores stay as they are",
            ));
        }
        for (index, score) in scores.iter().enumerate() {
            let path = |member: &str| format!("scores[{index}].{member}");
            let Some(criterion) = review.template.criterion(&score.criterion) else {
                return Err(Error::invalid(path("criterion"), "is not a criterion of the template"));
            };
            if scores[..index].iter().any(|other| other.criterion == score.criterion) {
                return Err(Error::invalid(path("criterion"), "is scored twice"));
            }
            if !(0.0..=criterion.max_value).contains(&score.value) {
                let range = format!("must be between 0 and {}", criterion.max_value);
                return Err(Error::invalid(path("value"), range));
            }
            limits::short(&path("comment"), score.comment.as_str())?;
        }
        self.body.total = review.template.total(&scores);
        self.body.scores = scores;
        Ok(())
    }

    fn submit(&mut self, review: &Review<'_>) -> Result<()> {
        if self.is_submitted() {
            return Ok(());
        }
        let scored = |criterion: &Criterion| self.value(&criterion.id).is_some();
        if let Some(missing) = review.template.criteria.iter().find(|criterion| !scored(criterion)) {
            return Err(Error::failed_precondition(format!(
                "the criterion {} has no score yet: score all of them before you submit",
                missing.id
            )));
        }
        self.body.status = ScorecardStatus::Submitted;
        self.body.submitter = review.actor.to_owned();
        self.body.submit_time = Some(review.now);
        Ok(())
    }

    fn refer(&mut self, reference: Option<Id>, review: &Review<'_>) -> Result<()> {
        if self.body.calibration == ScorecardStatus::Submitted {
            return Err(Error::failed_precondition("the calibration is submitted: it stays as it is"));
        }
        let of_same = |id: &Id| {
            let found = review.others.iter().find(|other| other.id == *id);
            found.is_some_and(|other| (&other.template, other.revision) == (&self.template, self.revision))
        };
        if reference.as_ref().is_some_and(|id| !of_same(id)) {
            return Err(Error::invalid(
                "referenceScorecard",
                "must be another scorecard of the same conversation and template, of the same revision",
            ));
        }
        self.body.calibration =
            if reference.is_some() { ScorecardStatus::Draft } else { ScorecardStatus::NotScored };
        self.body.reference = reference;
        Ok(())
    }

    fn calibrate(&mut self, wanted: ScorecardStatus, review: &Review<'_>) -> Result<()> {
        if wanted == ScorecardStatus::Unspecified || wanted == self.body.calibration {
            return Ok(());
        }
        if self.body.calibration == ScorecardStatus::Submitted {
            return Err(Error::failed_precondition("the calibration is submitted: it stays as it is"));
        }
        let reference = self.body.reference.as_ref();
        let reference = reference.and_then(|id| review.others.iter().find(|other| other.id == *id));
        let Some(reference) = reference.filter(|_| wanted != ScorecardStatus::NotScored) else {
            return Err(Error::invalid(
                "calibrationStatus",
                "goes with referenceScorecard, and only with it",
            ));
        };
        if !(self.is_submitted() && reference.is_submitted()) {
            return Err(Error::failed_precondition(
                "a calibration is submitted when both scorecards are: submit them first",
            ));
        }
        let agrees = |criterion: &Criterion| self.value(&criterion.id) == reference.value(&criterion.id);
        self.body.agreement = review.template.share(agrees);
        self.body.calibration = ScorecardStatus::Submitted;
        Ok(())
    }

    fn value(&self, criterion: &str) -> Option<f64> {
        self.body.scores.iter().find(|score| score.criterion == criterion).map(|score| score.value)
    }
}

#[cfg(test)]
mod tests;
