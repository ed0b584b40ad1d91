//! vCon, the IETF's JSON container of conversations, as a conversation.
//!
//! Transcripts and text dialogs become messages, recordings the conversation's audio facts, transfers events. What
//! no field holds stays in platformInfo.originalEventData. A turn's sendTime is its dialog's start plus the offset
//! that the transcript states; where it states none, the start, and only the sequence tells the order. One of our own
//! export comes back as the record that it was.
//! It fetches nothing, verifies no signature and decrypts nothing.

mod dialog;
pub(crate) mod extension;
mod original;
mod party;
mod text;
mod transcript;

use hansard_proto::v1::{
    ConversationEvent, ConversationMessage, Transfer, Visitor,
    conversation::{AudioPersistenceState, Channel, Direction, Status},
    conversation_event::{self, Payload},
    conversation_message::{Speaker, State},
    transfer,
};
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{
    history,
    item::{Context, Item, Malformed},
    time,
};
use dialog::{Dialog, Kind};
use party::Party;

/// Whether an object is a vCon, signed and encrypted ones included.
pub(super) fn recognizes(object: &Map<String, Value>) -> bool {
    let has = |key: &str| object.contains_key(key);
    has("vcon") || (has("uuid") && (has("parties") || has("dialog") || has("analysis"))) || is_sealed(object)
}

fn is_sealed(object: &Map<String, Value>) -> bool {
    let has = |key: &str| object.contains_key(key);
    (has("payload") && has("signatures")) || (has("ciphertext") && (has("protected") || has("recipients")))
}

/// Reads a vCon.
pub fn parse(mut vcon: Map<String, Value>, context: &Context) -> Result<Item, Malformed> {
    if is_sealed(&vcon) {
        return Err(Malformed::new("it is a signed or encrypted vCon; import takes the unsigned form"));
    }
    if let Some(item) = extension::restore(&mut vcon, context)? {
        return Ok(item);
    }
    let id = match vcon.get("uuid") {
        Some(Value::String(id)) if !id.is_empty() => id.clone(),
        _ => return Err(Malformed::field("uuid", "is missing")),
    };
    let mut item = Item::new(context, &id, Channel::Chat);
    let taken = fill(&mut item, &vcon, context)?;
    let platform = item.conversation().platform_info.get_or_insert_default();
    platform.platform_conversation_id = id;
    platform.platform_integration = "vcon".to_owned();
    original::keep(&mut item, &mut vcon, &taken);
    history::complete(&mut item.archive);
    Ok(item)
}

/// What became messages, so that it need not be kept twice.
#[derive(Debug, Default)]
struct Taken {
    analyses: Vec<usize>,
    dialogs: Vec<usize>,
}

/// The parts of one vCon, read.
struct Parts<'a> {
    vcon: &'a Map<String, Value>,
    subject: &'a str,
    parties: Vec<Party>,
    dialogs: Vec<Dialog<'a>>,
    start: Option<Timestamp>,
}

/// Messages with the times that order them.
type Spoken = Vec<(Option<Timestamp>, ConversationMessage)>;

fn fill(item: &mut Item, vcon: &Map<String, Value>, context: &Context) -> Result<Taken, Malformed> {
    let parties = party::read(vcon)?;
    let dialogs = dialog::read(vcon, context)?;
    let (start, end) = span(vcon, &dialogs, context)?;
    let subject = vcon.get("subject").and_then(Value::as_str).unwrap_or_default();
    item.span(start, end);
    item.conversation().display_name = subject.to_owned();
    set_parties(item, &parties);
    set_dialogs(item, &dialogs, &parties);
    let parts = Parts { vcon, subject, parties, dialogs, start };
    let mut taken = Taken::default();
    let mut spoken = parts.take_transcripts(item, &mut taken)?;
    spoken.extend(parts.take_texts(item, &mut taken));
    // Stable: what has one time keeps the order in which the vCon holds it.
    spoken.sort_by_key(|(at, _)| *at);
    item.archive.messages = spoken.into_iter().map(|(_, message)| message).collect();
    Ok(taken)
}

