//! What is remarked on conversations: the facts that filters ask for, and the index in step with them.

use crate::{
    Fixture,
    gate::ticket,
    world::{World, answered_by, id, in_world, safe},
};
use hansard_domain::{
    Result, Time,
    annotation::{Annotation, AnnotationBody, AnnotationKind},
    conversation::NewConversation,
    directory::Stamps,
    event::{EventType, NewEvent},
    filter::{
        Adherence, AnnotationCondition, AnnotationFacts, Filter, Named, Order, ScorecardCondition,
        ScorecardStatus, TemplateCondition,
    },
    scorecard::{Score, Scorecard},
};
use hansard_store::{Direct, ListRequest, Needs, Unit};

impl World {
    /// Remarks something on a conversation, or otherwise than before.
    pub(crate) async fn remark(
        &self,
        conversation: &str,
        kind: AnnotationKind,
        annotation: &str,
        content: &str,
    ) -> Result<()> {
        let body = AnnotationBody { content: safe(content), ..AnnotationBody::default() };
        self.annotate(conversation, kind, annotation, body).await
    }

    pub(crate) async fn annotate(
        &self,
        conversation: &str,
        kind: AnnotationKind,
        annotation: &str,
        body: AnnotationBody,
    ) -> Result<()> {
        let name = self.name(conversation).annotation(kind, id(annotation));
        let work = move |direct: &mut Direct<'_>| {
            let conversation = direct.conversation(&name.conversation)?;
            let stamps = Stamps::new(direct.now());
            let annotation = Annotation { name, body, author: String::new(), stamps };
            match direct.find_annotation(&conversation, &annotation.name)? {
                None => direct.insert_annotations(&conversation, &[annotation]),
                Some(_) => direct.update_annotation(&conversation, &annotation),
            }
        };
        self.store.transact(&self.scope, &ticket(), "annotate", work).await.map(drop)
    }

    pub(crate) async fn forget(
        &self,
        conversation: &str,
        kind: AnnotationKind,
        annotation: &str,
    ) -> Result<()> {
        let name = self.name(conversation).annotation(kind, id(annotation));
        let work = move |direct: &mut Direct<'_>| {
            let conversation = direct.conversation(&name.conversation)?;
            direct.delete_annotation(&conversation, &name)
        };
        self.store.transact(&self.scope, &ticket(), "forget", work).await.map(drop)
    }

    /// Makes a draft of the template `qa`, revision 1, with one comment.
    pub(crate) async fn score(&self, conversation: &str, scorecard: &str, comment: &str) -> Result<()> {
        let (name, scorecard, comment) = (self.name(conversation), id(scorecard), safe(comment));
        let work = move |direct: &mut Direct<'_>| {
            let conversation = direct.conversation(&name)?;
            let made = ("", direct.now());
            let mut draft = Scorecard::new(scorecard, name, (id("qa"), 1), made);
            draft.body.scores = vec![Score { criterion: "greeting".to_owned(), value: 1.0, comment }];
            direct.put_scorecards(&conversation, &[draft])
        };
        self.store.transact(&self.scope, &ticket(), "score", work).await.map(drop)
    }

    async fn facts(&self, conversation: &str) -> AnnotationFacts {
        let name = self.name(conversation);
        let read = move |reading: &hansard_store::Reading<'_>| {
            reading.annotation_facts(&reading.conversation(&name)?)
        };
        self.read(read).await.unwrap()
    }

    /// Ids of the conversations that a filter selects, counted and listed alike.
    async fn select(&self, filter: Filter) -> Vec<String> {
        let counted = filter.clone();
        let count = self.read(move |reading| reading.count_conversations(&counted)).await.unwrap();
        let order = Order::DEFAULT;
        let request = ListRequest { filter, order, page_size: 50, page_token: String::new() };
        let page = self.read(move |reading| reading.list_conversations(&request)).await.unwrap();
        let mut ids: Vec<_> =
            page.conversations.iter().map(|view| view.conversation.name.conversation.to_string()).collect();
        ids.sort();
        assert_eq!(count as usize, ids.len());
        ids
    }
}

fn behavior(name: &str, adherence: Adherence) -> AnnotationBody {
    AnnotationBody { content: safe(name), adherence, ..AnnotationBody::default() }
}

fn named(name: &str, adherence: Adherence) -> Named {
    Named { name: name.to_owned(), adherence }
}

