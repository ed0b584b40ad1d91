//! Messages.

use super::{
    conversation::speaker_info,
    value::{json, span, time},
};
use hansard_domain::{
    code::Code,
    message::{Attachment, Email, Message, ToolCall, TranscriptionInfo},
    name::{Collection, EntryName},
    redact::{Redaction, SafeText},
};
use hansard_proto::v1 as pb;
use std::sync::Arc;

pub(in super::super) fn message(message: Message) -> pb::ConversationMessage {
    if message.delete_time.is_some() {
        return tombstone(&message);
    }
    let content = Arc::unwrap_or_clone(message.content);
    let customer = &message.name.conversation.profile.customer;
    let agent = content.agent.map(|id| EntryName::of_customer(customer, Collection::User, id).to_string());
    pb::ConversationMessage {
        name: message.name.to_string(),
        legacy_message_id: content.legacy_message_id,
        text: content.text.into_string(),
        text_html: content.text_html.into_string(),
        transcription_info: content.transcription_info.map(transcription_info),
        agent: agent.unwrap_or_default(),
        speaker: content.speaker.code(),
        speaker_info: content.speaker_info.map(speaker_info),
        state: content.state.code(),
        sequence_position: message.position,
        create_time: Some(time(message.create_time)),
        update_time: Some(time(message.update_time)),
        audio_start_offset: content.audio_start_offset.map(span),
        audio_end_offset: content.audio_end_offset.map(span),
        original_event_data: json(content.original_event_data),
        send_time: content.send_time.map(time),
        email: content.email.map(email),
        attachments: content.attachments.into_iter().map(attachment).collect(),
        tool_calls: content.tool_calls.into_iter().map(tool_call).collect(),
        spoken_text: content.spoken_text.into_string(),
        metadata: json(content.metadata),
        redactions: content
            .redactions
            .into_iter()
            .filter(|found| found.field.is_empty())
            .map(redaction)
            .collect(),
        delete_time: None,
    }
}

/// All that is left of a deleted message.
fn tombstone(message: &Message) -> pb::ConversationMessage {
    pb::ConversationMessage {
        name: message.name.to_string(),
        sequence_position: message.position,
        delete_time: message.delete_time.map(time),
        ..pb::ConversationMessage::default()
    }
}

fn transcription_info(info: TranscriptionInfo) -> pb::TranscriptionInfo {
    let words = info.words.into_iter().map(|word| pb::transcription_info::Word {
        word: word.word.into_string(),
        start_offset: word.start_offset.map(span),
        end_offset: word.end_offset.map(span),
        confidence: word.confidence,
    });
    pb::TranscriptionInfo {
        words: words.collect(),
        confidence: info.confidence,
        model: info.model,
        language_code: info.language_code,
    }
}

fn email(email: Email) -> pb::Email {
    pb::Email {
        subject: email.subject.into_string(),
        from: email.from.into_string(),
        to: email.to.into_iter().map(SafeText::into_string).collect(),
        cc: email.cc.into_iter().map(SafeText::into_string).collect(),
        message_id: email.message_id,
        in_reply_to: email.in_reply_to,
    }
}

fn attachment(attachment: Attachment) -> pb::Attachment {
    pb::Attachment {
        uri: attachment.uri,
        mime_type: attachment.mime_type,
        size_bytes: attachment.size_bytes,
        sha256: attachment.sha256,
    }
}

fn tool_call(call: ToolCall) -> pb::ToolCall {
    pb::ToolCall { arguments: json(call.arguments), result: json(call.result), id: call.id, name: call.name }
}

fn redaction(redaction: Redaction) -> pb::Redaction {
    pb::Redaction {
        entity_type: redaction.entity_type,
        start: redaction.start,
        end: redaction.end,
        moment: redaction.moment,
    }
}
