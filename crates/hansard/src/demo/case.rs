//! One case of the demo and the conversation that it becomes.
//!
//! What is said is `dialogue.rs`, when it is said `timing.rs`; here are the facts around it.

use std::{collections::BTreeMap, time::Duration};

use hansard_proto::v1::{
    Conversation, ConversationArchive, MetadataValue, MetadataValues, PlatformInfo, SpeakerInfo,
    StateHistoryEntry, Summary, Transfer, TransferInfo, Visitor,
    conversation::{AudioPersistenceState, Channel, Direction, State, Status},
    metadata_value::Value,
    summary::Sentiment,
    transfer,
    transfer_info::ParticipantInteractionType,
};
use jiff::{SignedDuration, Timestamp};

use super::{
    dialogue::{self, Course, Slots, Topic},
    directory, letters,
    random::Random,
    remarks,
    scenario::{Matter, Scenario},
    timing,
    turns::{self, Place},
};
use crate::import::{history, names::customer, time};

/// What is decided about a conversation before its first word.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) id: String,
    pub(super) scenario: &'static Scenario,
    pub(super) matter: &'static Matter,
    pub(super) channel: Channel,
    pub(super) course: Course,
    pub(super) slots: Slots,
    pub(super) agent: usize,
    pub(super) visitor: u64,
    pub(super) subject: String,
    vip: bool,
    previous: Option<Previous>,
}

/// The conversation that a transferred case comes from.
#[derive(Debug, Clone)]
struct Previous {
    name: String,
    correlation_id: String,
    end: Timestamp,
}

impl Case {
    pub(super) fn new(
        id: String,
        scenario: &'static Scenario,
        channel: Channel,
        course: Course,
        random: &mut Random,
    ) -> Self {
        let slots = Slots::draw(scenario.language, random);
        let matter = random.pick(scenario.matters);
        let subject = slots.fill(matter.subject);
        let agent = *random.pick(&directory::agents_of(scenario.team));
        let visitor = random.between(1001, 1150);
        let vip = visitor.is_multiple_of(7);
        Self { id, scenario, matter, channel, course, slots, agent, visitor, subject, vip, previous: None }
    }

    /// The same case with the next agent, after the conversation that handed it over.
    pub(super) fn taken_over(&self, id: String, from: &ConversationArchive, random: &mut Random) -> Self {
        let others: Vec<usize> = directory::agents_of(self.scenario.team)
            .into_iter()
            .filter(|agent| *agent != self.agent)
            .collect();
        let conversation = from.conversation.clone().unwrap_or_default();
        let end = conversation.end_time.and_then(|end| Timestamp::new(end.seconds, end.nanos).ok());
        let previous = Previous {
            name: conversation.name,
            correlation_id: conversation.conversation_correlation_id,
            end: end.unwrap_or_default(),
        };
        Self {
            id,
            course: Course::TakenOver,
            agent: *random.pick(&others),
            previous: Some(previous),
            ..self.clone()
        }
    }

    fn status(&self) -> Status {
        match self.course {
            Course::Open => Status::Active,
            Course::GivenUp => Status::Abandoned,
            Course::Broken => Status::Failed,
            Course::HandedOver => Status::Transferred,
            Course::Solved | Course::TakenOver | Course::Long => Status::Completed,
        }
    }

    fn status_reason(&self) -> &'static str {
        match self.course {
            Course::GivenUp => "the customer did not answer",
            Course::Broken => "the connection broke",
            Course::HandedOver => "handed over to a specialist",
            Course::Open | Course::Solved | Course::TakenOver | Course::Long => "",
        }
    }

    fn topic(&self) -> Topic<'_> {
        Topic {
            language: self.scenario.language,
            matter: self.matter,
            slots: &self.slots,
            spoken: self.channel == Channel::Voice,
        }
    }

    fn is_live(&self) -> bool {
        self.course == Course::Open
    }

    fn start(&self, base: Timestamp, length: Duration, random: &mut Random) -> Timestamp {
        const THIRTY_DAYS_SECONDS: u64 = 30 * 86_400;
        if let Some(previous) = &self.previous {
            return previous.end;
        }
        // Room for the conversation that takes over, so that it too ends before the base time.
        let ago =
            if self.is_live() { random.between(5, 300) } else { random.between(86_400, THIRTY_DAYS_SECONDS) };
        earlier(base, length + Duration::from_secs(ago))
    }
}