fn span(
    vcon: &Map<String, Value>,
    dialogs: &[Dialog<'_>],
    context: &Context,
) -> Result<(Option<Timestamp>, Option<Timestamp>), Malformed> {
    let created = match vcon.get("created_at").filter(|value| !value.is_null()) {
        None => None,
        Some(value) => Some(
            time::from_json(value, &context.time_zone)
                .ok_or_else(|| Malformed::field("created_at", "is not a time"))?,
        ),
    };
    let start = dialogs.iter().filter_map(|dialog| dialog.start).min().or(created);
    let end = dialogs.iter().filter_map(Dialog::end).max();
    Ok((start, end))
}

fn set_parties(item: &mut Item, parties: &[Party]) {
    let in_role = |role: Speaker| parties.iter().find(|party| party.role == Some(role));
    let agent = in_role(Speaker::Agent).or_else(|| in_role(Speaker::Bot));
    item.conversation().agent_info = agent.and_then(Party::speaker_info);
    item.conversation().visitor = in_role(Speaker::Visitor).map(|party| Visitor {
        platform_visitor_id: party.address().to_owned(),
        display_name: party.name.clone(),
    });
}

fn set_dialogs(item: &mut Item, dialogs: &[Dialog<'_>], parties: &[Party]) {
    let of_kind = |kind: Kind| dialogs.iter().filter(move |dialog| dialog.kind == kind);
    let texts = of_kind(Kind::Text).next().map(text::channel);
    let calls = dialogs.iter().any(|dialog| dialog.kind != Kind::Text);
    item.conversation().channel = if calls { Channel::Voice } else { texts.unwrap_or(Channel::Voice) }.into();
    item.conversation().direction = dialogs.iter().find_map(direction).unwrap_or_default().into();
    if let Some(disposition) = dialogs.iter().find_map(|dialog| dialog.meta("disposition")) {
        item.metadata("call.disposition", Some(disposition));
    }
    let mut recordings = of_kind(Kind::Recording);
    if let Some(recording) = recordings.next() {
        set_recording(item, recording);
    }
    let more = recordings.count();
    if more > 0 {
        item.warn(format!("{more} more recordings are kept in originalEventData only"));
    }
    if let Some(attempt) = dialogs.iter().find(|dialog| dialog.kind == Kind::Incomplete)
        && dialogs.iter().all(|dialog| dialog.kind == Kind::Incomplete)
    {
        set_attempt(item, attempt);
    }
    for dialog in of_kind(Kind::Transfer) {
        let transfer = transfer(dialog, parties);
        item.archive.events.push(transfer_event(transfer.clone()));
        item.conversation().transfers.push(transfer);
    }
}

fn direction(dialog: &Dialog<'_>) -> Option<Direction> {
    match dialog.meta("direction")?.as_str()?.to_lowercase().as_str() {
        "in" | "inbound" | "incoming" => Some(Direction::Inbound),
        "out" | "outbound" | "outgoing" => Some(Direction::Outbound),
        _ => None,
    }
}

fn set_recording(item: &mut Item, recording: &Dialog<'_>) {
    let conversation = item.conversation();
    conversation.persisted_audio_duration = recording.duration.map(time::span_to_proto);
    if let Some(url) = recording.text("url").filter(|url| !url.is_empty()) {
        conversation.persisted_audio_uri = url.to_owned();
        conversation.audio_persistence_state = AudioPersistenceState::Persisted.into();
    }
    let media_type = Value::from(recording.media_type());
    item.metadata("recording.mediatype", Some(&media_type));
    for key in ["filename", "alg", "signature", "content_hash"] {
        item.metadata(&format!("recording.{key}"), recording.object.get(key));
    }
}

/// A call that nobody took failed or was given up.
fn set_attempt(item: &mut Item, attempt: &Dialog<'_>) {
    let disposition = attempt.meta("disposition").and_then(Value::as_str).unwrap_or_default();
    let status = match disposition {
        "congestion" | "failed" | "busy" => Status::Failed,
        _ => Status::Abandoned,
    };
    item.conversation().status = status.into();
    item.conversation().status_reason = disposition.to_owned();
}

fn transfer(dialog: &Dialog<'_>, parties: &[Party]) -> Transfer {
    let key = ["transfer_target", "transfer-target"].into_iter().find_map(|key| dialog.object.get(key));
    let target = key.and_then(Value::as_u64).and_then(|index| parties.get(usize::try_from(index).ok()?));
    let consulted = dialog.object.get("consultation").is_some_and(|value| !value.is_null());
    Transfer {
        target: target.map(|party| party.tel.clone()).unwrap_or_default(),
        status: transfer::Status::Completed.into(),
        r#type: if consulted { transfer::Type::Warm } else { transfer::Type::Blind }.into(),
        initiate_time: dialog.start.map(time::to_proto),
        complete_time: dialog.duration.and(dialog.end()).map(time::to_proto),
        ..Transfer::default()
    }
}

fn transfer_event(transfer: Transfer) -> ConversationEvent {
    ConversationEvent {
        r#type: conversation_event::Type::ConversationTransfer.into(),
        event_time: transfer.initiate_time,
        payload: Some(Payload::ConversationTransfer(conversation_event::ConversationTransfer {
            transfer: Some(transfer),
        })),
        ..ConversationEvent::default()
    }
}

impl Parts<'_> {
    /// Takes the first transcript of each dialog; a second opinion on the same one stays in the original data.
    fn take_transcripts(&self, item: &mut Item, taken: &mut Taken) -> Result<Spoken, Malformed> {
        let analyses = match self.vcon.get("analysis") {
            None | Some(Value::Null) => return Ok(Spoken::new()),
            Some(Value::Array(analyses)) => analyses,
            Some(_) => return Err(Malformed::field("analysis", "is not a list")),
        };
        let mut spoken = Spoken::new();
        let mut seen = Vec::new();
        for (index, analysis) in analyses.iter().enumerate().filter(|(_, analysis)| is_transcript(analysis)) {
            let about = dialog_of(analysis);
            if seen.contains(&about) {
                item.warn(format!(
                    "analysis[{index}]: another transcript of dialog {about} is kept as it is"
                ));
                continue;
            }
            let dialog = self.dialogs.iter().find(|dialog| dialog.index == about);
            let recording = dialog.and_then(|dialog| dialog.duration);
            let turns =
                analysis.get("body").and_then(|body| transcript::read(body, recording, &self.parties));
            let Some(turns) = turns else {
                item.warn(format!(
                    "analysis[{index}]: the transcript has no known form and is kept as it is"
                ));
                continue;
            };
            seen.push(about);
            taken.analyses.push(index);
            set_language(item, analysis);
            spoken.extend(timed(turns, dialog.and_then(|dialog| dialog.start).or(self.start)));
        }
        Ok(spoken)
    }

    fn take_texts(&self, item: &mut Item, taken: &mut Taken) -> Spoken {
        let mut spoken = Spoken::new();
        for dialog in self.dialogs.iter().filter(|dialog| dialog.kind == Kind::Text) {
            match text::message(dialog, self.subject, &self.parties) {
                Ok(message) if message.text.is_empty() => {}
                Ok(mut message) => {
                    let at = dialog.start.or(self.start);
                    message.send_time = at.map(time::to_proto);
                    spoken.push((at, message));
                    taken.dialogs.push(dialog.index);
                }
                Err(reason) => item.warn(format!("dialog[{}] became no message: {reason}", dialog.index)),
            }
        }
        spoken
    }
}

fn is_transcript(analysis: &Value) -> bool {
    matches!(analysis.get("type").and_then(Value::as_str), Some("transcript" | "wtf_transcription"))
}

fn dialog_of(analysis: &Value) -> usize {
    let dialog = analysis.get("dialog");
    let first = dialog.and_then(|dialog| dialog.as_array().map_or(Some(dialog), |list| list.first()));
    first.and_then(Value::as_u64).and_then(|index| usize::try_from(index).ok()).unwrap_or(0)
}

fn set_language(item: &mut Item, analysis: &Value) {
    let body = analysis.get("body");
    let language = [Some(analysis), body].into_iter().flatten().find_map(|holder| {
        ["language", "detected_language"].into_iter().find_map(|key| holder.get(key)?.as_str())
    });
    if let Some(language) = language.filter(|_| item.conversation().language_code.is_empty()) {
        item.conversation().language_code = language.to_owned();
    }
}

/// Gives each turn its time, where the dialog has one; a turn without an offset has that of the turn before.
fn timed(
    turns: Vec<transcript::Turn>,
    begin: Option<Timestamp>,
) -> impl Iterator<Item = (Option<Timestamp>, ConversationMessage)> {
    turns.into_iter().scan(begin, move |latest, turn| {
        let stated = begin.zip(turn.start).map(|(begin, offset)| time::after(begin, offset));
        *latest = stated.max(*latest);
        let message = ConversationMessage {
            text: turn.text,
            speaker: turn.speaker.into(),
            speaker_info: turn.speaker_info,
            transcription_info: turn.transcription,
            state: State::Final.into(),
            audio_start_offset: turn.start.map(time::span_to_proto),
            audio_end_offset: turn.end.map(time::span_to_proto),
            send_time: stated.or(*latest).map(time::to_proto),
            ..ConversationMessage::default()
        };
        Some((*latest, message))
    })
}
