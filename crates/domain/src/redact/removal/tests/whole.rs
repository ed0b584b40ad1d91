//! A canary in every text of every part.

use super::*;
use crate::{
    conversation::{
        Body, Deployment, Fields, Models, Participant, Party, PlatformInfo, PolicyOverride,
        StateHistoryEntry, Status, Summary, Transfer, Visitor,
    },
    metadata::{Metadata, MetadataSource, MetadataValue, MetadataValues},
};

fn canary() -> SafeText {
    safe(&format!("a {CANARY} b"))
}

fn plain() -> String {
    canary().into_string()
}

fn metadata() -> Metadata {
    let values = vec![MetadataValue::Text(canary()), MetadataValue::Boolean(true)];
    Metadata::from([(plain(), MetadataValues { values, source: MetadataSource::Client })])
}

fn content() -> Content {
    let word = |text: &str| Word { word: safe(text), start_offset: None, end_offset: None, confidence: 0.0 };
    let call = || ToolCall {
        id: plain(),
        name: plain(),
        arguments: free(json!({plain(): plain()})),
        result: free(json!([plain()])),
    };
    Content {
        text: canary(),
        legacy_message_id: 1,
        text_html: safe("<p title='zqxj 4711 kvw'>zqxj <b>47</b>11&nbsp;kvw</p>"),
        transcription_info: Some(TranscriptionInfo {
            words: ["zqxj", "4711", "kvw"].map(word).to_vec(),
            confidence: 0.5,
            model: plain(),
            language_code: String::new(),
        }),
        agent: None,
        speaker: Speaker::Agent,
        speaker_info: Some(SpeakerInfo { display_name: canary(), platform_speaker_id: plain() }),
        state: MessageState::Final,
        audio_start_offset: None,
        audio_end_offset: None,
        original_event_data: free(json!({"x": [plain(), {plain(): 1}]})),
        send_time: None,
        email: Some(Email {
            subject: canary(),
            from: canary(),
            to: vec![canary()],
            cc: vec![canary()],
            message_id: plain(),
            in_reply_to: plain(),
        }),
        attachments: vec![Attachment {
            uri: "https://example.com/zqxj%204711%20kvw".to_owned(),
            mime_type: plain(),
            size_bytes: 0,
            sha256: String::new(),
        }],
        tool_calls: vec![call()],
        spoken_text: canary(),
        metadata: free(json!(plain())),
        redactions: Vec::new(),
    }
}

fn fields() -> Fields {
    Fields {
        agent_info: Some(SpeakerInfo { display_name: canary(), platform_speaker_id: plain() }),
        visitor: Some(Visitor { platform_visitor_id: plain(), display_name: canary() }),
        correlation_id: plain(),
        skill: plain(),
        platform_info: Some(PlatformInfo {
            platform_conversation_id: plain(),
            platform_account_id: plain(),
            original_event_data: free(json!(plain())),
            platform_conversation_uri: plain(),
            platform_integration: plain(),
        }),
        metadata: metadata(),
        display_name: canary(),
        policy_override: Some(PolicyOverride {
            policy_ids: vec![plain()],
            policy_history_ids: vec![plain()],
            ..PolicyOverride::default()
        }),
        summary: Some(Summary {
            summary: canary(),
            key_points: vec![canary()],
            action_items: vec![canary()],
            ..Summary::default()
        }),
        deployment: Some(Deployment {
            channel_id: plain(),
            deployment_config_id: plain(),
            channel_identifier: plain(),
            instruction_config_id: plain(),
        }),
        models: Some(Models { model_id: plain(), stt_model_id: plain(), tts_model_id: plain() }),
        party: Some(Party {
            record_id: plain(),
            provider_message_id: plain(),
            partner_user_id: plain(),
            platform_user_id: None,
            crm_customer_id: plain(),
        }),
        ..Fields::default()
    }
}

fn transfer() -> Transfer {
    Transfer { target: plain(), reason: canary(), ..Transfer::default() }
}

fn conversation() -> Conversation {
    let body = Body {
        fields: fields(),
        status_reason: canary(),
        state_history: vec![StateHistoryEntry {
            status: Status::Active,
            timestamp: Time(1),
            reason: canary(),
            metadata: free(json!({"by": plain()})),
        }],
        participants: vec![Participant {
            user: String::new(),
            speaker: Speaker::Visitor,
            display_name: canary(),
        }],
        persisted_audio_uri: plain(),
        transfers: vec![transfer()],
        ..Body::default()
    };
    Conversation { name: name(), number: 1, body: Arc::new(body), counters: Default::default() }
}

fn events() -> Vec<Event> {
    let entity =
        Entity { entity_name: plain(), str_value: canary(), surface_mode: plain(), ..Entity::default() };
    let payloads = [
        Payload::EntityFeedback { is_delete: false, entity: Some(entity) },
        Payload::ConversationMetadata(metadata()),
        Payload::ConversationState { previous: Status::Active, status: Status::Active, reason: canary() },
        Payload::ConversationTransfer(Some(transfer())),
        Payload::Custom(free(json!({"x": plain()}))),
    ];
    let event = |payload| Event {
        name: name().event(Id::known("e")),
        sequence: 1,
        kind: EventType::Custom,
        content: EventContent { payload: Some(payload), ..EventContent::default() },
        event_time: Time(1),
        create_time: Time(1),
        actor: String::new(),
    };
    payloads.into_iter().map(event).collect()
}

fn has_canary(whole: &impl std::fmt::Debug) -> bool {
    let whole = format!("{whole:?}").to_lowercase();
    ["zqxj", "4711", "kvw"].into_iter().any(|part| whole.contains(part))
}

#[test]
fn no_text_of_any_part_keeps_the_value() {
    let find = values(CANARY);
    let mut remover = Remover::new(&find);
    let (mut message, mut conversation, mut events) = (message(content()), conversation(), events());
    assert!(has_canary(&message) && has_canary(&conversation) && events.iter().all(has_canary));
    assert!(remover.message(&mut message, None, Time(2)).is_some());
    assert!(remover.conversation(&mut conversation, Time(2)));
    assert!(events.iter_mut().all(|event| remover.event(event)));
    assert!(!has_canary(&message), "{message:#?}");
    assert!(!has_canary(&conversation), "{conversation:#?}");
    assert!(!has_canary(&events), "{events:#?}");
    assert!(!has_canary(&remover.into_places()));
}

#[test]
fn deleting_a_message_tells_every_text() {
    let places = message(content()).texts();
    let has = |field: &str| places.iter().any(|place| place.field == field && place.end == 0);
    for field in ["text", "textHtml", "spokenText", "email.to[0]", "toolCalls[0].arguments/0"] {
        assert!(has(field), "{field}");
    }
}
