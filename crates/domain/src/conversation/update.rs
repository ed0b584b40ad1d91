//! Changes of a conversation field by field.

use super::{
    AudioAnalysis, AudioPersistenceState, Conversation, Fields, RaiseHandState, SharingState, State, Summary,
};
use crate::{
    Error, Result, Span, Time,
    language::Languages,
    limits,
    metadata::{self, Metadata},
    redact::SafeText,
};

/// New values for some of a conversation's fields.
#[derive(Debug, Clone)]
pub struct Patch {
    /// Where the new values are.
    pub values: Fields,
    pub start_time: Option<Time>,
    /// Which to take: paths in snake_case, as a field mask has them.
    pub paths: Vec<String>,
    /// Empty = whatever the present etag is.
    pub etag: String,
}

/// What is known about a conversation's audio.
#[derive(Debug, Clone, Default)]
pub struct AudioReport {
    pub state: AudioPersistenceState,
    pub uri: String,
    pub analysis: Option<AudioAnalysis>,
    pub duration: Option<Span>,
}

/// The paths that `UpdateConversation` accepts, besides those below a message field.
pub const PATCH_PATHS: [&str; 25] = [
    "agent",
    "agent_info",
    "visitor",
    "conversation_correlation_id",
    "platform_info",
    "start_time",
    "raise_hand_state",
    "channel",
    "source",
    "policy_override",
    "usecase",
    "corruption_state",
    "virtual_agent",
    "ingested_by_job",
    "transfer_info",
    "persistence_state",
    "multi_language_mode",
    "direction",
    "summary",
    "deployment",
    "models",
    "party",
    "campaign",
    "legal_hold",
    "retention_days",
];

/// Fields with a verb of their own, or output only, and what to use instead.
const REFUSED_PATHS: [(&str, &str); 11] = [
    ("display_name", "use :updateDisplayName"),
    ("language_code", "use :updateLanguageCode"),
    ("sharing_state", "use :updateSharingState"),
    ("skill", "use :updateSkill"),
    ("metadata", "use :upsertMetadata"),
    ("state", "use :updateState"),
    ("status", "use :updateState"),
    ("status_reason", "use :updateState"),
    ("audio_persistence_state", "use :updateAudioPersistenceState"),
    ("audio_analysis", "use :updateAudioPersistenceState"),
    ("persisted_audio_duration", "use :updateAudioPersistenceState"),
];

impl Patch {
    /// Checks the values that the paths take.
    pub fn check(&self) -> Result<()> {
        for path in &self.paths {
            if let Some((_, remedy)) = REFUSED_PATHS.iter().find(|(refused, _)| refused == path) {
                return Err(Error::invalid("updateMask", format!("{path} cannot be updated here: {remedy}")));
            }
        }
        self.values.check()
    }

    fn apply(&self, to: &mut Conversation) -> Result<()> {
        for path in &self.paths {
            if path == "start_time" {
                to.move_start(self.start_time)?;
            } else if !take(&mut to.body_mut().fields, &self.values, path) {
                return Err(Error::invalid("updateMask", format!("{path} is unknown or output only")));
            }
        }
        if to.body.fields.raise_hand_state == RaiseHandState::Unspecified {
            to.body_mut().fields.raise_hand_state = RaiseHandState::Absent;
        }
        Ok(())
    }
}

