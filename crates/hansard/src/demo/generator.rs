//! Conversations that read like real ones, made from a seed: the same seed and time give the same conversations.
//!
//! It stores nothing; `demo.rs` brings what it makes into a service.

use hansard_proto::v1::{
    ConversationArchive, ConversationMessage,
    conversation::Channel,
    conversation_message::{Speaker, State},
};
use jiff::Timestamp;

use super::{
    LIVE_CONVERSATION_ID,
    case::{Case, write},
    dialogue::{self, Course},
    random::Random,
    scenario::{SCENARIOS, Scenario, TECHNICAL},
};

const CONVERSATIONS: usize = 200;
const LONG: [Channel; 3] = [Channel::Chat, Channel::Voice, Channel::Whatsapp];
const OPEN: [Channel; 5] = [Channel::Chat, Channel::Voice, Channel::Whatsapp, Channel::Chat, Channel::Sms];

/// Makes the conversations of the profile `parent`, about 200, the last of them live at `base`.
pub fn conversations(parent: &str, seed: u64, base: Timestamp) -> Vec<ConversationArchive> {
    let mut random = Random::new(seed);
    let mut made = Vec::with_capacity(CONVERSATIONS + 2);
    let id = |number: usize| format!("demo-{number:04}");
    for channel in LONG {
        let case = Case::new(id(made.len() + 1), TECHNICAL, channel, Course::Long, &mut random);
        made.push(write(parent, &case, base, &mut random));
    }
    while made.len() < CONVERSATIONS - OPEN.len() - 1 {
        let scenario = topic(made.len(), &mut random);
        let channel = channel(&mut random);
        let case =
            Case::new(id(made.len() + 1), scenario, channel, course(channel, &mut random), &mut random);
        let archive = write(parent, &case, base, &mut random);
        let next = (case.course == Course::HandedOver)
            .then(|| case.taken_over(id(made.len() + 2), &archive, &mut random));
        made.push(archive);
        made.extend(next.map(|case| write(parent, &case, base, &mut random)));
    }
    for channel in OPEN {
        let scenario = topic(made.len(), &mut random);
        let case = Case::new(id(made.len() + 1), scenario, channel, Course::Open, &mut random);
        made.push(write(parent, &case, base, &mut random));
    }
    let live =
        Case::new(LIVE_CONVERSATION_ID.to_owned(), TECHNICAL, Channel::Chat, Course::Open, &mut random);
    made.push(write(parent, &live, base, &mut random));
    made
}

/// Every topic in turn; those in other languages less often.
fn topic(number: usize, random: &mut Random) -> &'static Scenario {
    let scenario = SCENARIOS[number % SCENARIOS.len()];
    if scenario.language == "en-US" || random.percent(60) {
        scenario
    } else {
        random.pick::<&Scenario>(&SCENARIOS[..8])
    }
}

fn channel(random: &mut Random) -> Channel {
    const CHANNELS: [Channel; 10] = [
        Channel::Chat,
        Channel::Chat,
        Channel::Chat,
        Channel::Voice,
        Channel::Voice,
        Channel::Voice,
        Channel::Email,
        Channel::Email,
        Channel::Sms,
        Channel::Whatsapp,
    ];
    *random.pick(&CHANNELS)
}

fn course(channel: Channel, random: &mut Random) -> Course {
    match (random.between(1, 100), channel) {
        (1..=74, _) | (_, Channel::Email) => Course::Solved,
        (75..=83, _) => Course::GivenUp,
        (84..=89, _) => Course::Broken,
        _ => Course::HandedOver,
    }
}

