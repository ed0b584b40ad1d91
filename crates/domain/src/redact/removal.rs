//! Takes what must vanish out of everything that a conversation holds, and tells where it was.
//!
//! What is to go is found by a [`Find`]: values wherever they stand ([`Values`]), or what a profile's redactor masks. A
//! [`Remover`] goes through every text of a part, of the kind that it is: plain text, HTML, words of a transcription,
//! free JSON, metadata. Ids and resource names stay: they are how parts are found. It does no I/O; which parts there
//! are and what a removal is worth is for others to say.

mod conversation;
mod edits;
mod json;
mod message;
mod whole;
mod words;

pub use edits::Edits;
pub(in crate::redact) use json::digits;
pub use message::Cut;
pub use whole::{Parts, Removal};

use super::{Labels, Markup, Needles, SafeText};
use crate::Result;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, ops::Range};

/// A part of a text that is to vanish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub range: Range<usize>,
    /// The name of its label.
    pub entity_type: String,
}

/// Finds what is to vanish.
pub trait Find {
    /// Sorted and disjoint.
    fn find(&self, text: &str, markup: Markup) -> Vec<Found>;

    /// Takes note of a message's text, which may tell what the next ones speak of.
    fn heard(&self, _text: &str) {}

    /// Forgets what was heard: what follows is no message.
    fn forget(&self) {}
}

/// Where something was removed: bytes of a field's text, after and before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    /// Resource name of the message, event, annotation, scorecard or conversation.
    pub resource: String,
    /// The field as JSON names it. In free JSON and metadata members are numbered from 0 in their order, because their
    /// keys are text: `metadata/2/0` is in the first item of the third member.
    pub field: String,
    pub entity_type: String,
    pub start: i32,
    pub end: i32,
    pub original_start: i32,
    pub original_end: i32,
}

/// Values that become one label wherever they stand.
#[derive(Debug, Clone)]
pub struct Values {
    needles: Needles,
    entity_type: String,
}

/// Removes what a [`Find`] finds from the parts of a conversation, one after another.
pub struct Remover<'f> {
    find: &'f dyn Find,
    resource: String,
    places: Vec<Place>,
    /// What became of the texts of the present part, by their paths.
    edits: FieldEdits,
}

/// Edits of a part's texts by the paths of their fields; the path of a message's text is empty.
pub type FieldEdits = BTreeMap<String, Edits>;

impl Values {
    pub fn new<'v>(
        values: impl IntoIterator<Item = &'v str>,
        entity_type: &str,
        labels: Labels,
    ) -> Result<Self> {
        let needles = Needles::new(values, labels.and([entity_type]))?;
        Ok(Self { needles, entity_type: entity_type.to_owned() })
    }

    pub fn of_needles(needles: Needles, entity_type: &str) -> Self {
        Self { needles, entity_type: entity_type.to_owned() }
    }
}

impl Find for Values {
    fn find(&self, text: &str, markup: Markup) -> Vec<Found> {
        let found = self.needles.find(text, markup).into_iter();
        found.map(|range| Found { range, entity_type: self.entity_type.clone() }).collect()
    }
}

/// What several find; where two overlap, the place is the first one's.
impl Find for Vec<&dyn Find> {
    fn find(&self, text: &str, markup: Markup) -> Vec<Found> {
        let found = self.iter().flat_map(|find| find.find(text, markup)).collect();
        edits::disjoint(found)
    }

    fn heard(&self, text: &str) {
        self.iter().for_each(|find| find.heard(text));
    }

    fn forget(&self) {
        self.iter().for_each(|find| find.forget());
    }
}

impl<'f> Remover<'f> {
    pub fn new(find: &'f dyn Find) -> Self {
        Self { find, resource: String::new(), places: Vec::new(), edits: FieldEdits::new() }
    }

    /// Every place so far, in the order in which the parts were given.
    pub fn into_places(self) -> Vec<Place> {
        self.places
    }

    fn within(&mut self, resource: &impl ToString) -> usize {
        self.resource = resource.to_string();
        self.edits.clear();
        self.places.len()
    }

    fn text(&mut self, field: &str, text: &mut SafeText) {
        self.edit(field, &mut text.0, Markup::Plain);
    }

    fn html(&mut self, field: &str, text: &mut SafeText) {
        self.edit(field, &mut text.0, Markup::Html);
    }

    fn plain(&mut self, field: &str, text: &mut String) {
        self.edit(field, text, Markup::Plain);
    }

    fn texts(&mut self, field: &str, texts: &mut [SafeText]) {
        for (index, text) in texts.iter_mut().enumerate() {
            self.text(&format!("{field}[{index}]"), text);
        }
    }

    fn plains(&mut self, field: &str, texts: &mut [String]) {
        for (index, text) in texts.iter_mut().enumerate() {
            self.plain(&format!("{field}[{index}]"), text);
        }
    }

    fn edit(&mut self, field: &str, text: &mut String, markup: Markup) {
        self.edit_at(At { path: field, told: field }, text, markup);
    }

    fn edit_at(&mut self, at: At<'_>, text: &mut String, markup: Markup) {
        if text.is_empty() {
            return;
        }
        let found = self.find.find(text, markup);
        if !found.is_empty() {
            let edits = Edits::new(found, text, markup);
            self.apply(at, text, edits);
        }
    }

    fn apply(&mut self, at: At<'_>, text: &mut String, edits: Edits) {
        *text = edits.apply(text);
        self.tell(at.told, &edits);
        self.edits.insert(at.path.to_owned(), edits);
    }

    fn tell(&mut self, field: &str, edits: &Edits) {
        let resource = &self.resource;
        self.places.extend(edits.places().map(|(found, label)| Place {
            resource: resource.clone(),
            field: field.to_owned(),
            entity_type: found.entity_type.clone(),
            start: byte(label.start),
            end: byte(label.end),
            original_start: byte(found.range.start),
            original_end: byte(found.range.end),
        }));
    }
}

/// A field: its path, as redactions of a message have it, and how places tell it.
#[derive(Clone, Copy)]
struct At<'a> {
    path: &'a str,
    told: &'a str,
}

/// An offset as it is stored; no text is longer.
fn byte(offset: usize) -> i32 {
    i32::try_from(offset).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests;
