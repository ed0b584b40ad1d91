//! Conversations, archives, changes.

use super::{
    annotation as remark, event, message,
    value::{json, metadata, span, time},
};
use crate::service::archive::Outgoing;
use hansard_domain::{
    Id,
    annotation::AnnotationKind,
    change::Change,
    code::Code,
    conversation::{
        AudioAnalysis, Deployment, FeatureOverride, Models, Participant, Party, PlatformInfo, PolicyOverride,
        SpeakerInfo, StateHistoryEntry, Summary, Transfer, TransferInfo, View, Visitor,
    },
    filter::Snippet,
    name::{Collection, ConversationName, EntryName},
    redact::SafeText,
};
use hansard_proto::v1::{self as pb, conversation_message::Speaker};
use std::sync::Arc;

pub(in super::super) fn conversation(view: View) -> pb::Conversation {
    let conversation = view.conversation;
    let etag = conversation.etag();
    let duration = conversation.duration().map(span);
    let (name, counters) = (conversation.name, conversation.counters);
    let body = Arc::unwrap_or_clone(conversation.body);
    let fields = body.fields;
    let of_customer = |collection, id: &Id| {
        EntryName::of_customer(&name.profile.customer, collection, id.clone()).to_string()
    };
    pb::Conversation {
        agent: fields.agent.as_ref().map(|id| of_customer(Collection::User, id)).unwrap_or_default(),
        participants: body.participants.into_iter().map(participant).collect(),
        agent_info: fields.agent_info.map(speaker_info),
        agent_user_name: view.agent_user_name,
        team: view.team.as_ref().map(|id| of_customer(Collection::Team, id)).unwrap_or_default(),
        visitor: fields.visitor.map(visitor),
        conversation_correlation_id: fields.correlation_id,
        skill: fields.skill,
        platform_info: fields.platform_info.map(platform_info),
        start_time: Some(time(body.start_time)),
        end_time: body.end_time.map(time),
        audio_persistence_state: body.audio_persistence_state.code(),
        persisted_audio_uri: body.persisted_audio_uri,
        audio_analysis: fields.audio_analysis.map(audio_analysis),
        persisted_audio_duration: fields.audio_duration.map(span),
        legacy_chat_id: i32::try_from(conversation.number).unwrap_or(0),
        state: body.state.code(),
        raise_hand_state: fields.raise_hand_state.code(),
        language_code: fields.language_code,
        channel: fields.channel.code(),
        source: fields.source.code(),
        metadata: metadata(fields.metadata),
        display_name: fields.display_name.into_string(),
        sharing_state: body.sharing_state.code(),
        policy_override: fields.policy_override.map(policy_override),
        usecase: fields.usecase,
        create_time: Some(time(body.create_time)),
        corruption_state: fields.corruption_state.code(),
        virtual_agent: fields.virtual_agent,
        ingested_by_job: fields.ingested_by_job,
        transfer_info: fields.transfer_info.map(transfer_info),
        persistence_state: fields.persistence_state.code(),
        multi_language_mode: fields.multi_language_mode.code(),
        status: body.status.code(),
        status_reason: body.status_reason.into_string(),
        state_history: body.state_history.into_iter().map(history_entry).collect(),
        direction: fields.direction.code(),
        summary: fields.summary.map(summary),
        transfers: body.transfers.into_iter().map(transfer).collect(),
        deployment: fields.deployment.map(deployment),
        models: fields.models.map(models),
        party: fields.party.map(party),
        campaign: fields.campaign,
        legal_hold: fields.legal_hold,
        retention_days: fields.retention_days,
        duration,
        update_time: Some(time(body.update_time)),
        delete_time: body.delete_time.map(time),
        etag,
        tags: view.tags.iter().map(|tag| name.profile.tag(tag.clone()).to_string()).collect(),
        message_count: counters.messages,
        name: name.to_string(),
    }
}

/// What a list tells of a conversation beside itself.
pub(in super::super) fn list_metadata(
    view: &View,
    snippet: Option<Snippet>,
) -> pb::list_conversations_response::Metadata {
    let counters = view.conversation.counters;
    pb::list_conversations_response::Metadata {
        message_count: counters.messages,
        last_message_time: counters.last_message_time.map(time),
        snippet: snippet.map(|snippet| pb::list_conversations_response::Snippet {
            match_start: bytes(snippet.found.start),
            match_end: bytes(snippet.found.end),
            text: snippet.text,
        }),
    }
}

fn bytes(place: usize) -> i32 {
    i32::try_from(place).unwrap_or(i32::MAX)
}

pub(in super::super) fn archive(outgoing: Outgoing) -> pb::ConversationArchive {
    let flags = &outgoing.view.conversation.body.flags;
    let profile = outgoing.view.conversation.name.profile.clone();
    let mut archive = pb::ConversationArchive {
        feature_override: (*flags != FeatureOverride::default()).then(|| feature_override(flags)),
        messages: outgoing.messages.into_iter().map(message).collect(),
        events: outgoing.events.into_iter().map(event).collect(),
        conversation: Some(conversation(outgoing.view)),
        ..pb::ConversationArchive::default()
    };
    for one in outgoing.remarks.annotations {
        match one.name.kind {
            AnnotationKind::Moment => archive.moment_annotations.push(remark::moment_annotation(one)),
            AnnotationKind::Behavior => archive.behavior_annotations.push(remark::behavior_annotation(one)),
            AnnotationKind::Action => archive.action_annotations.push(remark::action_annotation(one)),
            AnnotationKind::Hint => archive.hint_annotations.push(remark::hint_annotation(one)),
            AnnotationKind::Comment => archive.comments.push(remark::comment(one)),
        }
    }
    let templates = outgoing.remarks.templates.into_iter();
    archive.scorecard_templates = templates.map(|one| remark::scorecard_template(&profile, one)).collect();
    archive.scorecards = outgoing.remarks.scorecards.into_iter().map(remark::scorecard).collect();
    archive
}