/// The turns with which the live conversation goes on, without an end.
pub fn live_turns(seed: u64) -> impl Iterator<Item = ConversationMessage> {
    let mut random = Random::new(seed);
    let turn = |speaker: Speaker, text: String| ConversationMessage {
        text,
        speaker: speaker.into(),
        state: State::Final.into(),
        ..ConversationMessage::default()
    };
    std::iter::repeat_with(move || {
        let (agent, customer) = dialogue::measurement(&mut random);
        [turn(Speaker::Agent, agent), turn(Speaker::Visitor, customer)]
    })
    .flatten()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeSet;

    use hansard_proto::v1::{Conversation, conversation::Status};

    use super::{super::directory::directory, *};

    const PARENT: &str = "customers/acme/profiles/support";

    fn base() -> Timestamp {
        "2025-03-01T12:00:00Z".parse().unwrap()
    }

    fn made() -> Vec<(Conversation, ConversationArchive)> {
        let made = conversations(PARENT, 7, base());
        made.into_iter().map(|archive| (archive.conversation.clone().unwrap(), archive)).collect()
    }

    fn micros(time: Option<&prost_types::Timestamp>) -> i64 {
        let time = time.unwrap();
        time.seconds * 1_000_000 + i64::from(time.nanos) / 1000
    }

    #[test]
    fn a_seed_and_a_time_give_the_same_conversations() {
        assert_eq!(conversations(PARENT, 7, base()), conversations(PARENT, 7, base()));
        assert_ne!(conversations(PARENT, 7, base()), conversations(PARENT, 8, base()));
    }

    #[test]
    fn there_is_something_of_everything() {
        let made = made();
        assert!((195..=205).contains(&made.len()), "{}", made.len());
        let channels: BTreeSet<i32> = made.iter().map(|(conversation, _)| conversation.channel).collect();
        assert_eq!(channels.len(), 5);
        for status in
            [Status::Active, Status::Completed, Status::Failed, Status::Abandoned, Status::Transferred]
        {
            let count = made.iter().filter(|(conversation, _)| conversation.status() == status).count();
            assert!(count > 3, "{status:?}: {count}");
        }
        assert_eq!(made.iter().filter(|(_, archive)| archive.messages.len() > 300).count(), LONG.len());
        let languages: BTreeSet<&str> = made.iter().map(|(c, _)| c.language_code.as_str()).collect();
        assert_eq!(languages.into_iter().collect::<Vec<_>>(), ["de-DE", "en-US", "es-ES"]);
        assert!(made.iter().any(|(_, archive)| archive.events.len() >= 2));
    }

    #[test]
    fn dialogs_differ_and_have_no_empty_slot() {
        let texts: Vec<String> = made()
            .iter()
            .map(|(_, archive)| {
                archive.messages.iter().map(|message| message.text.as_str()).collect::<Vec<_>>().join("\n")
            })
            .collect();
        let distinct: BTreeSet<&String> = texts.iter().collect();
        assert_eq!(distinct.len(), texts.len());
        assert!(texts.iter().all(|text| !text.contains(['{', '}']) && !text.is_empty()));
    }

    #[test]
    fn times_are_in_order_and_past() {
        for (conversation, archive) in made() {
            let start = micros(conversation.start_time.as_ref());
            let end = conversation.end_time.as_ref().map(|end| micros(Some(end)));
            assert_eq!(end.is_none(), conversation.status() == Status::Active, "{}", conversation.name);
            assert!(end.unwrap_or(start) <= base().as_microsecond(), "{}", conversation.name);
            let sent: Vec<i64> =
                archive.messages.iter().map(|message| micros(message.send_time.as_ref())).collect();
            assert!(sent.is_sorted(), "{}", conversation.name);
            assert!(sent[0] >= start && *sent.last().unwrap() <= end.unwrap_or(base().as_microsecond()));
            let spoken = conversation.channel() == Channel::Voice;
            assert!(archive.messages.iter().all(|message| message.audio_end_offset.is_some() == spoken));
        }
    }

    #[test]
    fn what_is_named_is_there() {
        let made = made();
        let directory = directory(PARENT);
        let names: BTreeSet<&str> = made.iter().map(|(conversation, _)| conversation.name.as_str()).collect();
        assert_eq!(names.len(), made.len());
        for (conversation, _) in &made {
            assert!(directory.users.iter().any(|user| user.name == conversation.agent));
            assert!(directory.usecases.iter().any(|usecase| usecase.name == conversation.usecase));
            assert!(
                conversation.tags.iter().all(|tag| directory.tags.iter().any(|known| known.name == *tag))
            );
            if let Some(info) = &conversation.transfer_info {
                let (previous, _) =
                    made.iter().find(|(other, _)| other.name == info.previous_conversation).unwrap();
                assert_eq!(previous.status(), Status::Transferred);
                assert_eq!(previous.conversation_correlation_id, conversation.conversation_correlation_id);
                assert_eq!(previous.end_time, conversation.start_time);
                assert_ne!(previous.agent, conversation.agent);
            }
        }
        assert!(names.contains(format!("{PARENT}/conversations/{LIVE_CONVERSATION_ID}").as_str()));
    }

    /// The guide prints a filter for calls with the tag "refund".
    #[test]
    fn the_filter_of_the_guide_finds_something() {
        let made = conversations(PARENT, super::super::SEED, base());
        let refund = format!("{PARENT}/tags/refund");
        let found = made.iter().filter_map(|archive| archive.conversation.as_ref());
        assert!(found.filter(|c| c.channel() == Channel::Voice && c.tags.contains(&refund)).count() > 1);
    }

    #[test]
    fn the_live_conversation_has_always_another_turn() {
        let turns: Vec<ConversationMessage> = live_turns(3).take(500).collect();
        assert_eq!(turns, live_turns(3).take(500).collect::<Vec<_>>());
        assert!(turns.windows(2).all(|pair| pair[0].speaker != pair[1].speaker));
    }
}
