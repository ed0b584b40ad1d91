//! Asks many questions of one profile, and makes of a difference the smallest one that can still be told.

use crate::{
    draw,
    member::Member,
    question::{Answer, Question},
    random::Random,
    record::View,
    vocabulary::{AGENTS, id},
    world::World,
};
use hansard_domain::{Id, Result, caller::Scope};
use std::{collections::BTreeMap, time::Duration};

/// Questions of one read.
const AT_ONCE: usize = 16;

/// What was asked, and whether it could have told anything.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) cases: usize,
    /// Cases that select nothing, and all that the caller sees.
    pub(crate) empty: usize,
    pub(crate) full: usize,
    /// How often a member was what decided.
    pub(crate) decisive: BTreeMap<Member, usize>,
}

/// How filters are drawn and how the answers are judged.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ways<'a> {
    pub(crate) members: &'a [Member],
    pub(crate) flaw: Option<Member>,
    /// Pages of one walk.
    pub(crate) pages_max: usize,
    /// Empty = of a small profile, by chance.
    pub(crate) page_sizes: &'a [i32],
}

impl World {
    /// Asks so many questions of a profile; answers the first difference.
    pub(crate) async fn judge(
        &self,
        at: usize,
        (random, count): (&mut Random, usize),
        ways: Ways<'_>,
        tally: &mut Tally,
    ) -> Option<String> {
        let own_of = random.once_in(4).then(|| id(AGENTS[random.below(AGENTS.len())]));
        let view = View { own_of: own_of.as_ref(), flaw: ways.flaw };
        let scope = self.scope(at, view.own_of);
        let mut left = count;
        while left > 0 {
            let questions: Vec<_> =
                (0..left.min(AT_ONCE)).map(|_| self.question((at, view), random, ways)).collect();
            left -= questions.len();
            for (question, answer) in self.answers(&scope, &questions, random).await {
                if let Some(difference) = self.difference(at, view, &question, answer) {
                    return Some(self.smallest(at, &scope, view, (question, difference)).await);
                }
                tally.add(self, at, view, &question, random);
            }
        }
        None
    }

    fn question(&self, (at, view): (usize, View<'_>), random: &mut Random, ways: Ways<'_>) -> Question {
        let filter = draw::filter(random, (&self.records[at], view), self.store.now(), ways.members);
        let mut question = Question::draw(random, filter);
        question.pages_max = ways.pages_max;
        if !ways.page_sizes.is_empty() {
            question.page_size = *random.pick(ways.page_sizes);
            // The log of so many conversations takes longer than all the rest.
            question.asks_changes = false;
        }
        question
    }

    /// On one snapshot, or now and then page by page while time passes.
    async fn answers(
        &self,
        scope: &Scope,
        questions: &[Question],
        random: &mut Random,
    ) -> Vec<(Question, Result<Answer>)> {
        if random.once_in(8) {
            let mut answers = Vec::new();
            for question in questions {
                answers.push((question.clone(), self.ask_apart(scope, question).await));
            }
            return answers;
        }
        let asked = questions.to_vec();
        let read = move |reading: &hansard_store::Reading<'_>| {
            Ok(asked.into_iter().map(|question| (question.clone(), question.ask(reading))).collect())
        };
        self.read(scope, read).await.unwrap()
    }

    async fn ask_apart(&self, scope: &Scope, question: &Question) -> Result<Answer> {
        let asked = question.clone();
        let first = move |reading: &hansard_store::Reading<'_>| Ok((asked.page(reading, "")?, reading.now()));
        let (page, listed_at) = self.read(scope, first).await?;
        let mut pages = vec![page];
        while let Some(token) = question.next(&pages) {
            self.time.pass(Duration::from_secs(3));
            let asked = question.clone();
            pages.push(self.read(scope, move |reading| asked.page(reading, &token)).await?);
        }
        let filter = question.filter.clone();
        let count = move |reading: &hansard_store::Reading<'_>| {
            Ok((reading.count_conversations(&filter)?, reading.now()))
        };
        let (count, counted_at) = self.read(scope, count).await?;
        Ok(Answer { listed_at, pages, counted_at, count, changes: None })
    }

    fn difference(
        &self,
        at: usize,
        view: View<'_>,
        question: &Question,
        answer: Result<Answer>,
    ) -> Option<String> {
        match answer {
            Ok(answer) => question.difference(&self.records[at], view, &answer),
            Err(error) => Some(format!("failed with {error:?}\n  asked: {question}")),
        }
    }

    /// Leaves out members of the filter as long as there is still a difference.
    async fn smallest(
        &self,
        at: usize,
        scope: &Scope,
        view: View<'_>,
        (mut question, mut difference): (Question, String),
    ) -> String {
        for member in Member::set_in(&question.filter) {
            let filter = member.cleared(&question.filter);
            let smaller = Question { filter, ..question.clone() };
            let asked = smaller.clone();
            let answer = self.read(scope, move |reading| asked.ask(reading)).await;
            if let Some(found) = self.difference(at, view, &smaller, answer) {
                (question, difference) = (smaller, found);
            }
        }
        let profile = &self.records[at].profile;
        let who = view.own_of.map_or("all".to_owned(), Id::to_string);
        format!("{profile}, conversations of {who}: {difference}")
    }
}

impl Tally {
    /// Fails where the cases could not have told right from wrong.
    pub(crate) fn assert_telling(&self, members: &[Member], cases: usize) {
        assert!(self.cases >= cases, "only {} cases", self.cases);
        assert!(
            (self.empty + self.full) * 5 < self.cases * 3,
            "too many select nothing, or everything: {self:?}"
        );
        for member in members {
            let decisive = self.decisive.get(member).copied().unwrap_or(0);
            assert!(decisive >= 20, "{member:?} decided only {decisive} times");
        }
    }

    fn add(&mut self, world: &World, at: usize, view: View<'_>, question: &Question, random: &mut Random) {
        self.cases += 1;
        // What could have been told is looked at in some cases only: it takes as long as the answer.
        if !random.once_in(4) {
            return;
        }
        let (record, now) = (&world.records[at], world.store.now());
        let selected = record.selected(view, &question.filter, now).len();
        self.empty += 4 * usize::from(selected == 0);
        self.full += 4 * usize::from(selected > 0 && selected == record.visible(view));
        for member in Member::set_in(&question.filter) {
            let without = member.cleared(&question.filter);
            if record.selected(view, &without, now).len() != selected {
                *self.decisive.entry(member).or_default() += 1;
            }
        }
    }
}
