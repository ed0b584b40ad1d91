//! Terms: a field with one of its values, as the bytes that the index is ordered by.
//!
//! A field's value that most conversations have is not written down, nor is an empty text: who lacks every other
//! value has that one.

mod cells;

pub(crate) use cells::numbers;

use super::gram;
use cells::in_order;
use hansard_domain::{
    Id, Span,
    code::Code,
    conversation::{AudioPersistenceState, Body, RaiseHandState, State, Status},
    filter::{Adherence, AnnotationFacts, Named, ScorecardFact},
    metadata::{Metadata, MetadataValue},
    redact::SafeText,
};
use sha2::{Digest, Sha256};
use std::{collections::BTreeSet, ops::Range};

/// A text of more bytes is written as its beginning and a digest of the whole.
const WHOLE_MAX: usize = 64;
pub(super) const BEGINNING: usize = 48;
const DIGEST: usize = 16;

const WHOLE: u8 = 0;
const SHORTENED: u8 = 1;

/// What a term is about. The numbers are stored: none may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Field {
    /// Every conversation that is not deleted.
    Present = 1,
    State = 2,
    Status = 3,
    Agent = 4,
    Source = 5,
    SharingState = 6,
    HasAudio = 7,
    Channel = 8,
    CorruptionState = 9,
    PersistenceState = 10,
    Direction = 11,
    RaiseHandState = 12,
    /// In ASCII lower case.
    Language = 13,
    Usecase = 14,
    Skill = 15,
    Visitor = 16,
    VirtualAgent = 17,
    DeploymentConfig = 18,
    PlatformId = 19,
    CorrelationId = 20,
    Tag = 21,
    /// That a metadata key is there.
    MetadataKey = 22,
    MetadataText = 23,
    MetadataNumber = 24,
    MetadataBoolean = 25,
    Moment = 26,
    Behavior = 27,
    Action = 28,
    Hint = 29,
    HasComments = 30,
    HasAssist = 31,
    Scorecard = 32,
    /// Left out of keyword search.
    Unlisted = 33,
    /// Three letters of the display name.
    NameGram = 34,
    /// Every conversation that is deleted and kept.
    Deleted = 35,
    /// Of the summary.
    Sentiment = 36,
    Campaign = 37,
    DeploymentChannel = 38,
    CrmCustomer = 39,
    LegalHold = 40,
    /// How many days it is kept by its own word.
    RetentionDays = 41,
    Ended = 42,
    /// How long one that has ended was.
    Duration = 43,
    /// Where about a number is.
    MetadataCell = 44,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Term(Vec<u8>);

