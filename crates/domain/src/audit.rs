//! The audit trail: uses of privileges.

use crate::Time;

/// What was done with a privilege.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditAction {
    SkipPiiRedaction,
    DeleteConversation,
    DeleteMessage,
    RedactMessage,
    RedactConversations,
    EraseDataSubject,
    CancelRedactionJob,
    ImportConversations,
    ExportConversations,
    CreateApiKey,
    UpdateApiKey,
    RevokeApiKey,
    DeleteApiKey,
    DeleteDirectoryEntry,
    PlaceLegalHold,
    LiftLegalHold,
    ChangeRetention,
    /// By the service itself, for a batch.
    ExpireConversations,
}

impl AuditAction {
    pub fn word(self) -> &'static str {
        match self {
            Self::SkipPiiRedaction => "conversation.skip_pii_redaction",
            Self::DeleteConversation => "conversation.delete",
            Self::DeleteMessage => "message.delete",
            Self::RedactMessage => "message.redact",
            Self::RedactConversations => "conversation.redact",
            Self::EraseDataSubject => "data_subject.erase",
            Self::CancelRedactionJob => "redaction_job.cancel",
            Self::ImportConversations => "conversation.import",
            Self::ExportConversations => "conversation.export",
            Self::CreateApiKey => "api_key.create",
            Self::UpdateApiKey => "api_key.update",
            Self::RevokeApiKey => "api_key.revoke",
            Self::DeleteApiKey => "api_key.delete",
            Self::DeleteDirectoryEntry => "directory.delete",
            Self::PlaceLegalHold => "conversation.place_legal_hold",
            Self::LiftLegalHold => "conversation.lift_legal_hold",
            Self::ChangeRetention => "profile.change_retention",
            Self::ExpireConversations => "conversation.expire",
        }
    }
}

/// One use of a privilege, as it is read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    pub number: i64,
    pub event_time: Time,
    /// Resource name of the API key, or `cli`.
    pub actor: String,
    pub action: String,
    pub resource: String,
    pub request_id: String,
}
