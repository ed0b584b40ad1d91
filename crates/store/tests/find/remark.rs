//! What people and machines remark on conversations: annotations, comments and scorecards, drawn, written, and told as
//! filters ask for them.

use crate::{
    random::Random,
    vocabulary::{AGENTS, REMARKS, REVISIONS, TEMPLATES, id, safe},
};
use hansard_domain::{
    Error, Id, Result,
    annotation::{Annotation, AnnotationBody, AnnotationKind},
    directory::Stamps,
    filter::{Adherence, AnnotationFacts, Named, ScorecardFact, ScorecardStatus},
    name::ConversationName,
    scorecard::{Scorecard, ScorecardBody, ScorecardTemplate, TemplateBody},
};
use hansard_store::Direct;
use std::collections::BTreeMap;

/// An annotation or a comment to make or change; without a body it is to be deleted.
#[derive(Debug, Clone)]
pub(crate) struct Remark {
    pub(crate) kind: AnnotationKind,
    pub(crate) id: Id,
    pub(crate) body: Option<Said>,
}

/// What filters ask of a remark.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    pub(crate) name: String,
    pub(crate) adherence: Adherence,
    pub(crate) live_assist: bool,
}

/// A scorecard to make or change; without a fact it is to be deleted.
#[derive(Debug, Clone)]
pub(crate) struct Score {
    /// A part of its id; the rest is the conversation's.
    pub(crate) id: usize,
    pub(crate) fact: Option<ScorecardFact>,
}

/// All that was remarked on a conversation.
#[derive(Debug, Clone, Default)]
pub(crate) struct Remarks {
    annotations: BTreeMap<(&'static str, Id), (AnnotationKind, Said)>,
    scorecards: BTreeMap<usize, ScorecardFact>,
}

pub(crate) fn remark(random: &mut Random) -> Remark {
    let kind = *random.pick(&AnnotationKind::ALL);
    let said = Said {
        name: random.text(&REMARKS),
        adherence: random.code(),
        live_assist: kind == AnnotationKind::Action && random.once_in(3),
    };
    Remark { kind, id: id(&format!("r{}", random.below(2))), body: (!random.once_in(3)).then_some(said) }
}

pub(crate) fn score(random: &mut Random) -> Score {
    let of_two = [ScorecardStatus::Draft, ScorecardStatus::Submitted];
    let of_three = [ScorecardStatus::NotScored, ScorecardStatus::Draft, ScorecardStatus::Submitted];
    let fact = ScorecardFact {
        template: random.id(&TEMPLATES),
        revision: random.text(&REVISIONS),
        status: *random.pick(&of_two),
        submitter: random.once_in(2).then(|| random.id(&AGENTS)),
        calibration: *random.pick(&of_three),
    };
    Score { id: random.below(3), fact: (!random.once_in(4)).then_some(fact) }
}

impl Remark {
    pub(crate) fn write(self, direct: &mut Direct<'_>, name: &ConversationName) -> Result<()> {
        let conversation = direct.conversation(name)?;
        let name = name.annotation(self.kind, self.id);
        let found = direct.find_annotation(&conversation, &name)?;
        let Some(said) = self.body else {
            found.ok_or_else(|| direct.scope().not_found())?;
            return direct.delete_annotation(&conversation, &name);
        };
        let content = match self.kind {
            AnnotationKind::Moment => format!("customers/acme/profiles/support/moments/{}", said.name),
            _ => said.name,
        };
        let body = AnnotationBody {
            content: safe(&content),
            adherence: said.adherence,
            live_assist: said.live_assist,
            ..AnnotationBody::default()
        };
        let (author, stamps) = (direct.actor().name.clone(), Stamps::new(direct.now()));
        let is_new = found.is_none();
        let annotation = Annotation { name, body, author, stamps };
        if is_new {
            direct.insert_annotations(&conversation, &[annotation])
        } else {
            direct.update_annotation(&conversation, &annotation)
        }
    }
}

impl Score {
    pub(crate) fn write(self, direct: &mut Direct<'_>, name: &ConversationName) -> Result<()> {
        let conversation = direct.conversation(name)?;
        let scorecard = Id::known(format!("{}-{}", name.conversation, self.id));
        let found = direct.find_scorecard(&scorecard)?;
        let Some(fact) = self.fact else {
            let found = found.ok_or_else(|| direct.scope().not_found())?;
            return direct.delete_scorecard(&conversation, &found.id);
        };
        let revision = fact.revision.parse().unwrap();
        let stays = |found: &Scorecard| (&found.template, found.revision) == (&fact.template, revision);
        if !found.as_ref().is_none_or(stays) {
            return Err(Error::failed_precondition("a scorecard stays with its template"));
        }
        let customer = &name.profile.customer;
        let submitter = fact.submitter.map(|user| format!("customers/{customer}/users/{user}"));
        let body = ScorecardBody {
            status: fact.status,
            submitter: submitter.unwrap_or_default(),
            calibration: fact.calibration,
            ..ScorecardBody::default()
        };
        let scorecard = Scorecard {
            id: scorecard,
            conversation: name.clone(),
            template: fact.template.clone(),
            revision,
            body,
            stamps: Stamps::new(direct.now()),
        };
        need_template(direct, &fact.template, revision)?;
        direct.put_scorecards(&conversation, &[scorecard])
    }
}

/// Makes a revision of a template where there is none.
fn need_template(direct: &mut Direct<'_>, id: &Id, revision: i32) -> Result<()> {
    if direct.find_template(id, Some(revision))?.is_some() {
        return Ok(());
    }
    let (create_time, update_time) = (direct.now(), direct.now());
    let template = ScorecardTemplate {
        id: id.clone(),
        revision,
        body: TemplateBody::default(),
        create_time,
        update_time,
    };
    direct.insert_template(&template)
}

impl Remarks {
    pub(crate) fn note(&mut self, remark: Remark) {
        let at = (remark.kind.segment(), remark.id);
        match remark.body {
            Some(said) => drop(self.annotations.insert(at, (remark.kind, said))),
            None => drop(self.annotations.remove(&at)),
        }
    }

    pub(crate) fn note_score(&mut self, score: Score) {
        match score.fact {
            Some(fact) => drop(self.scorecards.insert(score.id, fact)),
            None => drop(self.scorecards.remove(&score.id)),
        }
    }

    pub(crate) fn facts(&self) -> AnnotationFacts {
        let mut facts =
            AnnotationFacts { scorecards: self.scorecards.values().cloned().collect(), ..Default::default() };
        for (kind, said) in self.annotations.values() {
            let (name, adherence) = (said.name.clone(), said.adherence);
            facts.has_assist |= said.live_assist;
            match kind {
                AnnotationKind::Moment => facts.moments.push(Named { name, adherence }),
                AnnotationKind::Behavior => facts.behaviors.push(Named { name, adherence }),
                AnnotationKind::Action => facts.actions.push(name),
                AnnotationKind::Hint => facts.hints.push(name),
                AnnotationKind::Comment => facts.has_comments = true,
            }
        }
        facts
    }
}