impl Term {
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn stored(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    pub(crate) fn flag(field: Field) -> Self {
        Self(vec![field as u8])
    }

    pub(crate) fn code(field: Field, code: i32) -> Self {
        let mut bytes = vec![field as u8];
        bytes.extend(code.to_be_bytes());
        Self(bytes)
    }

    /// The code of a stored term of a coded field.
    pub(super) fn to_code(bytes: &[u8]) -> Option<i32> {
        Some(i32::from_be_bytes(*bytes.get(1..)?.first_chunk::<4>()?))
    }

    pub(crate) fn text(field: Field, text: &str) -> Self {
        let mut bytes = vec![field as u8];
        push_text(&mut bytes, text);
        Self(bytes)
    }

    /// An annotation, with its adherence last so that all of one name stand together.
    pub(crate) fn named(field: Field, named: &Named) -> Self {
        let mut bytes = name(field, &named.name);
        bytes.extend(named.adherence.code().to_be_bytes());
        Self(bytes)
    }

    pub(crate) fn metadata(key: &str, value: &MetadataValue) -> Self {
        let mut bytes = name(Self::field_of(value), key);
        match value {
            MetadataValue::Text(text) => push_text(&mut bytes, text.as_str()),
            MetadataValue::Number(number) => bytes.extend(in_order(*number).to_be_bytes()),
            MetadataValue::Boolean(boolean) => bytes.push((*boolean).into()),
        }
        Self(bytes)
    }

    fn field_of(value: &MetadataValue) -> Field {
        match value {
            MetadataValue::Text(_) => Field::MetadataText,
            MetadataValue::Number(_) => Field::MetadataNumber,
            MetadataValue::Boolean(_) => Field::MetadataBoolean,
        }
    }

    /// Status, calibration, submitter, template and revision; see [`Term::to_scorecard`].
    pub(crate) fn scorecard(fact: &ScorecardFact) -> Self {
        let mut bytes = vec![Field::Scorecard as u8];
        bytes.extend(fact.status.code().to_be_bytes());
        bytes.extend(fact.calibration.code().to_be_bytes());
        let submitter = fact.submitter.as_ref().map_or("", Id::as_str);
        let texts = [submitter, fact.template.as_str(), fact.revision.as_str()];
        // No name holds a NUL.
        bytes.extend_from_slice(texts.join("\0").as_bytes());
        Self(bytes)
    }

    pub(super) fn duration(duration: Span) -> Self {
        let mut bytes = vec![Field::Duration as u8];
        bytes.extend((duration.0 ^ i64::MIN).to_be_bytes());
        Self(bytes)
    }

    /// What a stored term of [`Field::Duration`] says.
    pub(super) fn to_duration(bytes: &[u8]) -> Option<Span> {
        Some(Span(i64::from_be_bytes(*bytes.get(1..)?.first_chunk()?) ^ i64::MIN))
    }

    /// The scorecard that a stored term of [`Field::Scorecard`] stands for.
    pub(crate) fn to_scorecard(bytes: &[u8]) -> Option<ScorecardFact> {
        let (status, rest) = bytes.get(1..)?.split_first_chunk::<4>()?;
        let (calibration, rest) = rest.split_first_chunk::<4>()?;
        let mut texts = std::str::from_utf8(rest).ok()?.split('\0');
        let submitter = texts.next().filter(|id| !id.is_empty()).map(Id::known);
        Some(ScorecardFact {
            template: Id::known(texts.next()?),
            revision: texts.next()?.to_owned(),
            status: Code::from_code(i32::from_be_bytes(*status))?,
            calibration: Code::from_code(i32::from_be_bytes(*calibration))?,
            submitter,
        })
    }
}

/// Terms from one on and before another.
pub(crate) type Terms = Range<Vec<u8>>;

/// Every term that begins so.
pub(crate) fn beginning(bytes: Vec<u8>) -> Terms {
    let mut end = bytes.clone();
    // A field's number is below 255, so there is always a byte that can grow.
    while end.pop_if(|last| *last == u8::MAX).is_some() {}
    if let Some(last) = end.last_mut() {
        *last += 1;
    }
    bytes..end
}

/// Every value of a field.
pub(crate) fn all_of(field: Field) -> Terms {
    beginning(vec![field as u8])
}

/// Every adherence to a name.
pub(crate) fn all_of_name(field: Field, text: &str) -> Terms {
    beginning(name(field, text))
}

/// What is common to the terms of one name, or of one metadata key.
fn name(field: Field, name: &str) -> Vec<u8> {
    let mut text = Vec::with_capacity(WHOLE_MAX + 1);
    push_text(&mut text, name);
    // With its length before it no name begins with another.
    let mut bytes = vec![field as u8, u8::try_from(text.len()).unwrap_or(u8::MAX)];
    bytes.append(&mut text);
    bytes
}

/// The texts of a metadata key that begin so, and those of which only their written beginning says so.
pub(crate) fn texts(key: &str, prefix: &str) -> [Terms; 2] {
    let bytes = name(Field::MetadataText, key);
    let written = &prefix.as_bytes()[..prefix.len().min(BEGINNING)];
    let range = |how: u8, text: &[u8]| beginning([bytes.as_slice(), &[how], text].concat());
    [range(WHOLE, prefix.as_bytes()), range(SHORTENED, written)]
}

/// That a metadata key is there, whatever its values.
pub(crate) fn key(key: &str) -> Term {
    Term(name(Field::MetadataKey, key))
}

fn push_text(bytes: &mut Vec<u8>, text: &str) {
    if text.len() <= WHOLE_MAX {
        bytes.push(WHOLE);
        bytes.extend_from_slice(text.as_bytes());
    } else {
        bytes.push(SHORTENED);
        bytes.extend_from_slice(&text.as_bytes()[..BEGINNING]);
        bytes.extend_from_slice(&Sha256::digest(text)[..DIGEST]);
    }
}

/// What a conversation itself says of its terms.
pub(crate) fn of_body(body: &Body, terms: &mut BTreeSet<Term>) {
    let fields = &body.fields;
    terms.insert(Term::flag(if body.delete_time.is_none() { Field::Present } else { Field::Deleted }));
    let mut code = |field, code: i32, usual: i32| {
        if code != usual {
            terms.insert(Term::code(field, code));
        }
    };
    code(Field::State, body.state.code(), usual(Field::State));
    code(Field::Status, body.status.code(), usual(Field::Status));
    code(Field::Source, fields.source.code(), usual(Field::Source));
    code(Field::SharingState, body.sharing_state.code(), usual(Field::SharingState));
    code(Field::Channel, fields.channel.code(), usual(Field::Channel));
    code(Field::CorruptionState, fields.corruption_state.code(), usual(Field::CorruptionState));
    code(Field::PersistenceState, fields.persistence_state.code(), usual(Field::PersistenceState));
    code(Field::Direction, fields.direction.code(), usual(Field::Direction));
    code(Field::RaiseHandState, fields.raise_hand_state.code(), usual(Field::RaiseHandState));
    code(Field::Sentiment, fields.sentiment().code(), usual(Field::Sentiment));
    code(Field::RetentionDays, fields.retention_days, usual(Field::RetentionDays));
    let mut flag = |field, holds: bool| {
        if holds {
            terms.insert(Term::flag(field));
        }
    };
    flag(Field::HasAudio, body.audio_persistence_state == AudioPersistenceState::Persisted);
    flag(Field::Campaign, fields.campaign);
    flag(Field::LegalHold, fields.legal_hold);
    flag(Field::Ended, body.end_time.is_some());
    flag(Field::Unlisted, body.state == State::Closed && body.flags.skip_index_on_close);
    terms.extend(body.end_time.map(|end| Term::duration(end.since(body.start_time))));
    let mut text = |field, text: &str| {
        if !text.is_empty() {
            terms.insert(Term::text(field, text));
        }
    };
    text(Field::Agent, fields.agent.as_ref().map_or("", Id::as_str));
    text(Field::Language, &fields.language_code.to_ascii_lowercase());
    text(Field::Usecase, fields.usecase_id());
    text(Field::Skill, &fields.skill);
    text(Field::Visitor, fields.visitor_id());
    text(Field::VirtualAgent, &fields.virtual_agent);
    text(Field::DeploymentConfig, fields.deployment_config_id());
    text(Field::DeploymentChannel, fields.deployment_channel_id());
    text(Field::CrmCustomer, fields.crm_customer_id());
    text(Field::PlatformId, fields.platform_conversation_id());
    text(Field::CorrelationId, &fields.correlation_id);
    of_metadata(&fields.metadata, terms);
    let mut grams = BTreeSet::new();
    gram::of_text(fields.display_name.as_str(), &mut grams);
    terms.extend(grams.into_iter().map(|gram| of_name(&gram.to_bytes())));
}

/// The value of a coded field that is not written down.
pub(crate) fn usual(field: Field) -> i32 {
    match field {
        Field::State => State::Live.code(),
        Field::Status => Status::Active.code(),
        Field::RaiseHandState => RaiseHandState::Absent.code(),
        _ => 0,
    }
}

fn of_metadata(metadata: &Metadata, terms: &mut BTreeSet<Term>) {
    for (name, values) in metadata {
        terms.insert(key(name));
        for value in &values.values {
            terms.insert(Term::metadata(name, value));
            if let MetadataValue::Number(number) = value {
                terms.insert(Term::metadata_cell(name, *number));
            }
        }
    }
}

/// That a display name has a gram.
pub(crate) fn of_name(gram: &[u8]) -> Term {
    Term([&[Field::NameGram as u8], gram].concat())
}

/// The grams of display names that begin so.
pub(crate) fn names_beginning(letters: &[u8]) -> Terms {
    beginning(of_name(letters).0)
}

pub(crate) fn of_tag(tag: &Id) -> Term {
    Term::text(Field::Tag, tag.as_str())
}

/// A moment of no adherence, by its resource name.
pub(crate) fn of_moment(name: &SafeText) -> Term {
    Term::named(Field::Moment, &Named::of_moment(name.as_str(), Adherence::Unspecified))
}

/// What was remarked on a conversation.
pub(crate) fn of_annotations(facts: &AnnotationFacts, terms: &mut BTreeSet<Term>) {
    terms.extend(facts.moments.iter().map(|one| Term::named(Field::Moment, one)));
    terms.extend(facts.behaviors.iter().map(|one| Term::named(Field::Behavior, one)));
    terms.extend(facts.actions.iter().map(|one| Term::text(Field::Action, one)));
    terms.extend(facts.hints.iter().map(|one| Term::text(Field::Hint, one)));
    terms.extend(facts.scorecards.iter().map(Term::scorecard));
    if facts.has_comments {
        terms.insert(Term::flag(Field::HasComments));
    }
    if facts.has_assist {
        terms.insert(Term::flag(Field::HasAssist));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use hansard_domain::{filter::ScorecardStatus, redact::SafeText};

    fn text(key: &str, value: &str) -> Term {
        Term::metadata(key, &MetadataValue::Text(SafeText::stored(value.to_owned())))
    }

    fn within(terms: &Terms, term: &Term) -> bool {
        terms.contains(&term.0)
    }

    #[test]
    fn prefixes_find_short_and_long_texts() {
        let long = "abc".repeat(100);
        for prefix in ["", "a", "ab", "abcabc"] {
            let [whole, shortened] = texts("k", prefix);
            assert!(within(&whole, &text("k", "abcabcd")), "{prefix}");
            assert!(within(&shortened, &text("k", &long)), "{prefix}");
            assert!(!within(&whole, &text("kk", "abcabcd")), "{prefix}");
        }
        let [whole, _] = texts("k", "abd");
        assert!(!within(&whole, &text("k", "abcabcd")));
        assert_ne!(text("k", &long), text("k", &format!("{long}x")));
    }

    #[test]
    fn a_name_is_not_the_beginning_of_another() {
        let named = |name: &str| Named { name: name.to_owned(), adherence: Default::default() };
        let range = all_of_name(Field::Moment, "greet");
        assert!(within(&range, &Term::named(Field::Moment, &named("greet"))));
        assert!(!within(&range, &Term::named(Field::Moment, &named("greeting"))));
        assert!(!within(&range, &Term::named(Field::Behavior, &named("greet"))));
    }

    #[test]
    fn scorecards_come_back() {
        for submitter in [None, Some(Id::known("ada"))] {
            let fact = ScorecardFact {
                template: Id::known("quality"),
                revision: "3".to_owned(),
                status: ScorecardStatus::Draft,
                submitter,
                calibration: ScorecardStatus::NotScored,
            };
            assert_eq!(Term::to_scorecard(Term::scorecard(&fact).as_bytes()).unwrap(), fact);
        }
        assert_eq!(Term::to_scorecard(b"x"), None);
    }
}
