//! A conversation as a vCon, the IETF's JSON container of conversations (draft-ietf-vcon-vcon-core).
//!
//! Messages of a call are turns of a transcript beside its recording, all others are text dialogs. What a vCon has no
//! place for stands in the member `hansard`, which `import/vcon/extension.rs` describes and reads. It embeds no media.

use hansard_proto::v1::{
    Conversation, ConversationArchive, ConversationMessage,
    conversation::{Channel, Direction},
    metadata_value,
};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::parties::Parties;
use crate::import::{
    archive,
    vcon::extension::{self, Extension},
};

/// The version of the format, that of draft-ietf-vcon-vcon-core-00.
const VCON_VERSION: &str = "0.3.0";
/// Who made the transcript and the summary, as far as the record tells.
const VENDOR: &str = "hansard";

/// Writes a conversation as one vCon.
pub fn from_archive(archive: &ConversationArchive) -> anyhow::Result<Value> {
    let record = archive::to_json(archive)?;
    let mut vcon = Vcon { archive, extension: Extension::new(record), object: Map::new() };
    vcon.head();
    let parties = Parties::of(archive, &mut vcon.extension);
    vcon.object.insert("parties".into(), parties.to_json());
    match vcon.channel() {
        Channel::Voice => vcon.call(&parties),
        _ => vcon.texts(&parties),
    }
    vcon.summary();
    vcon.attachments();
    vcon.object.insert(extension::NAME.into(), serde_json::to_value(vcon.extension)?);
    Ok(Value::Object(vcon.object))
}

struct Vcon<'a> {
    archive: &'a ConversationArchive,
    extension: Extension,
    object: Map<String, Value>,
}

