//! Operations, drawn at random from small vocabularies, so that they meet each other.

use crate::{deed::Deed, random::Random};
use hansard_domain::{
    Id, Time,
    conversation::{
        AudioReport, CorruptionState, Deployment, Fields, NewConversation, Patch, PersistenceState,
        PlatformInfo, State, Status, Visitor,
    },
    event::{EventContent, EventType, NewEvent, Payload},
    message::{Content, MessagePatch, MessageState},
    metadata::{Metadata, MetadataValue, MetadataValues},
    redact::Redactor,
};

pub(crate) const CONVERSATIONS: [&str; 8] = ["c0", "c1", "C1", "c2", "c3", "c4", "c5", "c6"];
/// Two with a team, one of them for tests only, one that the directory does not know.
pub(crate) const AGENTS: [&str; 4] = ["ada", "bob", "eve", "ghost"];
pub(crate) const TEAMS: [&str; 3] = ["blue", "red", "empty"];
pub(crate) const GROUPS: [&str; 3] = ["day", "night", "empty"];
pub(crate) const TAGS: [&str; 3] = ["vip", "star-ada", "late"];
pub(crate) const WORDS: [&str; 5] = ["", "one", "One", "two", "o'ne\"; --"];
pub(crate) const NAMES: [&str; 7] =
    ["", "Refund for Zoë", "REFUND", "100% _safe_!", "ΟΔΟΣ ΣΑΣΑ", "straße 5", "a%b"];
pub(crate) const KEYS: [&str; 3] = ["plan", "tier.level", "pl_n"];
pub(crate) const LANGUAGES: [&str; 4] = ["en-US", "de-DE", "DE-de", "xx"];
const MESSAGES: [&str; 6] = ["m0", "m1", "m2", "m3", "m4", "m5"];
const EVENTS: [&str; 3] = ["e0", "e1", "e2"];
pub(crate) const TEXTS: [&str; 5] = ["", "hello", "Grüße 🙂", "a\u{2028}b", "hello\n"];

/// One request: what to do to which conversation.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) conversation: Id,
    pub(crate) deed: Deed,
    /// A retry key; the same only for the same deed.
    pub(crate) key: Option<String>,
}

/// A time that many share, long past, or rarely one still to come.
pub(crate) fn time(random: &mut Random) -> Time {
    if random.once_in(12) {
        return Time(4_000_000_000_000_000);
    }
    Time(1_700_000_000_000_000 + 1_000_000 * random.below(6) as i64)
}

pub(crate) fn step(random: &mut Random) -> Step {
    let conversation = random.id(&CONVERSATIONS);
    let deed = match random.below(24) {
        0..=4 => Deed::Start(new_conversation(random)),
        5..=9 => Deed::Append { messages: random.many(message), allow_closed: random.once_in(4) },
        10 => Deed::PatchMessage(random.id(&MESSAGES), message_patch(random)),
        11 => Deed::DeleteMessage(random.id(&MESSAGES)),
        12 => Deed::Report(random.many(event)),
        13 | 14 => Deed::Patch(patch(random)),
        15 => Deed::SetDisplayName(random.safe(&NAMES)),
        16 => set_one(random),
        17 => Deed::ReportAudio(AudioReport {
            state: random.code(),
            uri: random.text(&["", "s3://a", "s3://b"]),
            ..AudioReport::default()
        }),
        18 => Deed::Metadata(metadata(random)),
        19 | 20 => Deed::ChangeState {
            state: random.code(),
            status: random.code(),
            reason: random.safe(&WORDS),
            end_time: random.once_in(3).then(|| time(random)),
        },
        21 => Deed::AddTag(random.id(&TAGS)),
        22 => Deed::RemoveTag(random.id(&TAGS)),
        _ if random.once_in(2) => Deed::Delete,
        _ => Deed::AddTag(random.id(&TAGS)),
    };
    Step { conversation, deed, key: None }
}

fn set_one(random: &mut Random) -> Deed {
    match random.below(3) {
        0 => Deed::SetSkill(random.text(&WORDS)),
        1 => Deed::SetLanguage(random.text(&LANGUAGES)),
        _ => Deed::SetSharing(random.code()),
    }
}

/// Sends some of the steps again, with a retry key, right after or later in the same burst.
pub(crate) fn with_retries(random: &mut Random, steps: Vec<Step>) -> Vec<Step> {
    let mut all: Vec<Step> = Vec::with_capacity(steps.len());
    let mut again: Vec<Step> = Vec::new();
    for mut step in steps {
        if random.once_in(6) {
            step.key = Some(format!("key-{}", random.below(usize::MAX)));
            again.push(step.clone());
        }
        all.push(step);
        if random.once_in(3) {
            all.extend(again.pop());
        }
    }
    all.extend(again);
    all
}

