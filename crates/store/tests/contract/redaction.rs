//! What is removed on demand: gone from every table, with a receipt; jobs that remove; what was masked on its way in.

use crate::{
    Fixture,
    gate::ticket,
    world::{Done, World, fresh, id, in_world, kind_of, metadata, safe},
};
use hansard_domain::{
    ErrorKind, Id, Result,
    annotation::{AnnotationKind, MaskedPlace},
    conversation::NewConversation,
    message::Content,
    redact::{
        JobBody, JobKind, JobState, Labels, Place, Redaction, RedactionJob, RedactionReceipt, Removal, Values,
    },
};
use hansard_store::{Direct, Needs, Reading, Unit};

const SECRET: &str = "Quetzalcoatl";
/// One more than two full batches.
const NUMBERS: i64 = 101;

impl World {
    /// Removes the secret from a conversation; answers its receipt.
    async fn redact(&self, conversation: &str, job: Option<Id>) -> Result<RedactionReceipt> {
        let name = self.name(conversation);
        let work = move |direct: &mut Direct<'_>| {
            let values = Values::new([SECRET], "PERSON", Labels::known(&[]))?;
            let mut conversation = direct.conversation(&name)?;
            let removal = {
                let parts = direct.parts(&conversation);
                Removal::of(&conversation, &parts, &values, None, direct.now())?
            };
            direct.apply_removal(&mut conversation, &removal)?;
            let receipt =
                direct.insert_redaction_receipt(&conversation, (safe("asked"), job), removal.places)?;
            Ok(Done(receipt))
        };
        let written = self.store.transact(&self.scope, &ticket(), "redact", work).await?;
        Ok(fresh(written).0)
    }

    async fn receipts(&self, conversation: Option<&str>, token: &str) -> (Vec<Id>, String) {
        let (name, token) = (conversation.map(|id| self.name(id)), token.to_owned());
        let read = move |reading: &Reading<'_>| reading.list_redaction_receipts(name.as_ref(), 2, &token);
        let page = self.read(read).await.unwrap();
        (page.items.into_iter().map(|receipt| receipt.id).collect(), page.next_page_token)
    }

    async fn begin_job(&self, sealed: &'static [u8]) -> RedactionJob {
        let parent = self.scope.profile().clone();
        let work = move |direct: &mut Direct<'_>| {
            let body =
                JobBody { kind: JobKind::EraseDataSubject, state: JobState::Queued, ..JobBody::default() };
            let (id, now) = (direct.new_id(), direct.now());
            let job = RedactionJob { id, parent, body, create_time: now, update_time: now };
            direct.insert_redaction_job(&job, Some(sealed), &(1..=NUMBERS).collect::<Vec<_>>())?;
            Ok(Done(job))
        };
        fresh(self.store.transact(&self.scope, &ticket(), "begin_job", work).await.unwrap()).0
    }

    async fn update_job(&self, id: &Id, update: fn(&mut RedactionJob, &Direct<'_>) -> Result<()>) {
        let id = id.clone();
        let work = move |direct: &mut Direct<'_>| {
            let mut job = direct.redaction_job(&id)?;
            update(&mut job, direct)?;
            direct.update_redaction_job(&job)
        };
        self.store.transact(&self.scope, &ticket(), "update_job", work).await.unwrap();
    }

    async fn next_batch(&self, job: &Id) -> Option<(i64, Vec<i64>)> {
        let job = job.clone();
        self.read(move |reading| reading.next_redaction_batch(&job)).await.unwrap()
    }

    async fn sealed(&self, job: &Id) -> Result<Vec<u8>> {
        let job = job.clone();
        self.read(move |reading| reading.sealed_of_job(&job)).await
    }

    /// Where entities are masked, in the order of their places.
    async fn masked(&self, conversation: &str) -> Vec<MaskedPlace> {
        let name = self.name(conversation);
        let read = move |reading: &Reading<'_>| {
            reading.list_annotations(&reading.conversation(&name)?, AnnotationKind::Moment, 50, "")
        };
        let found = self.read(read).await.unwrap().items;
        let mut places: Vec<_> = found.into_iter().filter_map(|annotation| annotation.body.masked).collect();
        places.sort_by_key(|place| (place.field.clone(), place.original_start));
        places
    }
}