/// Copies one field, or one member of a message field; false where the path names none.
fn take(to: &mut Fields, from: &Fields, path: &str) -> bool {
    macro_rules! copy {
        ($($field:ident).+) => { to.$($field).+ = from.$($field).+.clone() };
    }
    macro_rules! member {
        ($holder:ident . $member:ident) => {
            to.$holder.get_or_insert_default().$member =
                from.$holder.as_ref().map(|holder| holder.$member.clone()).unwrap_or_default()
        };
    }
    match path {
        "agent" => copy!(agent),
        "agent_info" => copy!(agent_info),
        "agent_info.display_name" => member!(agent_info.display_name),
        "agent_info.platform_speaker_id" => member!(agent_info.platform_speaker_id),
        "visitor" => copy!(visitor),
        "visitor.display_name" => member!(visitor.display_name),
        "visitor.platform_visitor_id" => member!(visitor.platform_visitor_id),
        "conversation_correlation_id" => copy!(correlation_id),
        "platform_info" => copy!(platform_info),
        "platform_info.platform_conversation_id" => member!(platform_info.platform_conversation_id),
        "platform_info.platform_account_id" => member!(platform_info.platform_account_id),
        "platform_info.original_event_data" => member!(platform_info.original_event_data),
        "platform_info.platform_conversation_uri" => member!(platform_info.platform_conversation_uri),
        "platform_info.platform_integration" => member!(platform_info.platform_integration),
        "raise_hand_state" => copy!(raise_hand_state),
        "channel" => copy!(channel),
        "source" => copy!(source),
        "policy_override" => copy!(policy_override),
        "policy_override.policy_ids" => member!(policy_override.policy_ids),
        "policy_override.respect_conversation_agent_filter" => {
            member!(policy_override.respect_conversation_agent_filter);
        }
        "policy_override.respect_language_code_filter" => {
            member!(policy_override.respect_language_code_filter);
        }
        "policy_override.respect_time_range_filter" => member!(policy_override.respect_time_range_filter),
        "policy_override.policy_history_ids" => member!(policy_override.policy_history_ids),
        "usecase" => copy!(usecase),
        "corruption_state" => copy!(corruption_state),
        "virtual_agent" => copy!(virtual_agent),
        "ingested_by_job" => copy!(ingested_by_job),
        "transfer_info" => copy!(transfer_info),
        "transfer_info.previous_conversation" => member!(transfer_info.previous_conversation),
        "transfer_info.participant_interaction_type" => member!(transfer_info.participant_interaction_type),
        "persistence_state" => copy!(persistence_state),
        "multi_language_mode" => copy!(multi_language_mode),
        "direction" => copy!(direction),
        "summary" => copy!(summary),
        "summary.summary" => member!(summary.summary),
        "summary.key_points" => member!(summary.key_points),
        "summary.action_items" => member!(summary.action_items),
        "summary.sentiment" => member!(summary.sentiment),
        "deployment" => copy!(deployment),
        "deployment.channel_id" => member!(deployment.channel_id),
        "deployment.deployment_config_id" => member!(deployment.deployment_config_id),
        "deployment.channel_identifier" => member!(deployment.channel_identifier),
        "deployment.instruction_config_id" => member!(deployment.instruction_config_id),
        "models" => copy!(models),
        "models.model_id" => member!(models.model_id),
        "models.stt_model_id" => member!(models.stt_model_id),
        "models.tts_model_id" => member!(models.tts_model_id),
        "party" => copy!(party),
        "party.record_id" => member!(party.record_id),
        "party.provider_message_id" => member!(party.provider_message_id),
        "party.partner_user_id" => member!(party.partner_user_id),
        "party.platform_user_id" => member!(party.platform_user_id),
        "party.crm_customer_id" => member!(party.crm_customer_id),
        "campaign" => copy!(campaign),
        "legal_hold" => copy!(legal_hold),
        "retention_days" => copy!(retention_days),
        _ => return false,
    }
    true
}

impl Fields {
    /// Whether one field, or one member of a message field, is the same in both.
    pub fn equals_at(&self, other: &Self, path: &str) -> bool {
        let mut probe = other.clone();
        !take(&mut probe, self, path) || probe == *other
    }
}

impl Conversation {
    /// Applies a patch. Answers whether anything changed.
    pub fn patch(&mut self, patch: &Patch, now: Time) -> Result<bool> {
        if !patch.etag.is_empty() && patch.etag != self.etag() {
            return Err(Error::aborted(
                "the etag is not the conversation's present one: read it again and retry",
            ));
        }
        self.edit(now, |conversation| patch.apply(conversation))
    }

    pub fn set_display_name(&mut self, display_name: SafeText, now: Time) -> Result<bool> {
        self.edit(now, |conversation| {
            conversation.body_mut().fields.display_name = display_name;
            Ok(())
        })
    }

    /// Sets the summary, in place of the present one.
    pub fn set_summary(&mut self, summary: Summary, now: Time) -> Result<bool> {
        self.edit(now, |conversation| {
            let fields = &mut conversation.body_mut().fields;
            fields.summary = Some(summary);
            fields.check_summary()
        })
    }

    /// Marks it as deleted: it is kept, and nobody finds it any more.
    pub fn soft_delete(&mut self, now: Time) {
        self.body_mut().delete_time = Some(now);
        self.touch(now);
    }

    pub fn set_skill(&mut self, skill: String, now: Time) -> Result<bool> {
        self.edit(now, |conversation| {
            conversation.body_mut().fields.skill = skill;
            Ok(())
        })
    }

    /// Sets the language, or the profile's default where `wanted` is not one of the profile's.
    pub fn set_language(&mut self, wanted: &str, languages: &Languages<'_>, now: Time) -> Result<bool> {
        self.edit(now, |conversation| {
            conversation.body_mut().fields.language_code = languages.effective(wanted);
            Ok(())
        })
    }

