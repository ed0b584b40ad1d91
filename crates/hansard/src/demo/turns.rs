//! The lines of a dialog as messages and events.

use hansard_proto::v1::{
    ConversationEvent, ConversationMessage, Email, SpeakerInfo,
    conversation::Channel,
    conversation_event::{self, ConversationTransfer, Payload},
    conversation_message::{Speaker, State},
};
use jiff::Timestamp;

use super::{
    case::{Case, transfer},
    dialogue::{Course, Line, Who},
    directory,
    timing::Moment,
};
use crate::import::{names::customer, time};

/// Where the lines belong.
pub(super) struct Place<'a> {
    pub(super) case: &'a Case,
    pub(super) parent: &'a str,
    /// Resource name of the conversation.
    pub(super) conversation: &'a str,
    pub(super) start: Timestamp,
}

/// Writes messages and events, each with its name and time, in order.
pub(super) fn write(
    place: &Place<'_>,
    lines: &[Line],
    moments: &[Moment],
) -> (Vec<ConversationMessage>, Vec<ConversationEvent>) {
    let (mut messages, mut events) = (Vec::new(), Vec::new());
    for (line, moment) in lines.iter().zip(moments) {
        let held = match line.who {
            Who::Hold => Some(conversation_event::Type::ConversationHold),
            Who::Unhold => Some(conversation_event::Type::ConversationUnhold),
            Who::Agent | Who::Customer | Who::Bot => None,
        };
        match held {
            Some(kind) => events.push(place.event(events.len(), kind, time::after(place.start, moment.at))),
            None => messages.push(place.message(messages.len(), line, *moment)),
        }
    }
    if place.case.course == Course::HandedOver
        && let Some(last) = moments.last()
    {
        let at = time::after(place.start, last.until.unwrap_or(last.at));
        let transfer = Some(transfer(place.start, at));
        let event = place.event(events.len(), conversation_event::Type::ConversationTransfer, at);
        let payload = Some(Payload::ConversationTransfer(ConversationTransfer { transfer }));
        events.push(ConversationEvent { payload, ..event });
    }
    (messages, events)
}

impl Place<'_> {
    fn event(&self, index: usize, kind: conversation_event::Type, at: Timestamp) -> ConversationEvent {
        ConversationEvent {
            name: format!("{}/events/e-{:03}", self.conversation, index + 1),
            r#type: kind.into(),
            event_time: Some(time::to_proto(at)),
            ..ConversationEvent::default()
        }
    }

    fn message(&self, index: usize, line: &Line, moment: Moment) -> ConversationMessage {
        let Case { agent, visitor, channel, .. } = self.case;
        let agent_id = directory::agent_id(*agent);
        let (speaker, display_name, id) = match line.who {
            Who::Customer => (Speaker::Visitor, format!("Customer {visitor}"), format!("crm-{visitor}")),
            Who::Bot => (Speaker::Bot, "Virtual assistant".to_owned(), String::new()),
            Who::Agent | Who::Hold | Who::Unhold => {
                (Speaker::Agent, directory::agent_name(*agent), agent_id.clone())
            }
        };
        let is_agent = speaker == Speaker::Agent;
        let user = || format!("{}/users/{agent_id}", customer(self.parent));
        ConversationMessage {
            name: format!("{}/messages/m-{:04}", self.conversation, index + 1),
            text: line.text.clone(),
            agent: if is_agent { user() } else { String::new() },
            speaker: speaker.into(),
            speaker_info: Some(SpeakerInfo { display_name, platform_speaker_id: id }),
            state: State::Final.into(),
            send_time: Some(time::to_proto(time::after(self.start, moment.at))),
            audio_start_offset: moment.until.map(|_| time::span_to_proto(moment.at)),
            audio_end_offset: moment.until.map(time::span_to_proto),
            email: (*channel == Channel::Email).then(|| email(self.case, index, is_agent)),
            ..ConversationMessage::default()
        }
    }
}

fn email(case: &Case, index: usize, from_agent: bool) -> Email {
    let service = "service@example.com".to_owned();
    let customer = format!("customer-{}@example.net", case.visitor);
    let id = |index: usize| format!("<{}.{index}@example.com>", case.id);
    let (from, to) = if from_agent { (service, customer) } else { (customer, service) };
    Email {
        subject: if index == 0 { case.subject.clone() } else { format!("Re: {}", case.subject) },
        from,
        to: vec![to],
        message_id: id(index),
        in_reply_to: index.checked_sub(1).map(id).unwrap_or_default(),
        ..Email::default()
    }
}