async fn populate(world: &World, conversation: &str) {
    let mut new = NewConversation::default();
    new.fields.display_name = safe(&format!("{SECRET} calls"));
    new.fields.metadata = metadata("who", SECRET);
    world.start(conversation, new).await.unwrap();
    world.append(conversation, "m1", &format!("I am {SECRET}.")).await.unwrap();
    world.append(conversation, "m2", "Nice to meet you").await.unwrap();
    world.remark(conversation, AnnotationKind::Comment, "c", &format!("about {SECRET}")).await.unwrap();
    world.score(conversation, &format!("s-{conversation}"), &format!("greets {SECRET}")).await.unwrap();
}

pub(crate) fn what_is_removed_is_in_no_table_and_leaves_a_receipt(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        populate(&world, "c").await;
        world.indexed().await;
        assert!(fixture.rows_with(SECRET).len() >= 4, "the test can find it");
        let receipt = world.redact("c", None).await.unwrap();
        assert_eq!(fixture.rows_with(SECRET), [].into());
        assert_eq!(world.messages("c").await[0].content.text.as_str(), "I am [PERSON].");
        let said: Vec<_> = receipt.places.iter().map(|place| place.field.as_str()).collect();
        assert!(said.contains(&"text") && said.contains(&"displayName"), "{said:?}");
        let id = receipt.id.clone();
        let read = world.read(move |reading| reading.redaction_receipt(&id)).await.unwrap();
        assert_eq!(read, receipt);
        let (id, elsewhere) = (receipt.id, world.at("acme", "sales"));
        let foreign = elsewhere.read(move |reading| reading.redaction_receipt(&id)).await;
        assert_eq!(kind_of(foreign), ErrorKind::NotFound, "it belongs to its profile");
        world.delete("c").await.unwrap();
        assert_eq!(world.receipts(Some("c"), "").await.0.len(), 1, "it outlives its conversation");
    });
}

pub(crate) fn receipts_are_listed_by_conversation_and_page_by_page(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        let job = world.begin_job(b"sealed").await.id;
        let mut all = Vec::new();
        for number in 0..5 {
            let conversation = format!("c{}", number % 2);
            if number < 2 {
                populate(&world, &conversation).await;
            }
            all.push(world.redact(&conversation, Some(job.clone())).await.unwrap().id);
        }
        let (mut listed, mut token) = world.receipts(None, "").await;
        while !token.is_empty() {
            let (more, next) = world.receipts(None, &token).await;
            listed.extend(more);
            token = next;
        }
        assert_eq!(listed, all, "oldest first");
        assert_eq!(world.receipts(Some("c1"), "").await.0, [all[1].clone(), all[3].clone()]);
        assert_eq!(world.receipts(Some("absent"), "").await.0, []);
    });
}

