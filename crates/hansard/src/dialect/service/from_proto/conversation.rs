//! Conversations, and the parts that clients set.

use super::{code, json, metadata, names, optional_span, optional_time, texts};
use hansard_domain::{
    Id, Result,
    conversation::{
        AudioAnalysis, AudioReport, Deployment, FeatureOverride, Fields, Models, NewConversation,
        PATCH_PATHS, Party, Patch, PlatformInfo, PolicyOverride, SpeakerInfo, StateChange, Summary,
        TransferInfo, Visitor,
    },
    metadata::MetadataSource,
    name::Collection,
    redact::Redactor,
};
use hansard_proto::v1 as pb;

/// What a start request asks for; what is output only is ignored.
pub(in super::super) fn new_conversation(
    given: pb::Conversation,
    customer: &Id,
    redactor: &Redactor,
) -> Result<NewConversation> {
    Ok(NewConversation {
        start_time: optional_time("conversation.startTime", given.start_time.as_ref())?,
        state: code("conversation.state", given.state)?,
        status: code("conversation.status", given.status)?,
        audio_persistence_state: code("conversation.audioPersistenceState", given.audio_persistence_state)?,
        fields: fields(given, customer, redactor).map_err(|error| error.within("conversation"))?,
        ..NewConversation::default()
    })
}

/// The fields that clients set; paths are relative to the conversation.
pub(in super::super) fn fields(
    given: pb::Conversation,
    customer: &Id,
    redactor: &Redactor,
) -> Result<Fields> {
    Ok(Fields {
        agent: names::referenced("agent", &given.agent, Collection::User, customer)?,
        agent_info: given.agent_info.map(|info| speaker_info(info, redactor)),
        visitor: given.visitor.map(|visitor| Visitor {
            display_name: redactor.display_name(&visitor.display_name),
            platform_visitor_id: visitor.platform_visitor_id,
        }),
        correlation_id: given.conversation_correlation_id,
        skill: given.skill,
        platform_info: given.platform_info.map(|info| platform_info(info, redactor)),
        audio_analysis: given.audio_analysis.map(audio_analysis),
        audio_duration: optional_span("persistedAudioDuration", given.persisted_audio_duration.as_ref())?,
        raise_hand_state: code("raiseHandState", given.raise_hand_state)?,
        language_code: given.language_code,
        channel: code("channel", given.channel)?,
        source: code("source", given.source)?,
        metadata: metadata("metadata", given.metadata, MetadataSource::Unspecified, redactor)?,
        display_name: redactor.display_name(&given.display_name),
        policy_override: given.policy_override.map(policy_override),
        usecase: names::whole("usecase", &given.usecase, Collection::Usecase, customer)?,
        virtual_agent: names::whole(
            "virtualAgent",
            &given.virtual_agent,
            Collection::VirtualAgent,
            customer,
        )?,
        ingested_by_job: names::whole("ingestedByJob", &given.ingested_by_job, Collection::Job, customer)?,
        corruption_state: code("corruptionState", given.corruption_state)?,
        transfer_info: given.transfer_info.map(|info| transfer_info(&info, customer)).transpose()?,
        persistence_state: code("persistenceState", given.persistence_state)?,
        multi_language_mode: code("multiLanguageMode", given.multi_language_mode)?,
        direction: code("direction", given.direction)?,
        summary: given.summary.map(|given| summary(&given, redactor)).transpose()?,
        deployment: given.deployment.map(deployment),
        models: given.models.map(models),
        party: given.party.map(party),
        campaign: given.campaign,
        legal_hold: given.legal_hold,
        retention_days: given.retention_days,
    })
}

pub(in super::super) fn flags(given: Option<&pb::FeatureOverride>, close_others: bool) -> FeatureOverride {
    let given = given.copied().unwrap_or_default();
    FeatureOverride {
        close_agent_other_conversations: close_others,
        skip_annotations: given.skip_annotations,
        skip_pii_redaction: given.skip_pii_redation,
        synchronous_backend: given.synchronous_backend,
        use_onboarding_embedding_index: given.use_onboarding_embedding_index,
        skip_index_on_close: given.skip_index_on_close,
        skip_auto_qa_on_close: given.skip_auto_qa_on_close,
        blocking_close_other_conversation: given.blocking_close_other_conversation,
        process_when_conversation_close: given.process_when_conversation_close,
        skip_insight_processing: given.skip_insight_processing,
    }
}