    pub fn set_sharing_state(&mut self, sharing: SharingState, now: Time) -> Result<bool> {
        let source = self.body.fields.source;
        if sharing == SharingState::Shared && !source.is_shareable() {
            return Err(Error::failed_precondition(
                "a conversation of this source cannot be shared: only live traffic, INGESTION_PIPELINE, BOT and OPERA_SYNTHETIC can",
            ));
        }
        self.edit(now, |conversation| {
            conversation.body_mut().sharing_state = sharing;
            Ok(())
        })
    }

    pub fn report_audio(&mut self, report: AudioReport, now: Time) -> Result<bool> {
        if report.state == AudioPersistenceState::Unspecified {
            return Err(Error::invalid(
                "audioPersistenceState",
                "must be NOT_PERSISTED, PERSISTED or PERSIST_FAILED",
            ));
        }
        if report.state == AudioPersistenceState::Persisted && report.uri.is_empty() {
            return Err(Error::invalid(
                "persistedAudioUri",
                "is required when audioPersistenceState is PERSISTED",
            ));
        }
        limits::short("persistedAudioUri", &report.uri)?;
        if let Some(analysis) = &report.analysis {
            analysis.check()?;
        }
        if report.duration.is_some_and(|Span(micros)| micros < 0) {
            return Err(Error::invalid("audioDuration", "must not be negative"));
        }
        self.edit(now, |conversation| {
            let body = conversation.body_mut();
            body.audio_persistence_state = report.state;
            body.persisted_audio_uri = report.uri;
            body.fields.audio_analysis = report.analysis.or(body.fields.audio_analysis.take());
            body.fields.audio_duration = report.duration.or(body.fields.audio_duration);
            Ok(())
        })
    }

    /// Adds keys or replaces their values. Answers only what changed.
    pub fn upsert_metadata(&mut self, given: Metadata, now: Time) -> Result<Metadata> {
        let changed = metadata::upsert(&mut self.body_mut().fields.metadata, given);
        limits::items_at_most("metadataValues", self.body.fields.metadata.len(), limits::METADATA_KEYS_MAX)?;
        if !changed.is_empty() {
            self.touch(now);
        }
        Ok(changed)
    }

    fn move_start(&mut self, start: Option<Time>) -> Result<()> {
        let start = start.ok_or_else(|| Error::invalid("conversation.startTime", "cannot be cleared"))?;
        if self.body.end_time.is_some_and(|end| start > end) {
            return Err(Error::invalid(
                "conversation.startTime",
                "must not be after the conversation's endTime",
            ));
        }
        self.body_mut().start_time = start;
        Ok(())
    }

    /// Runs an edit and notes it where it changed anything; on an error nothing is changed.
    fn edit(&mut self, now: Time, change: impl FnOnce(&mut Self) -> Result<()>) -> Result<bool> {
        let mut edited = self.clone();
        change(&mut edited)?;
        debug_assert!(edited.body.state != State::Unspecified);
        edited.number_summary(self.body.fields.summary.as_ref());
        if edited == *self {
            return Ok(false);
        }
        edited.touch(now);
        *self = edited;
        Ok(true)
    }

    /// Gives a summary that is not the one before the next revision.
    fn number_summary(&mut self, before: Option<&Summary>) {
        let Some(present) = &self.body.fields.summary else { return };
        let known = before.map_or(0, |summary| summary.revision);
        let as_known = Summary { revision: known, ..present.clone() };
        let is_known = before == Some(&as_known);
        let revision = if is_known { known } else { known.saturating_add(1) };
        if present.revision != revision {
            self.body_mut().fields.summary = Some(Summary { revision, ..as_known });
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{
        conversation::NewConversation, language::Languages, name::ConversationName, redact::Redactor,
    };

    #[test]
    fn every_other_summary_is_another_revision() {
        let name = ConversationName::parse("name", "customers/c/profiles/p/conversations/x").unwrap();
        let languages = Languages { supported: &[], default: "en-US" };
        let mut conversation = NewConversation::default().start(name, 1, &languages, Time(1)).unwrap();
        let summary = |text: &str| Summary { summary: Redactor::NONE.text(text), ..Summary::default() };
        for (text, changes, revision) in [("a", true, 1), ("a", false, 1), ("b", true, 2), ("a", true, 3)] {
            assert_eq!(conversation.set_summary(summary(text), Time(2)).unwrap(), changes);
            assert_eq!(conversation.body.fields.summary.as_ref().unwrap().revision, revision);
        }
        let values = Fields { summary: Some(summary("c")), ..Fields::default() };
        let paths = vec!["summary.summary".to_owned()];
        let patch = Patch { values, start_time: None, paths, etag: String::new() };
        assert!(conversation.patch(&patch, Time(3)).unwrap());
        assert_eq!(conversation.body.fields.summary.as_ref().unwrap().revision, 4);
    }
}