fn earlier(instant: Timestamp, span: Duration) -> Timestamp {
    SignedDuration::try_from(span).ok().and_then(|span| instant.checked_sub(span).ok()).unwrap_or(instant)
}

/// Writes the conversation of a case, ended before `base` or live at it.
pub(super) fn write(parent: &str, case: &Case, base: Timestamp, random: &mut Random) -> ConversationArchive {
    let spoken = case.channel == Channel::Voice;
    let lines = match case.channel {
        Channel::Email => letters::write(case, random),
        _ => dialogue::write(case.topic(), case.course, random),
    };
    let (moments, length) = timing::moments(&lines, case.channel, random);
    let start = case.start(base, length, random);
    let end = time::after(start, length);
    let name = format!("{parent}/conversations/{}", case.id);
    let (messages, events) =
        turns::write(&Place { case, parent, conversation: &name, start }, &lines, &moments);
    let mut conversation = facts(case, parent, name, start, random);
    if case.is_live() {
        conversation.state = State::Live.into();
    } else {
        conversation.state = State::Closed.into();
        conversation.end_time = Some(time::to_proto(end));
        conversation.summary = Some(summary(case));
        outcome(case, &mut conversation, start, end, random);
    }
    if spoken && !case.is_live() {
        conversation.audio_persistence_state = AudioPersistenceState::Persisted.into();
        conversation.persisted_audio_uri = format!("https://recordings.example.com/{}.opus", case.id);
        conversation.persisted_audio_duration = Some(time::span_to_proto(length));
    }
    let conversation = Some(conversation);
    let mut archive =
        ConversationArchive { conversation, messages, events, ..ConversationArchive::default() };
    remarks::add(&mut archive, parent, case.course);
    history::complete(&mut archive);
    archive
}

fn facts(case: &Case, parent: &str, name: String, start: Timestamp, random: &mut Random) -> Conversation {
    let customer = customer(parent);
    let outbound = case.channel == Channel::Voice && random.percent(15);
    let agent_id = directory::agent_id(case.agent);
    let transfer_info = case.previous.as_ref().map(|previous| TransferInfo {
        previous_conversation: previous.name.clone(),
        participant_interaction_type: ParticipantInteractionType::WarmTransfer.into(),
    });
    let own_correlation = || format!("corr-{}", case.id);
    Conversation {
        name,
        agent: format!("{customer}/users/{agent_id}"),
        agent_info: Some(SpeakerInfo {
            display_name: directory::agent_name(case.agent),
            platform_speaker_id: agent_id,
        }),
        visitor: Some(Visitor {
            platform_visitor_id: format!("crm-{}", case.visitor),
            display_name: format!("Customer {}", case.visitor),
        }),
        conversation_correlation_id: case
            .previous
            .as_ref()
            .map_or_else(own_correlation, |previous| previous.correlation_id.clone()),
        skill: case.scenario.id.to_owned(),
        platform_info: Some(PlatformInfo {
            platform_conversation_id: format!("contact-{}", case.id),
            platform_account_id: "demo-contact-centre".to_owned(),
            platform_integration: "demo".to_owned(),
            ..PlatformInfo::default()
        }),
        start_time: Some(time::to_proto(start)),
        language_code: case.scenario.language.to_owned(),
        channel: case.channel.into(),
        metadata: metadata(case, random),
        display_name: case.subject.clone(),
        usecase: format!("{parent}/usecases/{}", case.scenario.id),
        transfer_info,
        status: case.status().into(),
        status_reason: case.status_reason().to_owned(),
        state_history: vec![history(Status::Active, start, "")],
        direction: if outbound { Direction::Outbound } else { Direction::Inbound }.into(),
        tags: tags(case, parent),
        ..Conversation::default()
    }
}

