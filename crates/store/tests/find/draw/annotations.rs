//! The members that ask for what people and machines remarked.

use super::Draw;
use crate::{
    member::Member,
    random::Random,
    vocabulary::{AGENTS, REMARKS, REVISIONS, TEMPLATES},
};
use hansard_domain::filter::{AnnotationCondition, Filter, Named, ScorecardStatus, TemplateCondition};

impl Draw<'_> {
    pub(super) fn set_annotation(&mut self, member: Member, filter: &mut Filter) {
        let facts = self.near.annotations.clone();
        match member {
            Member::Moments => filter.moments = self.named(&facts.moments),
            Member::Behaviors => filter.behaviors = self.named(&facts.behaviors),
            Member::Actions => filter.actions = self.any_of(facts.actions.first().cloned(), remark),
            Member::ActionFilters => filter.action_filters = self.remarks(&facts.actions),
            Member::HintFilters => filter.hint_filters = self.remarks(&facts.hints),
            Member::WithComments => {
                filter.with_comments =
                    Some(self.one_of(Some(facts.has_comments), |random| random.once_in(2)));
            }
            Member::WithLiveAssist => filter.with_live_assist = Some(self.random.once_in(2)),
            _ => self.set_scorecard(member, filter),
        }
    }

    /// Entries of one or two names that must all hold, most of them of the conversation itself.
    fn named(&mut self, facts: &[Named]) -> Vec<Vec<AnnotationCondition>> {
        let mut condition = || {
            let near = facts.get(self.random.below(facts.len().max(1))).cloned();
            let adherence = self.random.code();
            let adherence = self.one_of(near.as_ref().map(|near| near.adherence), |_| adherence);
            let adherence = if self.random.once_in(2) { adherence } else { Default::default() };
            AnnotationCondition { name: self.one_of(near.map(|near| near.name), remark), adherence }
        };
        let mut first = vec![condition(), condition()];
        let second = vec![condition()];
        if self.random.once_in(2) {
            first.pop();
        }
        if self.random.once_in(2) { vec![first] } else { vec![second, first] }
    }

    fn remarks(&mut self, facts: &[String]) -> Vec<Vec<String>> {
        let mut one = || {
            let near = facts.get(self.random.below(facts.len().max(1))).cloned();
            self.one_of(near, remark)
        };
        let entries = [vec![one(), one()], vec![one()]];
        entries.into_iter().skip(self.random.below(2)).collect()
    }

    fn set_scorecard(&mut self, member: Member, filter: &mut Filter) {
        let near = self.near.annotations.scorecards.first().cloned();
        let status = |random: &mut Random| {
            *random.pick(&[ScorecardStatus::NotScored, ScorecardStatus::Draft, ScorecardStatus::Submitted])
        };
        match member {
            Member::ScorecardTemplates => {
                let of_near = near
                    .map(|one| TemplateCondition { template: one.template, revision: Some(one.revision) });
                let mut templates = self.any_of(of_near, |random| TemplateCondition {
                    template: random.id(&TEMPLATES),
                    revision: Some(random.text(&REVISIONS)),
                });
                templates.iter_mut().filter(|_| self.random.once_in(2)).for_each(|one| one.revision = None);
                filter.scorecards.templates = templates;
            }
            Member::ScorecardSubmitters => {
                let submitter = near.and_then(|one| one.submitter);
                filter.scorecards.submitters = self.any_of(submitter, |random| random.id(&AGENTS));
            }
            Member::ScorecardStatus => {
                filter.scorecards.status = Some(self.one_of(near.map(|one| one.status), status));
            }
            _ => filter.calibration = Some(self.one_of(near.map(|one| one.calibration), status)),
        }
    }
}

fn remark(random: &mut Random) -> String {
    random.text(&REMARKS)
}
