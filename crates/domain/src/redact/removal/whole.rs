//! One removal from everything that a conversation holds.

use super::{Cut, FieldEdits, Find, Place, Remover};
use crate::{
    Id, Result, Time, annotation::Annotation, conversation::Conversation, event::Event, message::Message,
    redact::is_common, scorecard::Scorecard,
};
use std::collections::HashMap;

/// What a conversation holds besides itself, read as it is needed.
pub trait Parts {
    /// Some messages after a position, in order; none where there are no more. Without deleted ones.
    fn messages(&self, after: i32) -> Result<Vec<Message>>;
    /// Some events after a sequence number, in order; none where there are no more.
    fn events(&self, after: i32) -> Result<Vec<Event>>;
    /// Annotations of all kinds, and comments.
    fn annotations(&self) -> Result<Vec<Annotation>>;
    fn scorecards(&self) -> Result<Vec<Scorecard>>;
}

/// What a removal changes: only the parts that it changes, as they are afterwards.
#[derive(Debug, Default)]
pub struct Removal {
    pub conversation: Option<Conversation>,
    pub messages: Vec<Message>,
    pub events: Vec<Event>,
    pub annotations: Vec<Annotation>,
    pub scorecards: Vec<Scorecard>,
    pub places: Vec<Place>,
}

impl Removal {
    /// Finds out what a removal changes, and writes nothing.
    ///
    /// A value that is cut out of one message's text and is too common to be looked for elsewhere (`no`, `44`) stays in
    /// the other messages; it goes from everything else.
    pub fn of(
        conversation: &Conversation,
        parts: &impl Parts,
        find: &dyn Find,
        cut: Option<(&Id, &Cut)>,
        now: Time,
    ) -> Result<Self> {
        let (mut removal, mut remover) = (Self::default(), Remover::new(find));
        let mut edits: HashMap<Id, FieldEdits> = HashMap::new();
        let stays = cut.is_some_and(|(_, cut)| cut.values.iter().any(|value| is_common(value)));
        each(
            |after| parts.messages(after),
            |message| message.position,
            |mut message| {
                let cut = cut.filter(|(id, _)| **id == message.name.id).map(|(_, cut)| cut);
                if stays && cut.is_none() {
                    return;
                }
                if let Some(moved) = remover.message(&mut message, cut, now) {
                    edits.insert(message.name.id.clone(), moved);
                    removal.messages.push(message);
                }
            },
        )?;
        each(
            |after| parts.events(after),
            |event| event.sequence,
            |mut event| {
                if remover.event(&mut event) {
                    removal.events.push(event);
                }
            },
        )?;
        for mut annotation in parts.annotations()? {
            let edits = annotation.body.message.as_ref().and_then(|id| edits.get(id));
            if remover.annotation(&mut annotation, edits, now) {
                removal.annotations.push(annotation);
            }
        }
        for mut scorecard in parts.scorecards()? {
            let name = conversation.name.profile.scorecard(scorecard.id.clone());
            if remover.scorecard(&name, &mut scorecard, now) {
                removal.scorecards.push(scorecard);
            }
        }
        let mut changed = conversation.clone();
        removal.conversation = remover.conversation(&mut changed, now).then_some(changed);
        removal.places = remover.into_places();
        Ok(removal)
    }

    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }
}

/// Walks what is read a page at a time.
fn each<T>(
    read: impl Fn(i32) -> Result<Vec<T>>,
    place: impl Fn(&T) -> i32,
    mut visit: impl FnMut(T),
) -> Result<()> {
    let mut after = 0;
    loop {
        let page = read(after)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = place(last);
        page.into_iter().for_each(&mut visit);
    }
}
