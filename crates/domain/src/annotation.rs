//! What is remarked on a conversation or on one of its messages: moments, behaviors, actions, hints, comments.
//!
//! Scorecards, which assess the whole, are in `scorecard`.

use crate::{
    Error, Id, Result, Time,
    caller::Permission,
    change::ChangeKind,
    codes,
    directory::Stamps,
    filter::Adherence,
    limits,
    message::{Message, MessageState},
    name::AnnotationName,
    redact::SafeText,
};

/// Of one conversation, of all kinds together.
pub const ANNOTATIONS_MAX: i64 = 10_000;

codes! { AnnotationKind { Moment = 0, Behavior = 1, Action = 2, Hint = 3, Comment = 4 } }
codes! {
    /// Who or what found it.
    AnnotationSource { Unspecified = 0, User = 1, Model = 2, Rule = 3, Platform = 4 }
}

/// A stored annotation or comment.
#[derive(Debug, Clone, PartialEq)]
pub struct Annotation {
    pub name: AnnotationName,
    pub body: AnnotationBody,
    /// Resource name of the user or API key that made it.
    pub author: String,
    pub stamps: Stamps,
}

/// What a client says; a kind uses the members that it has.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AnnotationBody {
    /// The moment's resource name, the name of the behavior, action or hint, or the comment's text.
    pub content: SafeText,
    /// The message that it is about; none = the conversation.
    pub message: Option<Id>,
    /// Bytes of the message's text, end exclusive; both 0 = the whole message.
    pub start: i32,
    pub end: i32,
    pub adherence: Adherence,
    pub source: AnnotationSource,
    /// Of an action: it helped the agent while the conversation was live.
    pub live_assist: bool,
    /// Of a masked entity.
    pub masked: Option<MaskedPlace>,
}

/// Where in a message an entity was masked, beside the bytes of what is stored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MaskedPlace {
    /// Path of the field in the message, such as `email.to[1]`; empty = the text.
    pub field: String,
    /// Bytes of the field as it was given, end exclusive.
    pub original_start: i32,
    pub original_end: i32,
}

impl AnnotationBody {
    /// Takes the places in a text that is gone.
    pub fn forget_places(&mut self) {
        (self.start, self.end) = (0, 0);
        if let Some(masked) = &mut self.masked {
            (masked.original_start, masked.original_end) = (0, 0);
        }
    }
}

impl AnnotationKind {
    pub const ALL: [Self; 5] = [Self::Moment, Self::Behavior, Self::Action, Self::Hint, Self::Comment];

    /// The collection in resource names.
    pub fn segment(self) -> &'static str {
        match self {
            Self::Moment => "momentAnnotations",
            Self::Behavior => "behaviorAnnotations",
            Self::Action => "actionAnnotations",
            Self::Hint => "hintAnnotations",
            Self::Comment => "comments",
        }
    }

    /// The field of a request that holds one.
    pub fn field(self) -> &'static str {
        match self {
            Self::Moment => "momentAnnotation",
            Self::Behavior => "behaviorAnnotation",
            Self::Action => "actionAnnotation",
            Self::Hint => "hintAnnotation",
            Self::Comment => "comment",
        }
    }

    /// The kinds of change that tell of it: written (made or changed) and deleted.
    pub fn changes(self) -> [ChangeKind; 2] {
        use ChangeKind as C;
        match self {
            Self::Moment => [C::MomentAnnotationWritten, C::MomentAnnotationDeleted],
            Self::Behavior => [C::BehaviorAnnotationWritten, C::BehaviorAnnotationDeleted],
            Self::Action => [C::ActionAnnotationWritten, C::ActionAnnotationDeleted],
            Self::Hint => [C::HintAnnotationWritten, C::HintAnnotationDeleted],
            Self::Comment => [C::CommentWritten, C::CommentDeleted],
        }
    }

    /// What whoever makes or changes one needs.
    pub fn permission(self) -> Permission {
        if self == Self::Comment { Permission::Comment } else { Permission::Annotate }
    }

    /// The field of an annotation that holds its content.
    pub fn content_field(self) -> &'static str {
        self.paths()[0]
    }

    /// The paths that an update may name, the content's first.
    pub fn paths(self) -> &'static [&'static str] {
        match self {
            Self::Moment => &["moment", "message", "start_index", "end_index", "adherence", "source"],
            Self::Behavior => &["behavior", "message", "start_index", "end_index", "adherence", "source"],
            Self::Action => &["action", "message", "start_index", "end_index", "source", "live_assist"],
            Self::Hint => &["hint", "message", "start_index", "end_index", "source"],
            Self::Comment => &["text"],
        }
    }
}

