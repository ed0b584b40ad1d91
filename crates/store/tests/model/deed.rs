//! What can be done to a conversation.

use hansard_domain::{
    Id, Time,
    conversation::{AudioReport, NewConversation, Patch, SharingState, State, Status},
    event::NewEvent,
    message::{Content, MessagePatch},
    metadata::Metadata,
    redact::SafeText,
};

#[derive(Debug, Clone)]
pub(crate) enum Deed {
    Start(NewConversation),
    Append { messages: Vec<(Id, Content)>, allow_closed: bool },
    PatchMessage(Id, MessagePatch),
    DeleteMessage(Id),
    Report(Vec<NewEvent>),
    Patch(Patch),
    SetDisplayName(SafeText),
    SetSkill(String),
    SetLanguage(String),
    SetSharing(SharingState),
    ReportAudio(AudioReport),
    Metadata(Metadata),
    ChangeState { state: State, status: Status, reason: SafeText, end_time: Option<Time> },
    AddTag(Id),
    RemoveTag(Id),
    Delete,
}
