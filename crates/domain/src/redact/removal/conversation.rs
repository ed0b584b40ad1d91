//! Removal from a conversation itself, its events, and what is remarked on it.

use super::{FieldEdits, Remover, json::digits, message::TEXT};
use crate::{
    Time,
    annotation::{Annotation, AnnotationKind},
    conversation::{Body, Conversation, Fields, Transfer},
    event::{Event, Payload},
    redact::Markup,
    scorecard::Scorecard,
};

impl Remover<'_> {
    /// Whether something was removed from the conversation's own fields.
    pub fn conversation(&mut self, conversation: &mut Conversation, now: Time) -> bool {
        let before = self.within(&conversation.name);
        let mut body = Body::clone(&conversation.body);
        self.fields(&mut body.fields);
        self.text("statusReason", &mut body.status_reason);
        for (index, entry) in body.state_history.iter_mut().enumerate() {
            self.text(&format!("stateHistory[{index}].reason"), &mut entry.reason);
            self.json(&format!("stateHistory[{index}].metadata"), &mut entry.metadata);
        }
        for (index, participant) in body.participants.iter_mut().enumerate() {
            self.text(&format!("participants[{index}].displayName"), &mut participant.display_name);
        }
        self.plain("persistedAudioUri", &mut body.persisted_audio_uri);
        for (index, transfer) in body.transfers.iter_mut().enumerate() {
            self.transfer(&format!("transfers[{index}]"), transfer);
        }
        let is_changed = self.places.len() > before;
        if is_changed {
            *conversation.body_mut() = body;
            conversation.touch(now);
        }
        is_changed
    }

    fn fields(&mut self, fields: &mut Fields) {
        self.text("displayName", &mut fields.display_name);
        self.speaker("agentInfo", fields.agent_info.as_mut());
        if let Some(visitor) = &mut fields.visitor {
            self.plain("visitor.platformVisitorId", &mut visitor.platform_visitor_id);
            self.text("visitor.displayName", &mut visitor.display_name);
        }
        self.plain("conversationCorrelationId", &mut fields.correlation_id);
        self.plain("skill", &mut fields.skill);
        self.metadata("metadata", &mut fields.metadata);
        if let Some(summary) = &mut fields.summary {
            self.text("summary.summary", &mut summary.summary);
            self.texts("summary.keyPoints", &mut summary.key_points);
            self.texts("summary.actionItems", &mut summary.action_items);
        }
        if let Some(policy) = &mut fields.policy_override {
            self.plains("policyOverride.policyIds", &mut policy.policy_ids);
            self.plains("policyOverride.policyHistoryIds", &mut policy.policy_history_ids);
        }
        self.origin(fields);
    }

    fn origin(&mut self, fields: &mut Fields) {
        if let Some(info) = &mut fields.platform_info {
            self.plain("platformInfo.platformConversationId", &mut info.platform_conversation_id);
            self.plain("platformInfo.platformAccountId", &mut info.platform_account_id);
            self.json("platformInfo.originalEventData", &mut info.original_event_data);
            self.plain("platformInfo.platformConversationUri", &mut info.platform_conversation_uri);
            self.plain("platformInfo.platformIntegration", &mut info.platform_integration);
        }
        if let Some(deployment) = &mut fields.deployment {
            self.plain("deployment.channelId", &mut deployment.channel_id);
            self.plain("deployment.deploymentConfigId", &mut deployment.deployment_config_id);
            self.plain("deployment.channelIdentifier", &mut deployment.channel_identifier);
            self.plain("deployment.instructionConfigId", &mut deployment.instruction_config_id);
        }
        if let Some(models) = &mut fields.models {
            self.plain("models.modelId", &mut models.model_id);
            self.plain("models.sttModelId", &mut models.stt_model_id);
            self.plain("models.ttsModelId", &mut models.tts_model_id);
        }
        if let Some(party) = &mut fields.party {
            self.plain("party.recordId", &mut party.record_id);
            self.plain("party.providerMessageId", &mut party.provider_message_id);
            self.plain("party.partnerUserId", &mut party.partner_user_id);
            self.plain("party.crmCustomerId", &mut party.crm_customer_id);
            if let Some(id) = party.platform_user_id {
                let mut digits = digits(id);
                let before = self.places.len();
                self.edit("party.platformUserId", &mut digits, Markup::Plain);
                party.platform_user_id = party.platform_user_id.filter(|_| self.places.len() == before);
            }
        }
    }

    fn transfer(&mut self, field: &str, transfer: &mut Transfer) {
        self.plain(&format!("{field}.target"), &mut transfer.target);
        self.text(&format!("{field}.reason"), &mut transfer.reason);
    }

    /// Whether something was removed from an event's payload.
    pub fn event(&mut self, event: &mut Event) -> bool {
        let before = self.within(&event.name);
        match &mut event.content.payload {
            Some(Payload::EntityFeedback { entity: Some(entity), .. }) => {
                self.plain("entityFeedback.entity.entityName", &mut entity.entity_name);
                self.text("entityFeedback.entity.strValue", &mut entity.str_value);
                self.plain("entityFeedback.entity.surfaceMode", &mut entity.surface_mode);
            }
            Some(Payload::ConversationMetadata(metadata)) => {
                self.metadata("conversationMetadata.metadataValues", metadata);
            }
            Some(Payload::ConversationState { reason, .. }) => self.text("conversationState.reason", reason),
            Some(Payload::ConversationTransfer(Some(transfer))) => {
                self.transfer("conversationTransfer.transfer", transfer);
            }
            Some(Payload::Custom(json)) => self.json("custom", json),
            _ => {}
        }
        self.places.len() > before
    }

    /// Whether an annotation changed: something was removed from it, or the text that it is about moved by `edits`.
    pub fn annotation(&mut self, annotation: &mut Annotation, edits: Option<&FieldEdits>, now: Time) -> bool {
        let before = annotation.body.clone();
        self.within(&annotation.name);
        let kind = annotation.name.kind;
        if kind != AnnotationKind::Moment {
            self.text(kind.content_field(), &mut annotation.body.content);
        }
        let body = &mut annotation.body;
        let field = body.masked.as_ref().map_or(TEXT, |masked| &masked.field);
        let edits = edits.and_then(|edits| edits.get(field)).filter(|_| (body.start, body.end) != (0, 0));
        if let Some(edits) = edits {
            (body.start, body.end) = edits.moved(body.start, body.end);
        }
        if let Some(masked) = &mut annotation.body.masked {
            self.plain("field", &mut masked.field);
        }
        let is_changed = annotation.body != before;
        if is_changed {
            annotation.stamps.touch(now);
        }
        is_changed
    }

    /// Whether something was removed from a scorecard's comments.
    pub fn scorecard(&mut self, name: &impl ToString, scorecard: &mut Scorecard, now: Time) -> bool {
        let before = self.within(name);
        for (index, score) in scorecard.body.scores.iter_mut().enumerate() {
            self.text(&format!("scores[{index}].comment"), &mut score.comment);
        }
        let is_changed = self.places.len() > before;
        if is_changed {
            scorecard.stamps.touch(now);
        }
        is_changed
    }
}
