//! Removal from a message, and the part of its text that somebody asks to be removed.

use super::{At, Edits, FieldEdits, Found, Remover, edits};
use crate::{
    Error, Result, Time,
    conversation::SpeakerInfo,
    message::{Content, Message},
    redact::{Find, Labels, Markup, Redaction},
};
use std::{ops::Range, sync::Arc};

/// The path of the text in what redactions tell.
pub(super) const TEXT: &str = "";

/// A part of a message's text that is to become a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    pub found: Found,
    /// Resource name of the moment that it is.
    pub moment: String,
    /// What stands there: what is left of it between the labels that it takes in.
    pub values: Vec<String>,
}

impl Cut {
    /// Checks a range of a message's text: whole characters, and no label cut in two.
    pub fn new(
        message: &Message,
        (start, end): (i32, i32),
        (entity_type, moment): (&str, &str),
        labels: &Labels,
    ) -> Result<Self> {
        if message.delete_time.is_some() {
            return Err(Error::failed_precondition("the message is deleted"));
        }
        let text = message.content.text.as_str();
        let range = boundary(text, "startIndex", start)?..boundary(text, "endIndex", end)?;
        if range.is_empty() || range.start > range.end {
            return Err(Error::invalid("endIndex", "must be greater than startIndex"));
        }
        let masked = masked(message, labels);
        for (field, at) in [("startIndex", range.start), ("endIndex", range.end)] {
            if masked.iter().any(|label| label.start < at && at < label.end) {
                return Err(Error::invalid(
                    field,
                    "lies inside a label: take all of what is masked already, or nothing",
                ));
            }
        }
        let values = between(text, &range, &masked);
        let found = Found { range, entity_type: entity_type.to_owned() };
        Ok(Self { found, moment: moment.to_owned(), values })
    }
}

/// A byte that is the offset of a character, or the end of the text.
fn boundary(text: &str, field: &str, offset: i32) -> Result<usize> {
    let offset = usize::try_from(offset).ok().filter(|offset| text.is_char_boundary(*offset));
    offset.ok_or_else(|| {
        Error::invalid(field, "must be the offset of a character in the message's text, in bytes")
    })
}

fn masked(message: &Message, labels: &Labels) -> Vec<Range<usize>> {
    let text = message.content.text.as_str();
    let told = message.content.redactions.iter().filter(|one| one.field == TEXT).filter_map(|one| {
        let range = usize::try_from(one.start).ok()?..usize::try_from(one.end).ok()?;
        text.get(range.clone()).map(|_| range)
    });
    crate::redact::needle::merged(told.chain(labels.find(text)).collect())
}

fn between(text: &str, range: &Range<usize>, masked: &[Range<usize>]) -> Vec<String> {
    let mut values = Vec::new();
    let mut at = range.start;
    for label in masked.iter().filter(|label| range.start <= label.start && label.end <= range.end) {
        values.push(text[at..label.start].to_owned());
        at = label.end;
    }
    values.push(text[at..range.end].to_owned());
    values.retain(|value| !value.trim().is_empty());
    values
}

impl Remover<'_> {
    /// Removes what is found from a message, and the cut from its text. Answers what became of its texts, if anything
    /// of the message was removed.
    pub fn message(&mut self, message: &mut Message, cut: Option<&Cut>, now: Time) -> Option<FieldEdits> {
        let before = self.within(&message.name);
        let mut content = Content::clone(&message.content);
        self.said(&mut content, cut);
        self.told(&mut content);
        self.find.heard(message.content.text.as_str());
        if self.places.len() == before {
            return None;
        }
        let edits = std::mem::take(&mut self.edits);
        let moment = cut.map_or("", |cut| &cut.moment);
        content.redactions = self.redactions(&content.redactions, &edits, moment);
        message.content = Arc::new(content);
        message.update_time = now;
        Some(edits)
    }

    fn said(&mut self, content: &mut Content, cut: Option<&Cut>) {
        let mut found = self.find.find(content.text.as_str(), Markup::Plain);
        found.extend(cut.map(|cut| cut.found.clone()));
        if !found.is_empty() {
            let text = &mut content.text.0;
            let edits = Edits::new(edits::disjoint(found), text, Markup::Plain);
            self.apply(At { path: TEXT, told: "text" }, text, edits);
        }
    }

    /// What is masked in the message from now on, field by field; the text's first.
    fn redactions(&self, before: &[Redaction], edits: &FieldEdits, moment: &str) -> Vec<Redaction> {
        let untouched = before.iter().filter(|one| !edits.contains_key(&one.field)).cloned();
        let mut redactions: Vec<_> = untouched.collect();
        for (field, edits) in edits {
            let of_field: Vec<_> = before.iter().filter(|one| one.field == *field).cloned().collect();
            redactions.extend(edits.redactions(&of_field, (field, moment)));
        }
        for redaction in &mut redactions {
            let found = self.find.find(&redaction.field, Markup::Plain);
            redaction.field = Edits::new(found, &redaction.field, Markup::Plain).apply(&redaction.field);
        }
        redactions.sort_by(|one, other| one.field.cmp(&other.field));
        redactions
    }

    fn told(&mut self, content: &mut Content) {
        self.html("textHtml", &mut content.text_html);
        self.text("spokenText", &mut content.spoken_text);
        if let Some(info) = &mut content.transcription_info {
            self.words("transcriptionInfo.words", &mut info.words);
            self.plain("transcriptionInfo.model", &mut info.model);
        }
        self.speaker("speakerInfo", content.speaker_info.as_mut());
        self.json("originalEventData", &mut content.original_event_data);
        self.json("metadata", &mut content.metadata);
        if let Some(email) = &mut content.email {
            self.text("email.subject", &mut email.subject);
            self.text("email.from", &mut email.from);
            self.texts("email.to", &mut email.to);
            self.texts("email.cc", &mut email.cc);
            self.plain("email.messageId", &mut email.message_id);
            self.plain("email.inReplyTo", &mut email.in_reply_to);
        }
        for (index, attachment) in content.attachments.iter_mut().enumerate() {
            self.plain(&format!("attachments[{index}].uri"), &mut attachment.uri);
            self.plain(&format!("attachments[{index}].mimeType"), &mut attachment.mime_type);
        }
        for (index, call) in content.tool_calls.iter_mut().enumerate() {
            let path = format!("toolCalls[{index}]");
            self.plain(&format!("{path}.id"), &mut call.id);
            self.plain(&format!("{path}.name"), &mut call.name);
            self.json(&format!("{path}.arguments"), &mut call.arguments);
            self.json(&format!("{path}.result"), &mut call.result);
        }
    }

    pub(super) fn speaker(&mut self, field: &str, info: Option<&mut SpeakerInfo>) {
        if let Some(info) = info {
            self.text(&format!("{field}.displayName"), &mut info.display_name);
            self.plain(&format!("{field}.platformSpeakerId"), &mut info.platform_speaker_id);
        }
    }
}

impl Message {
    /// Every text that deleting the message takes, as places of its content.
    pub fn texts(&self) -> Vec<super::Place> {
        struct Everything;
        impl Find for Everything {
            fn find(&self, text: &str, _: Markup) -> Vec<Found> {
                vec![Found { range: 0..text.len(), entity_type: String::new() }]
            }
        }
        let mut remover = Remover::new(&Everything);
        remover.message(&mut self.clone(), None, self.update_time);
        let places = remover.into_places().into_iter();
        places.map(|place| super::Place { start: 0, end: 0, ..place }).collect()
    }
}
