//! Messages.

use super::{code, conversation::speaker_info, json, mask, names, optional_span, optional_time, texts};
use hansard_domain::{
    Id, Result,
    message::{
        Attachment, Content, Email, MessagePatch, NewMessage, ToolCall, TranscriptionInfo, Word, patch_paths,
    },
    name::{Collection, ConversationName, Part},
    redact::Redactor,
};
use hansard_proto::v1 as pb;

/// A message to append to `parent`; its name may carry its id.
pub(in super::super) fn new_message(
    given: pb::ConversationMessage,
    parent: &ConversationName,
    redactor: &Redactor,
) -> Result<NewMessage> {
    let id = names::own_id("name", &given.name, Part::Message, parent)?;
    let content = content(given, &parent.profile.customer, redactor)?;
    content.check()?;
    Ok(NewMessage { id, content, create_time: None })
}

/// What a message says, redacted; paths are relative to the message.
pub(in super::super) fn content(
    given: pb::ConversationMessage,
    customer: &Id,
    redactor: &Redactor,
) -> Result<Content> {
    let (text, redactions) = redactor.mask(&given.text);
    Ok(Content {
        text,
        redactions,
        legacy_message_id: given.legacy_message_id,
        text_html: redactor.text(&given.text_html),
        transcription_info: given
            .transcription_info
            .map(|info| transcription_info(info, redactor))
            .transpose()?,
        agent: names::referenced("agent", &given.agent, Collection::User, customer)?,
        speaker: code("speaker", given.speaker)?,
        speaker_info: given.speaker_info.map(|info| speaker_info(info, redactor)),
        state: code("state", given.state)?,
        audio_start_offset: optional_span("audioStartOffset", given.audio_start_offset.as_ref())?,
        audio_end_offset: optional_span("audioEndOffset", given.audio_end_offset.as_ref())?,
        original_event_data: json(given.original_event_data, redactor),
        send_time: optional_time("sendTime", given.send_time.as_ref())?,
        email: given.email.map(|given| email(given, redactor)),
        attachments: given.attachments.into_iter().map(attachment).collect(),
        tool_calls: given.tool_calls.into_iter().map(|call| tool_call(call, redactor)).collect(),
        spoken_text: redactor.text(&given.spoken_text),
        metadata: json(given.metadata, redactor),
    })
}

/// What an update of a message changes.
pub(in super::super) fn patch(
    request: pb::UpdateConversationMessageRequest,
    customer: &Id,
    redactor: &Redactor,
) -> Result<MessagePatch> {
    let given = request.conversation_message.unwrap_or_default();
    let values = content(given, customer, redactor).map_err(|error| error.within("conversationMessage"))?;
    let unset = Content::default();
    let paths = mask::paths(request.update_mask, patch_paths(), |path| !values.equals_at(&unset, path))?;
    Ok(MessagePatch { values, paths })
}

fn transcription_info(info: pb::TranscriptionInfo, redactor: &Redactor) -> Result<TranscriptionInfo> {
    let words = info.words.into_iter().enumerate().map(|(index, given)| {
        let path = |member: &str| format!("transcriptionInfo.words[{index}].{member}");
        Ok(Word {
            word: redactor.text(&given.word),
            start_offset: optional_span(&path("startOffset"), given.start_offset.as_ref())?,
            end_offset: optional_span(&path("endOffset"), given.end_offset.as_ref())?,
            confidence: given.confidence,
        })
    });
    Ok(TranscriptionInfo {
        words: words.collect::<Result<_>>()?,
        confidence: info.confidence,
        model: info.model,
        language_code: info.language_code,
    })
}

fn email(given: pb::Email, redactor: &Redactor) -> Email {
    Email {
        subject: redactor.text(&given.subject),
        from: redactor.text(&given.from),
        to: texts(&given.to, redactor),
        cc: texts(&given.cc, redactor),
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

fn tool_call(given: pb::ToolCall, redactor: &Redactor) -> ToolCall {
    ToolCall {
        id: given.id,
        name: given.name,
        arguments: json(given.arguments, redactor),
        result: json(given.result, redactor),
    }
}