pub(crate) fn facts_follow_every_write(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        world.start("c", NewConversation::default()).await.unwrap();
        assert_eq!(world.facts("c").await, AnnotationFacts::default());
        let moment = "customers/acme/profiles/support/moments/refund";
        world.remark("c", AnnotationKind::Moment, "a", moment).await.unwrap();
        world.remark("c", AnnotationKind::Moment, "b", moment).await.unwrap();
        world
            .annotate("c", AnnotationKind::Behavior, "a", behavior("hi/ho", Adherence::Adhered))
            .await
            .unwrap();
        world.remark("c", AnnotationKind::Hint, "a", "ask").await.unwrap();
        world.remark("c", AnnotationKind::Comment, "a", "fine").await.unwrap();
        let assist = AnnotationBody { live_assist: true, ..behavior("offer", Adherence::Unspecified) };
        world.annotate("c", AnnotationKind::Action, "a", assist).await.unwrap();
        world.score("c", "s", "").await.unwrap();
        let facts = world.facts("c").await;
        let expected = AnnotationFacts {
            moments: vec![named("refund", Adherence::Unspecified)],
            behaviors: vec![named("hi/ho", Adherence::Adhered)],
            actions: vec!["offer".to_owned()],
            hints: vec!["ask".to_owned()],
            has_comments: true,
            has_assist: true,
            scorecards: facts.scorecards.clone(),
        };
        assert_eq!(facts, expected);
        assert_eq!(
            (facts.scorecards[0].revision.as_str(), facts.scorecards[0].status),
            ("1", ScorecardStatus::Draft)
        );
        world
            .annotate("c", AnnotationKind::Behavior, "a", behavior("bye", Adherence::NotAdhered))
            .await
            .unwrap();
        assert_eq!(world.facts("c").await.behaviors, [named("bye", Adherence::NotAdhered)]);
        world.forget("c", AnnotationKind::Moment, "a").await.unwrap();
        assert_eq!(world.facts("c").await.moments.len(), 1, "the other one says the same");
        for (kind, annotation) in [
            (AnnotationKind::Moment, "b"),
            (AnnotationKind::Behavior, "a"),
            (AnnotationKind::Action, "a"),
            (AnnotationKind::Hint, "a"),
            (AnnotationKind::Comment, "a"),
        ] {
            world.forget("c", kind, annotation).await.unwrap();
        }
        let left = AnnotationFacts { scorecards: facts.scorecards, ..AnnotationFacts::default() };
        assert_eq!(world.facts("c").await, left);
    });
}

/// One filter for each kind of fact.
fn filters() -> Vec<Filter> {
    let condition =
        |name: &str, adherence| vec![vec![AnnotationCondition { name: name.to_owned(), adherence }]];
    let template = TemplateCondition { template: id("qa"), revision: Some("1".to_owned()) };
    vec![
        Filter { moments: condition("refund", Adherence::Unspecified), ..Filter::default() },
        Filter { behaviors: condition("greeting", Adherence::Adhered), ..Filter::default() },
        Filter { actions: vec!["offer".to_owned()], ..Filter::default() },
        Filter { hint_filters: vec![vec!["ask".to_owned()]], ..Filter::default() },
        Filter { with_comments: Some(true), ..Filter::default() },
        Filter { with_live_assist: Some(true), ..Filter::default() },
        Filter {
            scorecards: ScorecardCondition {
                templates: vec![template],
                status: Some(ScorecardStatus::Draft),
                submitters: Vec::new(),
            },
            ..Filter::default()
        },
    ]
}

async fn remark_everything(world: &World, conversation: &str) {
    let moment = "customers/acme/profiles/support/moments/refund";
    world.remark(conversation, AnnotationKind::Moment, "a", moment).await.unwrap();
    let shown = behavior("greeting", Adherence::Adhered);
    world.annotate(conversation, AnnotationKind::Behavior, "a", shown).await.unwrap();
    let assist = AnnotationBody { live_assist: true, ..behavior("offer", Adherence::Unspecified) };
    world.annotate(conversation, AnnotationKind::Action, "a", assist).await.unwrap();
    world.remark(conversation, AnnotationKind::Hint, "a", "ask").await.unwrap();
    world.remark(conversation, AnnotationKind::Comment, "a", "fine").await.unwrap();
    world.score(conversation, &format!("s-{conversation}"), "").await.unwrap();
}

