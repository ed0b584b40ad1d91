//! What happens to the data of a test: drawn at random, most of it to conversations that are there.

use crate::{
    deed::Deed,
    random::Random,
    record::Record,
    remark::{self, Remark, Score},
    texts,
    vocabulary::{self as words, TAGS, fields, id, metadata, safe, time},
};
use hansard_domain::{
    Id, Span, Time,
    conversation::{AudioReport, FeatureOverride, NewConversation, Patch, SharingState, State, Status},
    directory::EntryBody,
    event::{EventContent, EventType, NewEvent},
    message::{Content, MessagePatch, MessageState},
    redact::{RedactionPattern, RedactionPolicy, Redactor},
};

/// Conversations of one profile that are there at once, at most.
const CONVERSATIONS: usize = 36;
const MESSAGES: usize = 6;

#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// Done as the services do it.
    Do(Id, Deed),
    /// The same, and then the write fails.
    Fail(Id, Deed),
    /// Conversations as import makes them, all in one write.
    Bring(Vec<Arrival>),
    Remark(Id, Remark),
    Score(Id, Score),
    /// Masks a stored message whole.
    Redact(Id, Id),
    /// Marks a conversation as deleted and leaves its row.
    Bury(Id),
    /// Done, tagged otherwise, and deleted in the same write.
    Undo(Id, Deed),
    /// Made, tagged, and deleted in the same write.
    Abort(Arrival),
    /// Uses up numbers, as conversations would that are deleted again.
    Skip(usize),
    PutUser(Id, EntryBody),
    DeleteUser(Id),
}

/// A conversation with times and states that a start request cannot give.
#[derive(Debug, Clone, Default)]
pub(crate) struct Arrival {
    pub(crate) id: Option<Id>,
    pub(crate) new: NewConversation,
    pub(crate) end_time: Option<Time>,
    pub(crate) update_time: Option<Time>,
    pub(crate) sharing: SharingState,
    pub(crate) tags: Vec<Id>,
    /// With whether it is a tombstone.
    pub(crate) messages: Vec<(Id, Content, bool)>,
}

pub(crate) fn draw(random: &mut Random, record: &Record) -> Act {
    if record.conversations.is_empty() {
        return Act::Bring(random.many(|random| arrival(random, record)));
    }
    let at = conversation(random, record);
    match random.below(40) {
        0..=4 => Act::Bring(random.many(|random| arrival(random, record))),
        5 => Act::Redact(at, message_id(random)),
        6 if random.once_in(4) => Act::Bury(at),
        7 => Act::PutUser(random.id(&words::AGENTS), words::user(random)),
        8 if random.once_in(3) => Act::DeleteUser(random.id(&words::AGENTS)),
        9 | 10 => Act::Fail(at, deed(random)),
        14 if random.once_in(2) => Act::Skip(*random.pick(&[1, 100, 4_095, 4_096, 5_000])),
        11..=13 => Act::Do(new_id(random), Deed::Start(new_conversation(random))),
        17..=20 => Act::Remark(at, remark::remark(random)),
        21 | 22 => Act::Score(at, remark::score(random)),
        15 if random.once_in(3) => Act::Undo(at, Deed::Patch(patch(random))),
        16 if random.once_in(3) => Act::Abort(arrival(random, record)),
        _ => Act::Do(at, deed(random)),
    }
}

/// One that is there, nearly always.
fn conversation(random: &mut Random, record: &Record) -> Id {
    let there = record.conversations.len();
    if there == 0 || random.once_in(20) {
        return new_id(random);
    }
    record.conversations.keys().nth(random.below(there)).unwrap().clone()
}

/// Their order as names is not that of their numbers.
fn new_id(random: &mut Random) -> Id {
    let number = random.below(CONVERSATIONS / 2);
    id(&if random.once_in(2) { format!("c{number}") } else { format!("C{number}") })
}

fn message_id(random: &mut Random) -> Id {
    id(&format!("m{}", random.below(MESSAGES)))
}