/// What an update of a conversation changes.
pub(in super::super) fn patch(
    request: pb::UpdateConversationRequest,
    customer: &Id,
    redactor: &Redactor,
) -> Result<Patch> {
    let given = request.conversation.unwrap_or_default();
    let start_time = optional_time("conversation.startTime", given.start_time.as_ref())?;
    let etag = given.etag.clone();
    let has_start = given.start_time.is_some();
    let values = fields(given, customer, redactor).map_err(|error| error.within("conversation"))?;
    let unset = Fields::default();
    let is_set = |path: &str| {
        if path == "start_time" { has_start } else { !values.equals_at(&unset, path) }
    };
    let paths = super::mask::paths(request.update_mask, PATCH_PATHS, is_set)?;
    Ok(Patch { values, start_time, paths, etag })
}

pub(in super::super) fn state_change(
    request: &pb::UpdateConversationStateRequest,
    redactor: &Redactor,
) -> Result<StateChange> {
    hansard_domain::limits::short("reason", &request.reason)?;
    StateChange::new(
        code("state", request.state)?,
        code("status", request.status)?,
        redactor.text(&request.reason),
        optional_time("endTime", request.end_time.as_ref())?,
    )
}

pub(in super::super) fn audio_report(
    request: pb::UpdateConversationAudioPersistenceStateRequest,
) -> Result<AudioReport> {
    Ok(AudioReport {
        state: code("audioPersistenceState", request.audio_persistence_state)?,
        uri: request.persisted_audio_uri,
        analysis: request.audio_analysis.map(audio_analysis),
        duration: optional_span("audioDuration", request.audio_duration.as_ref())?,
    })
}

pub(in super::super) fn speaker_info(info: pb::SpeakerInfo, redactor: &Redactor) -> SpeakerInfo {
    SpeakerInfo {
        display_name: redactor.display_name(&info.display_name),
        platform_speaker_id: info.platform_speaker_id,
    }
}

fn platform_info(info: pb::PlatformInfo, redactor: &Redactor) -> PlatformInfo {
    PlatformInfo {
        platform_conversation_id: info.platform_conversation_id,
        platform_account_id: info.platform_account_id,
        original_event_data: json(info.original_event_data, redactor),
        platform_conversation_uri: info.platform_conversation_uri,
        platform_integration: info.platform_integration,
    }
}

fn audio_analysis(audio: pb::AudioAnalysis) -> AudioAnalysis {
    AudioAnalysis {
        agent_audio_energy: audio.agent_audio_energy,
        visitor_audio_energy: audio.visitor_audio_energy,
    }
}

fn policy_override(policy: pb::PolicyOverride) -> PolicyOverride {
    PolicyOverride {
        policy_ids: policy.policy_ids,
        respect_conversation_agent_filter: policy.respect_conversation_agent_filter,
        respect_language_code_filter: policy.respect_language_code_filter,
        respect_time_range_filter: policy.respect_time_range_filter,
        policy_history_ids: policy.policy_history_ids,
    }
}

fn transfer_info(info: &pb::TransferInfo, customer: &Id) -> Result<TransferInfo> {
    let field = "transferInfo.previousConversation";
    Ok(TransferInfo {
        previous_conversation: names::whole_conversation(field, &info.previous_conversation, customer)?,
        participant_interaction_type: code(
            "transferInfo.participantInteractionType",
            info.participant_interaction_type,
        )?,
    })
}

fn summary(given: &pb::Summary, redactor: &Redactor) -> Result<Summary> {
    Ok(Summary {
        summary: redactor.text(&given.summary),
        key_points: texts(&given.key_points, redactor),
        action_items: texts(&given.action_items, redactor),
        sentiment: code("summary.sentiment", given.sentiment)?,
        revision: 0,
    })
}

fn deployment(given: pb::Deployment) -> Deployment {
    Deployment {
        channel_id: given.channel_id,
        deployment_config_id: given.deployment_config_id,
        channel_identifier: given.channel_identifier,
        instruction_config_id: given.instruction_config_id,
    }
}

fn models(given: pb::Models) -> Models {
    Models { model_id: given.model_id, stt_model_id: given.stt_model_id, tts_model_id: given.tts_model_id }
}

fn party(given: pb::Party) -> Party {
    Party {
        record_id: given.record_id,
        provider_message_id: given.provider_message_id,
        partner_user_id: given.partner_user_id,
        platform_user_id: given.platform_user_id,
        crm_customer_id: given.crm_customer_id,
    }
}