fn new_conversation(random: &mut Random) -> NewConversation {
    let (state, status) = *random.pick(&[
        (State::Unspecified, Status::Unspecified),
        (State::Live, Status::Active),
        (State::Live, Status::Unspecified),
        (State::Closed, Status::Unspecified),
        (State::Unspecified, Status::Failed),
        (State::Closed, Status::Active),
        (State::Live, Status::Completed),
    ]);
    NewConversation {
        fields: fields(random),
        flags: Default::default(),
        start_time: (!random.once_in(4)).then(|| time(random)),
        state,
        status,
        audio_persistence_state: random.code(),
    }
}

/// The fields that filters ask for, and some that they do not.
fn fields(random: &mut Random) -> Fields {
    Fields {
        agent: (!random.once_in(4)).then(|| random.id(&AGENTS)),
        visitor: random
            .once_in(2)
            .then(|| Visitor { platform_visitor_id: random.text(&WORDS), display_name: random.safe(&NAMES) }),
        correlation_id: random.text(&WORDS),
        skill: random.text(&WORDS),
        platform_info: random.once_in(2).then(|| PlatformInfo {
            platform_conversation_id: random.text(&WORDS),
            platform_account_id: random.text(&["", "x", "y"]),
            ..PlatformInfo::default()
        }),
        raise_hand_state: random.code(),
        language_code: random.text(&LANGUAGES),
        channel: random.code(),
        source: random.code(),
        metadata: if random.once_in(2) { metadata(random) } else { Metadata::new() },
        display_name: random.safe(&NAMES),
        usecase: random.text(&[
            "",
            "customers/acme/profiles/support/usecases/u1",
            "customers/acme/profiles/support/usecases/u2",
        ]),
        virtual_agent: random.text(&WORDS),
        corruption_state: if random.once_in(2) { random.code() } else { CorruptionState::default() },
        persistence_state: if random.once_in(2) { random.code() } else { PersistenceState::default() },
        direction: random.code(),
        deployment: random
            .once_in(2)
            .then(|| Deployment { deployment_config_id: random.text(&WORDS), ..Deployment::default() }),
        ..Fields::default()
    }
}

fn message(random: &mut Random) -> (Id, Content) {
    let content = Content {
        text: random.safe(&TEXTS),
        speaker: random.code(),
        agent: random.once_in(4).then(|| random.id(&AGENTS)),
        state: if random.once_in(2) { MessageState::Partial } else { random.code() },
        send_time: random.once_in(2).then(|| time(random)),
        ..Content::default()
    };
    (random.id(&MESSAGES), content)
}

fn message_patch(random: &mut Random) -> MessagePatch {
    let values = message(random).1;
    let values = Content { text_html: random.safe(&TEXTS), ..values };
    let paths = random.many(|random| random.text(&["text", "text_html", "state", "speaker", "send_time"]));
    MessagePatch { values, paths }
}

fn event(random: &mut Random) -> NewEvent {
    let payload = Payload::Custom(Redactor::NONE.json(serde_json::json!({ "n": random.below(3) })));
    NewEvent {
        id: random.once_in(2).then(|| random.id(&EVENTS)),
        kind: if random.once_in(2) { EventType::Custom } else { EventType::ConversationHold },
        content: EventContent { payload: Some(payload), ..EventContent::default() },
        event_time: random.once_in(2).then(|| time(random)),
    }
}

/// The fields of a patch that are taken whole.
pub(crate) const PATHS: [&str; 13] = [
    "agent",
    "visitor",
    "conversation_correlation_id",
    "platform_info",
    "start_time",
    "raise_hand_state",
    "channel",
    "source",
    "usecase",
    "corruption_state",
    "persistence_state",
    "direction",
    "deployment",
];

fn patch(random: &mut Random) -> Patch {
    Patch {
        values: fields(random),
        start_time: (!random.once_in(4)).then(|| time(random)),
        paths: random.many(|random| random.text(&PATHS)),
        etag: if random.once_in(3) { format!("\"{}\"", 1 + random.below(4)) } else { String::new() },
    }
}

pub(crate) fn metadata(random: &mut Random) -> Metadata {
    let one = |random: &mut Random| {
        let values = MetadataValues { values: random.some(metadata_value), source: random.code() };
        (random.text(&KEYS), values)
    };
    random.many(one).into_iter().collect()
}

pub(crate) fn metadata_value(random: &mut Random) -> MetadataValue {
    match random.below(3) {
        0 => MetadataValue::Text(random.safe(&["", "gold", "golden", "Gold", "gö"])),
        1 => MetadataValue::Number(*random.pick(&[1.0, 2.5, -3.0, 0.1 + 0.2, 1e300])),
        _ => MetadataValue::Boolean(random.once_in(2)),
    }
}