fn deed(random: &mut Random) -> Deed {
    match random.below(24) {
        0..=3 => Deed::Append { messages: random.many(message), allow_closed: !random.once_in(3) },
        4 => Deed::PatchMessage(message_id(random), message_patch(random)),
        5 => Deed::DeleteMessage(message_id(random)),
        6..=9 => Deed::Patch(patch(random)),
        10 => Deed::SetDisplayName(safe(&words::name(random))),
        11 => Deed::SetSkill(words::word(random)),
        12 => Deed::SetLanguage(words::language(random)),
        13 => Deed::SetSharing(random.code()),
        14 => Deed::ReportAudio(AudioReport {
            state: random.code(),
            uri: random.text(&["s3://a", "s3://b"]),
            ..AudioReport::default()
        }),
        15 | 16 => Deed::Metadata(metadata(random)),
        17 | 18 => change_of_state(random),
        19 | 20 => Deed::AddTag(random.id(&TAGS)),
        21 => Deed::RemoveTag(random.id(&TAGS)),
        22 => Deed::Report(vec![NewEvent {
            id: None,
            kind: EventType::ConversationHold,
            content: EventContent::default(),
            event_time: None,
        }]),
        _ => Deed::Delete,
    }
}

fn change_of_state(random: &mut Random) -> Deed {
    let (state, status) = *random.pick(&[
        (State::Live, Status::Unspecified),
        (State::Closed, Status::Unspecified),
        (State::Closed, Status::Failed),
        (State::Closed, Status::Abandoned),
    ]);
    let end_time = (state == State::Closed && random.once_in(2)).then(|| time(random));
    Deed::ChangeState { state, status, reason: safe(""), end_time }
}

pub(crate) fn new_conversation(random: &mut Random) -> NewConversation {
    let start_time = (!random.once_in(5)).then(|| time(random));
    let mut states = vec![
        (State::Unspecified, Status::Unspecified),
        (State::Live, Status::Active),
        (State::Closed, Status::Unspecified),
        (State::Closed, Status::Failed),
        (State::Closed, Status::Transferred),
    ];
    if start_time == Some(words::TO_COME) {
        // What has not begun cannot have ended.
        states.truncate(2);
    }
    let (state, status) = *random.pick(&states);
    NewConversation {
        fields: fields(random),
        flags: FeatureOverride { skip_index_on_close: random.once_in(4), ..FeatureOverride::default() },
        start_time,
        state,
        status,
        audio_persistence_state: random.code(),
    }
}

pub(crate) fn arrival(random: &mut Random, record: &Record) -> Arrival {
    let new = new_conversation(random);
    let id = conversation(random, record);
    let id = if record.conversations.contains_key(&id) { new_id(random) } else { id };
    let span = *random.pick(&[Span(0), Span(1), Span::seconds(1), Span::seconds(60), Span::hours(24)]);
    let ends = new.state == State::Closed && !random.once_in(4);
    let end_time = new.start_time.filter(|_| ends).map(|start| start.plus(span));
    Arrival {
        id: Some(id),
        end_time,
        update_time: (!random.once_in(3)).then(|| time(random)),
        sharing: random.code(),
        tags: random.some(|random| random.id(&TAGS)),
        messages: random.some(|random| {
            let (id, content) = message(random);
            (id, content, random.once_in(5))
        }),
        new,
    }
}

/// Numbers are masked in every other message, so that they were said and cannot be found.
fn message(random: &mut Random) -> (Id, Content) {
    let text = texts::said(random);
    let text = if random.once_in(2) { masking().text(&text) } else { safe(&text) };
    let state = if random.once_in(3) { MessageState::Partial } else { MessageState::Final };
    (message_id(random), Content { text, state, speaker: random.code(), ..Content::default() })
}

pub(crate) fn masking() -> Redactor {
    let pattern = RedactionPattern { entity_type: "NUMBER".to_owned(), pattern: "[0-9]+".to_owned() };
    Redactor::new(&RedactionPolicy::default(), &[pattern], b"").unwrap()
}

fn message_patch(random: &mut Random) -> MessagePatch {
    let values = message(random).1;
    MessagePatch { values, paths: random.many(|random| random.text(&["text", "state", "text"])) }
}

fn patch(random: &mut Random) -> Patch {
    const PATHS: [&str; 17] = [
        "agent",
        "agent",
        "agent",
        "visitor",
        "visitor.platform_visitor_id",
        "conversation_correlation_id",
        "platform_info",
        "start_time",
        "raise_hand_state",
        "channel",
        "source",
        "usecase",
        "virtual_agent",
        "corruption_state",
        "persistence_state",
        "direction",
        "deployment",
    ];
    Patch {
        values: fields(random),
        start_time: Some(time(random)),
        paths: random.many(|random| random.text(&PATHS)),
        etag: String::new(),
    }
}