impl Vcon<'_> {
    fn channel(&self) -> Channel {
        self.archive.conversation.as_ref().map(Conversation::channel).unwrap_or_default()
    }

    fn head(&mut self) {
        let name = self.extension.record("/conversation/name").and_then(Value::as_str).unwrap_or_default();
        let uuid = uuid(name);
        let created = self.time(&["/conversation/createTime", "/conversation/startTime"]);
        let head = [
            ("vcon", Value::from(VCON_VERSION)),
            ("uuid", Value::from(uuid.to_string())),
            ("extensions", json!([extension::NAME])),
            ("created_at", created),
        ];
        self.object.extend(head.map(|(key, value)| (key.to_owned(), value)));
        if let Some(updated) = self.extension.record("/conversation/updateTime").cloned() {
            self.object.insert("updated_at".into(), updated);
        }
        if let Some(subject) = self.extension.take("/conversation/displayName".into(), "/subject") {
            self.object.insert("subject".into(), subject);
        }
    }

    /// The first of the places that holds a time; a vCon must have one, so the epoch where the record has none.
    fn time(&self, pointers: &[&str]) -> Value {
        let given = pointers.iter().find_map(|pointer| self.extension.record(pointer)).cloned();
        given.unwrap_or_else(|| Value::from("1970-01-01T00:00:00Z"))
    }

    fn push(&mut self, list: &str, entry: Value) {
        let entries = self.object.entry(list).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(entries) = entries {
            entries.push(entry);
        }
    }

    fn call(&mut self, parties: &Parties) {
        let recording = self.recording(parties);
        self.push("dialog", recording);
        let mut turns: Vec<Value> = Vec::new();
        for (index, message) in self.archive.messages.iter().enumerate() {
            let place = format!("/analysis/0/body/{}/message", turns.len());
            let Some(text) = self.extension.take(format!("/messages/{index}/text"), place) else { continue };
            turns.push(self.turn(message, &text, parties.of_message(index)));
        }
        if !turns.is_empty() {
            let transcript = json!({
                "type": "transcript", "dialog": 0, "vendor": VENDOR, "schema": "hansard.v1",
                "mediatype": "application/json", "encoding": "json", "body": turns,
            });
            self.push("analysis", transcript);
        }
    }

    fn recording(&mut self, parties: &Parties) -> Value {
        let start = self.time(&["/conversation/startTime", "/conversation/createTime"]);
        let mut dialog = json!({"type": "recording", "start": start, "parties": parties.all()});
        if let Some(conversation) = &self.archive.conversation {
            let seconds = conversation.persisted_audio_duration.as_ref().map(seconds).or_else(|| {
                let (start, end) = (conversation.start_time?, conversation.end_time?);
                Some((end.seconds - start.seconds) as f64 + f64::from(end.nanos - start.nanos) / 1e9)
            });
            if let Some(seconds) = seconds.filter(|seconds| *seconds >= 0.0) {
                dialog["duration"] = seconds.into();
            }
            match conversation.direction() {
                Direction::Inbound => dialog["meta"] = json!({"direction": "in"}),
                Direction::Outbound => dialog["meta"] = json!({"direction": "out"}),
                Direction::Unspecified => {}
            }
        }
        for key in ["mediatype", "filename"] {
            if let Some(value) = self.metadata(&format!("recording.{key}")) {
                dialog[key] = value.into();
            }
        }
        if let Some(url) = self.extension.take("/conversation/persistedAudioUri".into(), "/dialog/0/url") {
            dialog["url"] = url;
        }
        dialog
    }

    /// What an import of the recording noted of it.
    fn metadata(&self, key: &str) -> Option<&str> {
        let values = self.archive.conversation.as_ref()?.metadata.get(key)?;
        match values.values.first()?.value.as_ref()? {
            metadata_value::Value::StringValue(text) => Some(text),
            _ => None,
        }
    }

    /// One utterance; its offsets are those of the recording, or the time since the start.
    fn turn(&self, message: &ConversationMessage, text: &Value, party: Option<usize>) -> Value {
        let mut turn = json!({"message": text});
        if let Some(party) = party {
            turn["party"] = party.into();
        }
        let began = self.archive.conversation.as_ref().and_then(|conversation| conversation.start_time);
        let since_start = || {
            let (began, sent) = (began?, message.send_time?);
            let seconds = (sent.seconds - began.seconds) as f64 + f64::from(sent.nanos - began.nanos) / 1e9;
            Some(seconds).filter(|seconds| *seconds > 0.0)
        };
        if let Some(start) = message.audio_start_offset.as_ref().map(seconds).or_else(since_start) {
            turn["start"] = start.into();
        }
        if let Some(end) = message.audio_end_offset.as_ref().map(seconds) {
            turn["end"] = end.into();
        }
        turn
    }

    fn texts(&mut self, parties: &Parties) {
        let application = match self.channel() {
            Channel::Unspecified | Channel::Voice => None,
            channel => Some(channel.as_str_name().to_lowercase()),
        };
        let mut dialogs = Vec::new();
        for index in 0..self.archive.messages.len() {
            let place = format!("/dialog/{}/body", dialogs.len());
            let Some(text) = self.extension.take(format!("/messages/{index}/text"), place) else { continue };
            let [sent, created] = ["sendTime", "createTime"].map(|key| format!("/messages/{index}/{key}"));
            let start = self.time(&[&sent, &created, "/conversation/startTime"]);
            let mut dialog = json!({
                "type": "text", "start": start, "parties": parties.all(),
                "mediatype": "text/plain", "encoding": "none", "body": text,
            });
            match parties.of_message(index) {
                Some(party) => dialog["originator"] = party.into(),
                None => dialog["parties"] = json!([]),
            }
            if let Some(application) = &application {
                dialog["application"] = application.as_str().into();
            }
            dialogs.push(dialog);
        }
        self.object.insert("dialog".into(), dialogs.into());
    }

    fn summary(&mut self) {
        let index = self.object.get("analysis").and_then(Value::as_array).map_or(0, Vec::len);
        let place = format!("/analysis/{index}/body");
        if let Some(text) = self.extension.take("/conversation/summary/summary".into(), place) {
            let summary = json!({
                "type": "summary", "vendor": VENDOR, "mediatype": "text/plain", "encoding": "none", "body": text,
            });
            self.push("analysis", summary);
        }
    }

    /// Files that messages refer to.
    fn attachments(&mut self) {
        let mut number = 0;
        for (index, message) in self.archive.messages.iter().enumerate() {
            for (at, attachment) in message.attachments.iter().enumerate() {
                let from = format!("/messages/{index}/attachments/{at}/uri");
                let Some(url) = self.extension.take(from, format!("/attachments/{number}/url")) else {
                    continue;
                };
                let mut entry = json!({"url": url});
                if !attachment.mime_type.is_empty() {
                    entry["mediatype"] = attachment.mime_type.as_str().into();
                }
                self.push("attachments", entry);
                number += 1;
            }
        }
    }
}

/// The conversation's id where it is a UUID, else one of version 8 that its name always gives again.
fn uuid(name: &str) -> Uuid {
    let id = name.rsplit('/').next().unwrap_or_default();
    Uuid::try_parse(id).ok().filter(|uuid| uuid.hyphenated().to_string() == id).unwrap_or_else(|| {
        let digest = Sha256::digest(name);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        Uuid::new_v8(bytes)
    })
}

fn seconds(duration: &prost_types::Duration) -> f64 {
    duration.seconds as f64 + f64::from(duration.nanos) / 1e9
}