fn outcome(
    case: &Case,
    conversation: &mut Conversation,
    start: Timestamp,
    end: Timestamp,
    random: &mut Random,
) {
    conversation.state_history.push(history(case.status(), end, case.status_reason()));
    if case.course == Course::HandedOver {
        conversation.transfers = vec![transfer(start, end)];
    }
    if case.status() == Status::Completed && random.percent(60) {
        let csat = random.between(if case.vip { 4 } else { 2 }, 5);
        conversation.metadata.insert("csat".to_owned(), value(Value::NumberValue(csat as f64)));
    }
}

fn history(status: Status, at: Timestamp, reason: &str) -> StateHistoryEntry {
    StateHistoryEntry {
        status: status.into(),
        timestamp: Some(time::to_proto(at)),
        reason: reason.to_owned(),
        ..StateHistoryEntry::default()
    }
}

/// The hand-over to the internal extension of the specialists.
pub(super) fn transfer(start: Timestamp, end: Timestamp) -> Transfer {
    let initiated = earlier(end, Duration::from_secs(1)).max(start);
    Transfer {
        target: "4711".to_owned(),
        status: transfer::Status::Completed.into(),
        r#type: transfer::Type::Warm.into(),
        initiate_time: Some(time::to_proto(initiated)),
        complete_time: Some(time::to_proto(end)),
        reason: "needs a specialist".to_owned(),
    }
}

fn metadata(case: &Case, random: &mut Random) -> BTreeMap<String, MetadataValues> {
    let priority = *random.pick(&["low", "normal", "normal", "normal", "high"]);
    let region = *random.pick(&["north", "south", "east", "west"]);
    let text = |text: &str| value(Value::StringValue(text.to_owned()));
    BTreeMap::from([
        ("order.id".to_owned(), text(case.slots.get("order"))),
        ("priority".to_owned(), text(if case.vip { "high" } else { priority })),
        ("region".to_owned(), text(region)),
        ("vip".to_owned(), value(Value::BooleanValue(case.vip))),
    ])
}

fn value(value: Value) -> MetadataValues {
    MetadataValues { values: vec![MetadataValue { value: Some(value) }], ..MetadataValues::default() }
}

fn tags(case: &Case, parent: &str) -> Vec<String> {
    let refunds = matches!(case.scenario.id, "billing" | "returns") && case.status() == Status::Completed;
    let unhappy = matches!(case.course, Course::GivenUp | Course::Broken | Course::HandedOver);
    let chosen = [
        ("vip", case.vip),
        ("refund", refunds),
        ("complaint", unhappy && case.visitor.is_multiple_of(2)),
        ("callback", case.course == Course::Broken),
        ("praise", case.course == Course::TakenOver),
        ("long-session", case.course == Course::Long),
    ];
    let mut tags: Vec<String> =
        chosen.iter().filter(|(_, holds)| *holds).map(|(tag, _)| format!("{parent}/tags/{tag}")).collect();
    tags.sort();
    tags
}

fn summary(case: &Case) -> Summary {
    let sentiment = match case.course {
        Course::Solved | Course::TakenOver => Sentiment::Positive,
        Course::GivenUp | Course::Broken => Sentiment::Negative,
        Course::HandedOver => Sentiment::Neutral,
        Course::Long | Course::Open => Sentiment::Mixed,
    };
    let solved = case.status() == Status::Completed;
    let text = if solved { case.slots.fill(case.matter.summary) } else { case.subject.clone() };
    Summary {
        summary: text,
        key_points: vec![case.subject.clone()],
        action_items: if solved { vec![case.slots.fill(case.matter.action_item)] } else { Vec::new() },
        sentiment: sentiment.into(),
        revision: 1,
    }
}
