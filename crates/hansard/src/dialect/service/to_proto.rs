//! Domain values to wire messages.

mod annotation;
mod conversation;
mod directory;
mod event;
mod message;
mod redaction;
mod retention;
mod value;

pub(super) use annotation::{
    action_annotation, behavior_annotation, comment, hint_annotation, moment_annotation, scorecard,
    scorecard_template,
};
pub(super) use conversation::{archive, change, conversation, list_metadata};
pub(super) use directory::{
    api_key, audit_entry, customer, group, moment, profile, tag, team, usecase, user,
};
pub(super) use event::event;
pub(super) use message::message;
pub(super) use redaction::{finding, redaction_job, redaction_receipt};
pub(super) use retention::retention_preview;
