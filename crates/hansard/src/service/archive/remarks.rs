//! What was remarked on a conversation, on its way out and in.

use super::{PART_PAGE, whole};
use hansard_domain::{
    Error, Result, Time,
    annotation::{Annotation, AnnotationKind},
    conversation::Conversation,
    directory::Stamps,
    limits,
    scorecard::{SCORECARDS_MAX, Scorecard, ScorecardTemplate},
};
use hansard_store::{Direct, Reading};

/// Annotations and comments, and scorecards with the revisions of templates that they refer to.
#[derive(Debug, Clone, Default)]
pub struct Remarks {
    pub annotations: Vec<Annotation>,
    pub scorecards: Vec<Scorecard>,
    pub templates: Vec<ScorecardTemplate>,
}

impl Remarks {
    pub(super) fn is_empty(&self) -> bool {
        self.annotations.is_empty() && self.scorecards.is_empty() && self.templates.is_empty()
    }

    /// Checks what no stored state is needed for.
    pub(super) fn check(&self) -> Result<()> {
        limits::items_at_most("scorecards", self.scorecards.len(), SCORECARDS_MAX)?;
        for annotation in &self.annotations {
            let kind = annotation.name.kind;
            annotation.body.check(kind).map_err(|error| error.within(kind.segment()))?;
        }
        Ok(())
    }
}

/// Reads everything that was remarked on a conversation.
pub(super) fn read(reading: &Reading<'_>, conversation: &Conversation) -> Result<Remarks> {
    let mut remarks = Remarks::default();
    for kind in AnnotationKind::ALL {
        let list = |token: &str| reading.list_annotations(conversation, kind, PART_PAGE, token);
        remarks.annotations.extend(whole(list)?);
    }
    remarks.scorecards = whole(|token| reading.list_scorecards(Some(conversation), PART_PAGE, token))?;
    for scorecard in &remarks.scorecards {
        let is_of = |template: &ScorecardTemplate| {
            (&template.id, template.revision) == (&scorecard.template, scorecard.revision)
        };
        if !remarks.templates.iter().any(is_of) {
            remarks.templates.extend(reading.template_of(scorecard)?);
        }
    }
    Ok(remarks)
}

/// Stores what was remarked on a conversation that comes in with it.
pub(super) fn store(direct: &mut Direct<'_>, conversation: &Conversation, remarks: &Remarks) -> Result<()> {
    for template in &remarks.templates {
        ensure_template(direct, template)?;
    }
    for (index, annotation) in remarks.annotations.iter().enumerate() {
        if remarks.annotations[..index].iter().any(|other| other.name == annotation.name) {
            return Err(Error::invalid(annotation.name.kind.segment(), "bring an id twice"));
        }
        check_place(direct, conversation, annotation)?;
    }
    for (index, scorecard) in remarks.scorecards.iter().enumerate() {
        check_scorecard(direct, scorecard).map_err(|error| error.within(&format!("scorecards[{index}]")))?;
        if remarks.scorecards[..index].iter().any(|other| other.id == scorecard.id) {
            return Err(Error::invalid(format!("scorecards[{index}].name"), "brings an id twice"));
        }
    }
    let Remarks { mut annotations, mut scorecards, .. } = remarks.clone();
    let stamps = annotations.iter_mut().map(|one| &mut one.stamps);
    for stamps in stamps.chain(scorecards.iter_mut().map(|one| &mut one.stamps)) {
        if *stamps == Stamps::default() {
            *stamps = Stamps::new(direct.now());
        }
    }
    direct.insert_annotations(conversation, &annotations)?;
    direct.put_scorecards(conversation, &scorecards)
}

/// Makes a revision that the profile lacks; one of the same name must be the same.
fn ensure_template(direct: &mut Direct<'_>, template: &ScorecardTemplate) -> Result<()> {
    match direct.find_template(&template.id, Some(template.revision))? {
        None if template.create_time == Time::default() => {
            let (create_time, update_time) = (direct.now(), direct.now());
            direct.insert_template(&ScorecardTemplate { create_time, update_time, ..template.clone() })
        }
        None => direct.insert_template(template),
        Some(present) if present.body == template.body => Ok(()),
        Some(_) => Err(Error::failed_precondition(format!(
            "the profile has another scorecardTemplates/{}@{}: delete it, or import into another profile",
            template.id, template.revision
        ))),
    }
}

fn check_place(direct: &mut Direct<'_>, conversation: &Conversation, annotation: &Annotation) -> Result<()> {
    let message = match &annotation.body.message {
        Some(id) => direct.find_message(conversation, id)?,
        None => None,
    };
    if message.as_ref().is_some_and(|message| message.delete_time.is_some()) {
        return Ok(());
    }
    let checked = annotation.body.check_place(message.as_ref());
    checked.map_err(|error| error.within(annotation.name.kind.segment()))
}

fn check_scorecard(direct: &Direct<'_>, scorecard: &Scorecard) -> Result<()> {
    if direct.has_scorecard(&scorecard.id)? {
        return Err(Error::invalid("name", "is the name of another conversation's scorecard"));
    }
    if direct.find_template(&scorecard.template, Some(scorecard.revision))?.is_none() {
        let name = scorecard.template_name();
        let problem = format!("names {name}, which neither the profile nor the archive has");
        return Err(Error::invalid("template", problem));
    }
    Ok(())
}
