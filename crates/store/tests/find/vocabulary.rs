//! The small vocabularies that conversations and filters are both drawn from, so that they meet.

use crate::random::Random;
use hansard_domain::{
    Id, Time,
    conversation::{Deployment, Fields, Party, PlatformInfo, Summary, Visitor},
    directory::EntryBody,
    metadata::{Metadata, MetadataValue, MetadataValues},
    redact::{Redactor, SafeText},
};

/// When most things happened: before the stores' clock starts.
const EPOCH: i64 = 1_779_990_000_000_000;

pub(crate) const TO_COME: Time = Time(4_000_000_000_000_000);

/// Longer than an index may care to keep whole, alike for long, one with the cut inside a letter.
const LONG: [&str; 4] = [
    "a-very-long-name-that-begins-like-another-one-and-goes-on-for-64",
    "a-very-long-name-that-begins-like-another-one-and-goes-on-for-65x",
    "a-very-long-name-that-begins-like-another-one-and-goes-on-for-65y",
    "xééééééééééééééééééééééééééééééééééééééééééééééééé",
];
pub(crate) const AGENTS: [&str; 6] = ["ada", "Ada", "bob", "eve", "ghost", LONG[1]];
pub(crate) const TEAMS: [&str; 3] = ["blue", "red", "Blue"];
pub(crate) const GROUPS: [&str; 3] = ["day", "night", "vip"];
pub(crate) const TAGS: [&str; 6] = ["vip", "VIP", "star-ada", "late", LONG[1], LONG[2]];
pub(crate) const KEYS: [&str; 6] = ["plan", "Plan", "tier.level", "pl_n", LONG[1], LONG[2]];
pub(crate) const LANGUAGES: [&str; 5] = ["en-US", "de-DE", "DE-de", "zh-Hant", "xx"];
pub(crate) const USECASES: [&str; 4] = ["", "u1", "u2", "U1"];
/// Names of moments, behaviors, actions and hints.
pub(crate) const REMARKS: [&str; 7] =
    ["refund", "Refund", "greeting", "refund asked", "款", LONG[1], LONG[2]];
pub(crate) const TEMPLATES: [&str; 2] = ["quality", "Quality"];
pub(crate) const REVISIONS: [&str; 3] = ["1", "2", "10"];
const WORDS: [&str; 13] =
    ["", "one", "One", "two", "o'ne\"; --", "on", "%", "款", "one ", LONG[0], LONG[1], LONG[2], LONG[3]];
const NAMES: [&str; 13] = [
    "",
    "Refund for Zoë",
    "REFUND",
    "100% _safe_!",
    "ΟΔΟΣ ΣΑΣΑ",
    "οδος",
    "straße 5",
    "STRAẞE",
    "a%b",
    "退款",
    "Cafe\u{301} \"x\"",
    "İstanbul ılık",
    LONG[3],
];
const TEXT_VALUES: [&str; 10] =
    ["", "gold", "golden", "Gold", "gö", "true", LONG[0], LONG[1], LONG[2], LONG[3]];
const NUMBERS: [f64; 11] =
    [0.0, -0.0, 1.0, 2.5, -3.0, 0.1 + 0.2, 0.3, 1e300, 9_007_199_254_740_993.0, f64::MIN, f64::MIN_POSITIVE];

pub(crate) fn id(text: &str) -> Id {
    Id::known(text)
}

pub(crate) fn word(random: &mut Random) -> String {
    random.text(&WORDS)
}

pub(crate) fn name(random: &mut Random) -> String {
    random.text(&NAMES)
}

pub(crate) fn language(random: &mut Random) -> String {
    random.text(&LANGUAGES)
}

/// A time that others share or nearly so, long past, or rarely one still to come.
pub(crate) fn time(random: &mut Random) -> Time {
    match random.below(16) {
        0 => *random.pick(&[Time(1_000_000), Time(-1), Time::MIN]),
        1 => TO_COME,
        2 => Time(EPOCH + 1_000_000 * random.below(12) as i64 + 1),
        _ => Time(EPOCH + 1_000_000 * random.below(12) as i64),
    }
}

pub(crate) fn text_value(random: &mut Random) -> String {
    random.text(&TEXT_VALUES)
}

pub(crate) fn number(random: &mut Random) -> f64 {
    *random.pick(&NUMBERS)
}

pub(crate) fn metadata_value(random: &mut Random) -> MetadataValue {
    match random.below(3) {
        0 => MetadataValue::Text(random.safe(&TEXT_VALUES)),
        1 => MetadataValue::Number(number(random)),
        _ => MetadataValue::Boolean(random.once_in(2)),
    }
}

pub(crate) fn metadata(random: &mut Random) -> Metadata {
    let one = |random: &mut Random| {
        let values = MetadataValues { values: random.some(metadata_value), source: random.code() };
        (random.text(&KEYS), values)
    };
    random.some(one).into_iter().collect()
}

/// Values of all fields that a filter asks for; each is unset now and then.
pub(crate) fn fields(random: &mut Random) -> Fields {
    let usecase = random.text(&USECASES);
    Fields {
        agent: (!random.once_in(4)).then(|| random.id(&AGENTS)),
        visitor: (!random.once_in(3))
            .then(|| Visitor { platform_visitor_id: word(random), ..Visitor::default() }),
        correlation_id: word(random),
        skill: word(random),
        platform_info: (!random.once_in(3))
            .then(|| PlatformInfo { platform_conversation_id: word(random), ..PlatformInfo::default() }),
        raise_hand_state: random.code(),
        language_code: language(random),
        channel: random.code(),
        source: random.code(),
        metadata: metadata(random),
        display_name: random.safe(&NAMES),
        usecase: match usecase.as_str() {
            "" => String::new(),
            id => format!("customers/acme/profiles/support/usecases/{id}"),
        },
        virtual_agent: word(random),
        corruption_state: random.code(),
        persistence_state: random.code(),
        direction: random.code(),
        deployment: (!random.once_in(3)).then(|| Deployment {
            deployment_config_id: word(random),
            channel_id: word(random),
            ..Deployment::default()
        }),
        party: random.once_in(2).then(|| Party { crm_customer_id: word(random), ..Party::default() }),
        summary: random.once_in(2).then(|| Summary { sentiment: random.code(), ..Summary::default() }),
        campaign: random.once_in(3),
        legal_hold: random.once_in(6),
        retention_days: if random.once_in(4) { 1 + random.below(3) as i32 } else { 0 },
        ..Fields::default()
    }
}

/// What the directory says of a user from now on.
pub(crate) fn user(random: &mut Random) -> EntryBody {
    EntryBody {
        team: (!random.once_in(3)).then(|| random.id(&TEAMS)),
        groups: random.some(|random| random.id(&GROUPS)),
        is_dev_user: random.once_in(3),
        ..EntryBody::default()
    }
}

/// A text as it is stored.
pub(crate) fn safe(text: &str) -> SafeText {
    Redactor::NONE.text(text)
}