impl AnnotationSource {
    /// Whether no person found it.
    pub fn is_automatic(self) -> bool {
        matches!(self, Self::Model | Self::Rule | Self::Platform)
    }
}

impl Annotation {
    /// Takes over the fields that the paths name.
    pub fn update(&mut self, values: &AnnotationBody, paths: &[String], now: Time) -> Result<()> {
        for path in paths {
            self.body.take(self.name.kind, values, path)?;
        }
        self.body.check(self.name.kind)?;
        self.stamps.touch(now);
        Ok(())
    }
}

impl AnnotationBody {
    /// Whether a path's field holds something other than its default.
    pub fn is_set(&self, path: &str) -> bool {
        match path {
            "message" => self.message.is_some(),
            "start_index" => self.start != 0,
            "end_index" => self.end != 0,
            "adherence" => self.adherence != Adherence::Unspecified,
            "source" => self.source != AnnotationSource::Unspecified,
            "live_assist" => self.live_assist,
            _ => !self.content.is_empty(),
        }
    }

    fn take(&mut self, kind: AnnotationKind, from: &Self, path: &str) -> Result<()> {
        if !kind.paths().contains(&path) {
            return Err(Error::unknown_path(path));
        }
        match path {
            "message" => self.message.clone_from(&from.message),
            "start_index" => self.start = from.start,
            "end_index" => self.end = from.end,
            "adherence" => self.adherence = from.adherence,
            "source" => self.source = from.source,
            "live_assist" => self.live_assist = from.live_assist,
            _ => self.content.clone_from(&from.content),
        }
        Ok(())
    }

    /// Checks what no stored state is needed for; paths are relative to the annotation.
    pub fn check(&self, kind: AnnotationKind) -> Result<()> {
        let content = kind.content_field();
        if self.content.is_empty() {
            return Err(Error::missing(content));
        }
        limits::short(content, self.content.as_str())?;
        if self.start < 0 {
            return Err(Error::invalid("startIndex", "must not be negative"));
        }
        if self.has_span() && self.message.is_none() {
            return Err(Error::invalid("message", "is required with startIndex and endIndex"));
        }
        if self.has_span() && self.end <= self.start {
            return Err(Error::invalid("endIndex", "must be greater than startIndex"));
        }
        Ok(())
    }

    fn has_span(&self) -> bool {
        (self.start, self.end) != (0, 0)
    }

    /// The part of the conversation that it is about.
    pub fn place(&self) -> (Option<&Id>, i32, i32) {
        (self.message.as_ref(), self.start, self.end)
    }

    /// Checks the place in the message that it names, as the conversation has it.
    pub fn check_place(&self, message: Option<&Message>) -> Result<()> {
        if self.message.is_none() {
            return Ok(());
        }
        let Some(message) = message.filter(|message| message.delete_time.is_none()) else {
            return Err(Error::invalid("message", "names a message that the conversation does not have"));
        };
        if !self.has_span() {
            return Ok(());
        }
        if message.content.state == MessageState::Partial {
            return Err(Error::failed_precondition(
                "the text of a PARTIAL message still changes: annotate a part of it when it is FINAL",
            ));
        }
        let text = message.content.text.as_str();
        for (field, offset) in [("startIndex", self.start), ("endIndex", self.end)] {
            let fits = usize::try_from(offset).is_ok_and(|offset| text.is_char_boundary(offset));
            if !fits {
                return Err(Error::invalid(
                    field,
                    "must be the offset of a character in the message's text, in bytes",
                ));
            }
        }
        Ok(())
    }
}

impl Message {
    /// What was masked in the message on its way in, as moments of the kind ENTITY.
    pub fn entities(&self) -> impl Iterator<Item = AnnotationBody> {
        let profile = &self.name.conversation.profile;
        let found = self.content.redactions.iter().filter(|redaction| redaction.is_found());
        found.map(move |redaction| AnnotationBody {
            content: redaction.entity_moment(profile),
            message: Some(self.name.id.clone()),
            start: redaction.start,
            end: redaction.end,
            source: AnnotationSource::Rule,
            masked: Some(MaskedPlace {
                field: redaction.field.clone(),
                original_start: redaction.original_start,
                original_end: redaction.original_end,
            }),
            ..AnnotationBody::default()
        })
    }
}

#[cfg(test)]
mod tests;
