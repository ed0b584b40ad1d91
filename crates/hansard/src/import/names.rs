//! Resource names of a conversation that moves to another profile.
//!
//! It changes names only; whether what they name exists there is the service's concern.

use crate::dialect::service::names_of_remarks;
use hansard_proto::v1::{
    ConversationArchive, ConversationEvent, ConversationMessage, StateHistoryEntry,
    conversation_event::Payload,
};
use prost_types::value::Kind;

/// Gives every name below `from` the same place below `to`.
pub(super) fn move_to(archive: &mut ConversationArchive, from: &str, to: &str) {
    let place = Move { from, to, from_customer: customer(from), to_customer: customer(to) };
    if let Some(conversation) = &mut archive.conversation {
        let single = [
            &mut conversation.name,
            &mut conversation.agent,
            &mut conversation.team,
            &mut conversation.usecase,
            &mut conversation.virtual_agent,
            &mut conversation.ingested_by_job,
        ];
        let users = conversation.participants.iter_mut().map(|participant| &mut participant.user);
        let previous = conversation.transfer_info.iter_mut().map(|info| &mut info.previous_conversation);
        let names = single.into_iter().chain(users).chain(previous).chain(&mut conversation.tags);
        let actors = conversation.state_history.iter_mut().filter_map(state_actor);
        names.chain(actors).for_each(|name| place.apply(name));
    }
    archive.messages.iter_mut().flat_map(message_names).for_each(|name| place.apply(name));
    archive.events.iter_mut().flat_map(event_names).for_each(|name| place.apply(name));
    names_of_remarks(archive).into_iter().for_each(|name| place.apply(name));
}

/// Who changed the state, which the history keeps beside it.
fn state_actor(entry: &mut StateHistoryEntry) -> Option<&mut String> {
    match &mut entry.metadata.as_mut()?.fields.get_mut("actor")?.kind {
        Some(Kind::StringValue(actor)) => Some(actor),
        _ => None,
    }
}

fn message_names(message: &mut ConversationMessage) -> impl Iterator<Item = &mut String> {
    let moments = message.redactions.iter_mut().map(|redaction| &mut redaction.moment);
    [&mut message.name, &mut message.agent].into_iter().chain(moments)
}

fn event_names(event: &mut ConversationEvent) -> impl Iterator<Item = &mut String> {
    let named = match &mut event.payload {
        Some(Payload::CallReasonSelection(selection)) => Some(&mut selection.selected_moment),
        Some(Payload::Tag(change)) => Some(&mut change.tag),
        _ => None,
    };
    let own = [
        &mut event.name,
        &mut event.associated_message,
        &mut event.associated_action_annotation,
        &mut event.actor,
    ];
    own.into_iter().chain(named)
}

/// `customers/{c}` of `customers/{c}/profiles/{p}`.
pub(crate) fn customer(parent: &str) -> &str {
    parent.split_once("/profiles/").map_or(parent, |(customer, _)| customer)
}

struct Move<'a> {
    from: &'a str,
    to: &'a str,
    from_customer: &'a str,
    to_customer: &'a str,
}

impl Move<'_> {
    fn apply(&self, name: &mut String) {
        for (from, to) in [(self.from, self.to), (self.from_customer, self.to_customer)] {
            if let Some(rest) = name.strip_prefix(from).filter(|rest| rest.starts_with('/')) {
                *name = format!("{to}{rest}");
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use hansard_proto::v1::Conversation;

    use super::*;

    #[test]
    fn names_of_the_profile_and_of_the_customer_move() {
        let mut archive = ConversationArchive {
            conversation: Some(Conversation {
                name: "customers/a/profiles/p/conversations/1".into(),
                agent: "customers/a/users/u".into(),
                tags: vec!["customers/a/profiles/p/tags/t".into(), "customers/ab/profiles/p/tags/t".into()],
                ..Conversation::default()
            }),
            ..ConversationArchive::default()
        };
        move_to(&mut archive, "customers/a/profiles/p", "customers/b/profiles/q");
        let moved = archive.conversation.unwrap_or_default();
        assert_eq!(moved.name, "customers/b/profiles/q/conversations/1");
        assert_eq!(moved.agent, "customers/b/users/u");
        assert_eq!(moved.tags, ["customers/b/profiles/q/tags/t", "customers/ab/profiles/p/tags/t"]);
    }
}