pub(crate) fn filters_find_what_was_remarked(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        for conversation in ["some", "none"] {
            world.start(conversation, NewConversation::default()).await.unwrap();
        }
        for filter in filters() {
            assert_eq!(world.select(filter.clone()).await, [""; 0], "{filter:?}");
        }
        remark_everything(&world, "some").await;
        for filter in filters() {
            assert_eq!(world.select(filter.clone()).await, ["some"], "{filter:?}");
        }
        let without = Filter { with_comments: Some(false), ..Filter::default() };
        assert_eq!(world.select(without).await, ["none"]);
        world
            .annotate("some", AnnotationKind::Behavior, "a", behavior("greeting", Adherence::NotAdhered))
            .await
            .unwrap();
        assert_eq!(world.select(filters().remove(1)).await, [""; 0], "it says otherwise now");
    });
}

pub(crate) fn a_deleted_conversation_leaves_no_fact(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        world.start("c", NewConversation::default()).await.unwrap();
        remark_everything(&world, "c").await;
        world.delete("c").await.unwrap();
        assert_eq!(fixture.rows_with("greeting"), [].into(), "not in the index either");
        world.start("c", NewConversation::default()).await.unwrap();
        assert_eq!(world.facts("c").await, AnnotationFacts::default());
        for filter in filters() {
            assert_eq!(world.select(filter.clone()).await, [""; 0], "{filter:?}");
        }
    });
}

pub(crate) fn a_deleted_message_takes_the_places_in_its_text(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        world.start("c", NewConversation::default()).await.unwrap();
        for message in ["m1", "m2"] {
            world.append("c", message, "hello").await.unwrap();
            let body = AnnotationBody {
                message: Some(id(message)),
                end: 5,
                ..behavior("greeting", Adherence::Unspecified)
            };
            world.annotate("c", AnnotationKind::Behavior, message, body).await.unwrap();
        }
        world.delete_message("c", "m1").await.unwrap();
        let name = world.name("c");
        let read = move |reading: &hansard_store::Reading<'_>| {
            reading.list_annotations(&reading.conversation(&name)?, AnnotationKind::Behavior, 10, "")
        };
        let found = world.read(read).await.unwrap().items;
        let places: Vec<_> = found.iter().map(|one| (one.body.end, one.stamps.version)).collect();
        assert_eq!(places, [(0, 2), (5, 1)]);
    });
}

pub(crate) fn usages_are_listed_newest_first(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        let report = async |conversation: &str, kind: EventType, at: i64| {
            let name = world.name(conversation);
            let needs = Needs::conversation(&name);
            let work = move |unit: &mut Unit<'_>| {
                let mut conversation = unit.conversation(&name)?;
                let new = NewEvent { kind, event_time: Some(Time(at)), ..NewEvent::default() };
                unit.add_event(&mut conversation, new)?;
                unit.put(&conversation);
                Ok(())
            };
            world.store.write(&world.scope, &ticket(), "report", needs, work).await.unwrap();
        };
        world.start("a", answered_by("ada")).await.unwrap();
        world.start("b", answered_by("bob")).await.unwrap();
        for (at, kind) in (1..).zip(EventType::SUGGESTION_USAGES) {
            report("a", kind, at * 10).await;
            report("b", kind, at * 10).await;
        }
        report("a", EventType::Custom, 35).await;
        let list = async |world: &World, from, to, token: String| {
            let read = move |reading: &hansard_store::Reading<'_>| {
                reading.list_suggestion_usages((from, to), 5, &token)
            };
            let page = world.read(read).await.unwrap();
            let times: Vec<_> = page.items.iter().map(|event| event.event_time.0).collect();
            (times, page.next_page_token)
        };
        let (first, token) = list(&world, None, None, String::new()).await;
        assert_eq!(first, [60, 60, 50, 50, 40]);
        let (second, token) = list(&world, None, None, token).await;
        assert_eq!(second, [40, 30, 30, 20, 20]);
        assert_eq!(list(&world, None, None, token).await, (vec![10, 10], String::new()));
        let some = list(&world, Some(Time(20)), Some(Time(30)), String::new()).await;
        assert_eq!(some.0, [30, 30, 20, 20], "both ends are inclusive");
        let own = list(&world.as_agent("ada"), None, None, String::new()).await.0;
        assert_eq!(own, [60, 50, 40, 30, 20], "those of its own conversations");
    });
}