fn feature_override(flags: &FeatureOverride) -> pb::FeatureOverride {
    pb::FeatureOverride {
        skip_annotations: flags.skip_annotations,
        skip_pii_redation: flags.skip_pii_redaction,
        synchronous_backend: flags.synchronous_backend,
        use_onboarding_embedding_index: flags.use_onboarding_embedding_index,
        skip_index_on_close: flags.skip_index_on_close,
        skip_auto_qa_on_close: flags.skip_auto_qa_on_close,
        blocking_close_other_conversation: flags.blocking_close_other_conversation,
        process_when_conversation_close: flags.process_when_conversation_close,
        skip_insight_processing: flags.skip_insight_processing,
    }
}

pub(in super::super) fn change(change: &Change) -> pb::Change {
    pb::Change {
        cursor: change.cursor.to_string(),
        conversation: change.conversation.to_string(),
        kind: change.kind.code(),
        resource: resource(change, &change.conversation),
        sequence: change.sequence,
        change_time: Some(time(change.change_time)),
    }
}

fn resource(change: &Change, conversation: &ConversationName) -> String {
    match (change.kind.collection(), &change.part) {
        (Some("tags"), Some(id)) => conversation.profile.tag(id.clone()).to_string(),
        (Some("scorecards"), Some(id)) => conversation.profile.scorecard(id.clone()).to_string(),
        (Some(collection), Some(id)) => format!("{conversation}/{collection}/{id}"),
        _ => conversation.to_string(),
    }
}

pub(super) fn speaker_info(info: SpeakerInfo) -> pb::SpeakerInfo {
    pb::SpeakerInfo {
        display_name: info.display_name.into_string(),
        platform_speaker_id: info.platform_speaker_id,
    }
}

fn participant(participant: Participant) -> pb::Participant {
    let role = Speaker::try_from(participant.speaker.code()).unwrap_or_default();
    pb::Participant {
        user: participant.user,
        role: role.as_str_name().to_owned(),
        display_name: participant.display_name.into_string(),
    }
}

fn platform_info(info: PlatformInfo) -> pb::PlatformInfo {
    pb::PlatformInfo {
        original_event_data: json(info.original_event_data),
        platform_conversation_id: info.platform_conversation_id,
        platform_account_id: info.platform_account_id,
        platform_conversation_uri: info.platform_conversation_uri,
        platform_integration: info.platform_integration,
    }
}

fn policy_override(policy: PolicyOverride) -> pb::PolicyOverride {
    pb::PolicyOverride {
        policy_ids: policy.policy_ids,
        respect_conversation_agent_filter: policy.respect_conversation_agent_filter,
        respect_language_code_filter: policy.respect_language_code_filter,
        respect_time_range_filter: policy.respect_time_range_filter,
        policy_history_ids: policy.policy_history_ids,
    }
}

fn history_entry(entry: StateHistoryEntry) -> pb::StateHistoryEntry {
    pb::StateHistoryEntry {
        status: entry.status.code(),
        timestamp: Some(time(entry.timestamp)),
        metadata: json(entry.metadata),
        reason: entry.reason.into_string(),
    }
}

fn summary(summary: Summary) -> pb::Summary {
    let texts = |texts: Vec<SafeText>| texts.into_iter().map(SafeText::into_string).collect();
    pb::Summary {
        summary: summary.summary.into_string(),
        key_points: texts(summary.key_points),
        action_items: texts(summary.action_items),
        sentiment: summary.sentiment.code(),
        revision: summary.revision,
    }
}

pub(super) fn transfer(transfer: Transfer) -> pb::Transfer {
    pb::Transfer {
        target: transfer.target,
        status: transfer.status.code(),
        r#type: transfer.kind.code(),
        initiate_time: transfer.initiate_time.map(time),
        complete_time: transfer.complete_time.map(time),
        reason: transfer.reason.into_string(),
    }
}

fn visitor(visitor: Visitor) -> pb::Visitor {
    pb::Visitor {
        platform_visitor_id: visitor.platform_visitor_id,
        display_name: visitor.display_name.into_string(),
    }
}

fn audio_analysis(audio: AudioAnalysis) -> pb::AudioAnalysis {
    pb::AudioAnalysis {
        agent_audio_energy: audio.agent_audio_energy,
        visitor_audio_energy: audio.visitor_audio_energy,
    }
}

fn transfer_info(info: TransferInfo) -> pb::TransferInfo {
    pb::TransferInfo {
        previous_conversation: info.previous_conversation,
        participant_interaction_type: info.participant_interaction_type.code(),
    }
}

fn deployment(given: Deployment) -> pb::Deployment {
    pb::Deployment {
        channel_id: given.channel_id,
        deployment_config_id: given.deployment_config_id,
        channel_identifier: given.channel_identifier,
        instruction_config_id: given.instruction_config_id,
    }
}

fn models(given: Models) -> pb::Models {
    pb::Models {
        model_id: given.model_id,
        stt_model_id: given.stt_model_id,
        tts_model_id: given.tts_model_id,
    }
}

fn party(given: Party) -> pb::Party {
    pb::Party {
        record_id: given.record_id,
        provider_message_id: given.provider_message_id,
        partner_user_id: given.partner_user_id,
        platform_user_id: given.platform_user_id,
        crm_customer_id: given.crm_customer_id,
    }
}
