//! The change log: one entry for every committed change of a profile's conversations.
//!
//! It holds names and numbers, never text.

use crate::{Error, Id, Result, Time, annotation::AnnotationKind, codes, name::ConversationName};
use std::{fmt, str::FromStr};

codes! {
    ChangeKind {
        Unspecified = 0, ConversationStarted = 1, ConversationUpdated = 2, ConversationClosed = 3,
        ConversationReopened = 4, ConversationDeleted = 5, MessageCreated = 6, MessageUpdated = 7,
        MessageRedacted = 8, MessageDeleted = 9, EventCreated = 10, TagAdded = 11, TagRemoved = 12,
        MomentAnnotationWritten = 13, MomentAnnotationDeleted = 14, BehaviorAnnotationWritten = 15,
        BehaviorAnnotationDeleted = 16, ActionAnnotationWritten = 17, ActionAnnotationDeleted = 18,
        HintAnnotationWritten = 19, HintAnnotationDeleted = 20, CommentWritten = 21, CommentDeleted = 22,
        ScorecardWritten = 23, ScorecardDeleted = 24,
    }
}

impl ChangeKind {
    /// The collection of what changed of the conversation; none where it is the conversation itself.
    pub fn collection(self) -> Option<&'static str> {
        if let Some(kind) = AnnotationKind::ALL.into_iter().find(|kind| kind.changes().contains(&self)) {
            return Some(kind.segment());
        }
        match self {
            Self::MessageCreated | Self::MessageUpdated | Self::MessageRedacted | Self::MessageDeleted => {
                Some("messages")
            }
            Self::EventCreated => Some("events"),
            Self::TagAdded | Self::TagRemoved => Some("tags"),
            Self::ScorecardWritten | Self::ScorecardDeleted => Some("scorecards"),
            _ => None,
        }
    }
}

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub cursor: Cursor,
    pub conversation: ConversationName,
    pub kind: ChangeKind,
    /// Id of the message, event, tag, annotation or scorecard.
    pub part: Option<Id>,
    /// The message's position or the event's sequence; 0 for others.
    pub sequence: i32,
    pub change_time: Time,
}

/// A place in a profile's log: the number of the last change seen. 0 is before the first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cursor(pub i64);

const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const DIGITS_IN_CURSOR: usize = 13;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("c")?;
        (0..DIGITS_IN_CURSOR).rev().try_for_each(|place| {
            let digit = (self.0 >> (5 * place)) & 31;
            write!(f, "{}", char::from(DIGITS[usize::try_from(digit).unwrap_or(0)]))
        })
    }
}

impl FromStr for Cursor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let refused = || {
            Error::invalid("cursor", "is not a cursor of this log: use nextCursor or the cursor of a change")
        };
        let digits =
            text.strip_prefix('c').filter(|digits| digits.len() == DIGITS_IN_CURSOR).ok_or_else(refused)?;
        digits
            .bytes()
            .try_fold(0i64, |number, byte| {
                let digit = DIGITS.iter().position(|known| *known == byte)?;
                number.checked_mul(32)?.checked_add(i64::try_from(digit).ok()?)
            })
            .map(Self)
            .ok_or_else(refused)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::code::Code;

    #[test]
    fn cursors_come_back_and_sort_as_text() {
        let numbers = [0, 1, 31, 32, 1_000_000, i64::MAX];
        let texts: Vec<String> = numbers.iter().map(|number| Cursor(*number).to_string()).collect();
        for (number, text) in numbers.iter().zip(&texts) {
            assert_eq!(text.parse::<Cursor>().unwrap(), Cursor(*number));
        }
        assert!(texts.is_sorted());
    }

    #[test]
    fn a_kind_tells_the_collection_of_what_changed() {
        for kind in (0..).map_while(ChangeKind::from_code) {
            let collection = match format!("{kind:?}").as_str() {
                name if name.starts_with("Message") => Some("messages"),
                name if name.starts_with("Event") => Some("events"),
                name if name.starts_with("Tag") => Some("tags"),
                name if name.starts_with("MomentAnnotation") => Some("momentAnnotations"),
                name if name.starts_with("BehaviorAnnotation") => Some("behaviorAnnotations"),
                name if name.starts_with("ActionAnnotation") => Some("actionAnnotations"),
                name if name.starts_with("HintAnnotation") => Some("hintAnnotations"),
                name if name.starts_with("Comment") => Some("comments"),
                name if name.starts_with("Scorecard") => Some("scorecards"),
                _ => None,
            };
            assert_eq!(kind.collection(), collection, "{kind:?}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "c", "x0000000000000", "c000000000000u", "czzzzzzzzzzzzz", "c00000000000000"] {
            assert!(text.parse::<Cursor>().is_err(), "{text}");
        }
    }
}