pub(crate) fn a_job_goes_through_its_batches_and_forgets_whom_it_looked_for(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        let job = world.begin_job(b"\x00sealed\xff").await;
        let other = world.begin_job(b"other").await;
        let open = world.store.open_redaction_jobs().await.unwrap();
        assert_eq!(open.iter().map(|(_, id)| id).collect::<Vec<_>>(), [&job.id, &other.id]);
        assert_eq!(world.sealed(&job.id).await.unwrap(), b"\x00sealed\xff");
        let mut seen = Vec::new();
        while let Some((batch, numbers)) = world.next_batch(&job.id).await {
            seen.extend(numbers);
            let id = job.id.clone();
            let twice = move |direct: &mut Direct<'_>| {
                let first = direct.delete_redaction_batch(&id, batch)?;
                Ok(Done((first, direct.delete_redaction_batch(&id, batch)?)))
            };
            let written = world.store.transact(&world.scope, &ticket(), "finish", twice).await.unwrap();
            assert_eq!(fresh(written).0, (true, false), "a batch is gone through once");
        }
        assert_eq!(seen, (1..=NUMBERS).collect::<Vec<_>>());
        let going_on = world.update_job(&job.id, |job, direct| {
            job.body.tally.count(1, &[Place::whole(&"somewhere")]);
            job.hold(&"held");
            job.start(direct.now())
        });
        going_on.await;
        assert!(world.sealed(&job.id).await.is_ok(), "it goes on");
        world.update_job(&job.id, |job, direct| job.end(None, direct.now())).await;
        world.update_job(&other.id, |job, direct| job.cancel(direct.now())).await;
        assert_eq!(kind_of(world.sealed(&job.id).await), ErrorKind::FailedPrecondition);
        assert_eq!(world.next_batch(&other.id).await, None, "what is cancelled forgets where");
        assert_eq!(world.store.open_redaction_jobs().await.unwrap(), []);
        let page = world.read(|reading| reading.list_redaction_jobs(10, "")).await.unwrap();
        let states: Vec<_> = page.items.iter().map(|job| (&job.id, job.body.state)).collect();
        assert_eq!(states, [(&other.id, JobState::Cancelled), (&job.id, JobState::Done)], "newest first");
    });
}

/// A message whose number was masked at some place of its text.
fn masked_at(start: i32) -> Content {
    let redaction = Redaction {
        entity_type: "CREDIT_CARD".to_owned(),
        start,
        end: start + 13,
        original_start: start,
        original_end: start + 16,
        ..Redaction::default()
    };
    let text = safe(&format!("{}[CREDIT_CARD]", " ".repeat(start as usize)));
    Content { text, redactions: vec![redaction], ..Content::default() }
}

pub(crate) fn what_was_masked_is_annotated_with_its_place(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        for (conversation, given) in [("given", Some(id("m"))), ("made", None)] {
            assert_annotated(&world, conversation, given).await;
        }
    });
}

/// Of a message with a given id, or one that the service makes.
async fn assert_annotated(world: &World, conversation: &str, given: Option<Id>) {
    world.start(conversation, NewConversation::default()).await.unwrap();
    let name = world.name(conversation);
    let needs = Needs::conversation(&name).messages(&given);
    let work = move |unit: &mut Unit<'_>| {
        let mut conversation = unit.conversation(&name)?;
        let id = given.unwrap_or_else(|| unit.next_message_id(&conversation));
        let message = conversation.append(id, masked_at(5), false, unit.now())?;
        unit.insert_message(&conversation, &message);
        unit.put(&conversation);
        Ok(Done(message))
    };
    let written = world.store.write(&world.scope, &ticket(), "append", needs, work).await.unwrap();
    let mut message = fresh(written).0;
    let place = |at| MaskedPlace { field: String::new(), original_start: at, original_end: at + 16 };
    assert_eq!(world.masked(conversation).await, [place(5)]);
    assert_eq!(world.messages(conversation).await, [message.clone()]);
    message.content = masked_at(9).into();
    let needs = Needs::conversation(&world.name(conversation));
    let (name, changed) = (world.name(conversation), message.clone());
    let work = move |unit: &mut Unit<'_>| {
        let conversation = unit.conversation(&name)?;
        unit.replace_entities(&conversation, &changed);
        Ok(())
    };
    world.store.write(&world.scope, &ticket(), "update", needs, work).await.unwrap();
    assert_eq!(world.masked(conversation).await, [place(9)], "the new place, and the old one no more");
    world.delete_message(conversation, message.name.id.as_str()).await.unwrap();
    assert_eq!(world.masked(conversation).await, [MaskedPlace::default()], "the place went with the text");
}
