//! Messages.

use super::{code, conversation::speaker_info, mask, names, optional_span, optional_time, value::free};
use hansard_domain::{
    Id, Result,
    message::{
        Attachment, Content, Email, MessagePatch, MessageState, NewMessage, ToolCall, TranscriptionInfo,
        Word, patch_paths,
    },
    name::{Collection, ConversationName, Part},
    redact::{MessageMask, SafeJson, Turns},
};
use hansard_proto::v1 as pb;
use prost_types::Struct;

/// A message to append to `parent`; its name may carry its id.
pub(in super::super) fn new_message(
    given: pb::ConversationMessage,
    parent: &ConversationName,
    turns: &mut Turns<'_>,
) -> Result<NewMessage> {
    let id = names::own_id("name", &given.name, Part::Message, parent)?;
    let content = content(given, &parent.profile.customer, turns)?;
    content.check()?;
    Ok(NewMessage { id, content, create_time: None })
}

/// What a message says, redacted; paths are relative to the message.
pub(in super::super) fn content(
    given: pb::ConversationMessage,
    customer: &Id,
    turns: &mut Turns<'_>,
) -> Result<Content> {
    let state: MessageState = code("state", given.state)?;
    let (text, mut mask) = turns.message(&given.text, state != MessageState::Partial);
    let mask = &mut mask;
    let mut content = Content {
        text,
        legacy_message_id: given.legacy_message_id,
        text_html: mask.text("textHtml", &given.text_html),
        transcription_info: given
            .transcription_info
            .map(|info| transcription_info(info, mask))
            .transpose()?,
        agent: names::referenced("agent", &given.agent, Collection::User, customer)?,
        speaker: code("speaker", given.speaker)?,
        speaker_info: given.speaker_info.map(|info| speaker_info(info, turns.redactor())),
        state,
        audio_start_offset: optional_span("audioStartOffset", given.audio_start_offset.as_ref())?,
        audio_end_offset: optional_span("audioEndOffset", given.audio_end_offset.as_ref())?,
        original_event_data: mask_json("originalEventData", given.original_event_data, mask),
        send_time: optional_time("sendTime", given.send_time.as_ref())?,
        email: given.email.map(|given| email(given, mask)),
        attachments: given.attachments.into_iter().map(attachment).collect(),
        tool_calls: tool_calls(given.tool_calls, mask),
        spoken_text: mask.text("spokenText", &given.spoken_text),
        metadata: mask_json("metadata", given.metadata, mask),
        redactions: Vec::new(),
    };
    content.redactions = mask.take_redactions();
    Ok(content)
}

/// What an update of a message changes.
pub(in super::super) fn patch(
    request: pb::UpdateConversationMessageRequest,
    customer: &Id,
    turns: &mut Turns<'_>,
) -> Result<MessagePatch> {
    let given = request.conversation_message.unwrap_or_default();
    let values = content(given, customer, turns).map_err(|error| error.within("conversationMessage"))?;
    let unset = Content::default();
    let paths = mask::paths(request.update_mask, patch_paths(), |path| !values.equals_at(&unset, path))?;
    Ok(MessagePatch { values, paths })
}

fn transcription_info(info: pb::TranscriptionInfo, mask: &mut MessageMask<'_>) -> Result<TranscriptionInfo> {
    let texts: Vec<_> = info.words.iter().map(|given| given.word.as_str()).collect();
    let words = mask.words("transcriptionInfo.words", &texts).into_iter().map(|masked| {
        let given = &info.words[masked.given.clone()];
        let at = |member: &str, index: usize| format!("transcriptionInfo.words[{index}].{member}");
        let (first, last) = (masked.given.start, masked.given.end - 1);
        Ok(Word {
            word: masked.text,
            start_offset: optional_span(&at("startOffset", first), info.words[first].start_offset.as_ref())?,
            end_offset: optional_span(&at("endOffset", last), info.words[last].end_offset.as_ref())?,
            confidence: given.iter().map(|given| given.confidence).fold(f64::INFINITY, f64::min),
        })
    });
    Ok(TranscriptionInfo {
        words: words.collect::<Result<_>>()?,
        confidence: info.confidence,
        model: info.model,
        language_code: info.language_code,
    })
}

fn email(given: pb::Email, mask: &mut MessageMask<'_>) -> Email {
    Email {
        subject: mask.text("email.subject", &given.subject),
        from: mask.text("email.from", &given.from),
        to: mask.texts("email.to", &given.to),
        cc: mask.texts("email.cc", &given.cc),
        message_id: given.message_id,
        in_reply_to: given.in_reply_to,
    }
}

fn attachment(given: pb::Attachment) -> Attachment {
    Attachment {
        uri: given.uri,
        mime_type: given.mime_type,
        size_bytes: given.size_bytes,
        sha256: given.sha256,
    }
}

fn tool_calls(given: Vec<pb::ToolCall>, mask: &mut MessageMask<'_>) -> Vec<ToolCall> {
    let call = |(index, given): (usize, pb::ToolCall)| ToolCall {
        id: given.id,
        name: given.name,
        arguments: mask_json(&format!("toolCalls[{index}].arguments"), given.arguments, mask),
        result: mask_json(&format!("toolCalls[{index}].result"), given.result, mask),
    };
    given.into_iter().enumerate().map(call).collect()
}

fn mask_json(field: &str, given: Option<Struct>, mask: &mut MessageMask<'_>) -> SafeJson {
    given.map_or_else(SafeJson::default, |given| mask.json(field, free(given)))
}
