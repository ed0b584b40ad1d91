//! A word or a number of a text, what the lexicon knows of it, and what stands before it.
//!
//! What stands between two tokens is a set of separators. How a text is cut into tokens is in `tokens`.

use std::ops::Range;

use crate::{
    spoken::Spoken,
    words::{Topics, Traits},
};

/// What stands before a token: a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Gap(u16);

impl Gap {
    pub(crate) const SPACE: Self = Self(1);
    pub(crate) const DASH: Self = Self(1 << 1);
    pub(crate) const DOT: Self = Self(1 << 2);
    pub(crate) const COMMA: Self = Self(1 << 3);
    pub(crate) const SLASH: Self = Self(1 << 4);
    pub(crate) const COLON: Self = Self(1 << 5);
    pub(crate) const PAREN: Self = Self(1 << 6);
    pub(crate) const PLUS: Self = Self(1 << 7);
    pub(crate) const NEWLINE: Self = Self(1 << 8);
    pub(crate) const AT: Self = Self(1 << 9);
    pub(crate) const APOSTROPHE: Self = Self(1 << 10);
    pub(crate) const UNDERSCORE: Self = Self(1 << 11);
    pub(crate) const HASH: Self = Self(1 << 12);
    pub(crate) const STOP: Self = Self(1 << 13);
    pub(crate) const OTHER: Self = Self(1 << 15);
    /// Ends a sentence or a line.
    pub(crate) const ENDING: Self =
        Self(Self::DOT.0 | Self::STOP.0 | Self::NEWLINE.0 | Self::COLON.0 | Self::OTHER.0);

    /// The separator of a class of bytes.
    pub(crate) const fn of_class(class: u8) -> Self {
        Self(1 << class)
    }

    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn has(self, any: Self) -> bool {
        self.0 & any.0 != 0
    }

    /// Whether there is nothing but of these.
    pub(crate) fn within(self, allowed: Self) -> bool {
        self.0 & !allowed.0 == 0
    }

    pub(crate) fn is_none(self) -> bool {
        self.0 == 0
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// ASCII letters.
    Word,
    /// ASCII digits.
    Number,
    /// Letters that have no Latin form.
    Foreign,
    /// What a mask wrote: it means nothing, and nothing goes on over it.
    Label,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    Lower,
    /// A capital and no other, one letter alone included.
    Title,
    Upper,
    Mixed,
}

/// A word or a number, with what the lexicon knows of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) kind: Kind,
    pub(crate) case: Case,
    /// What stands before it.
    pub(crate) gap: Gap,
    pub(crate) gap_len: u8,
    pub(crate) traits: Traits,
    pub(crate) topics: Topics,
    pub(crate) spoken: Spoken,
    pub(crate) hash: u64,
}

impl Token {
    /// A token of so many bytes that tells nothing.
    pub(crate) fn new(kind: Kind, len: usize) -> Self {
        Self {
            start: 0,
            end: len as u32,
            kind,
            case: Case::Lower,
            gap: Gap::default(),
            gap_len: 0,
            traits: Traits::default(),
            topics: Topics::default(),
            spoken: Spoken::No,
            hash: 0,
        }
    }

    /// The same token at its place in a text.
    pub(crate) fn placed(self, at: usize, gap: Gap, gap_len: usize) -> Self {
        let (start, end) = (at as u32, at as u32 + self.end);
        Self { start, end, gap, gap_len: gap_len.min(usize::from(u8::MAX)) as u8, ..self }
    }

    pub(crate) fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    pub(crate) fn len(&self) -> usize {
        (self.end - self.start) as usize
    }

    pub(crate) fn is(&self, any: Traits) -> bool {
        self.traits.has(any)
    }

    pub(crate) fn is_word(&self) -> bool {
        self.kind == Kind::Word
    }

    pub(crate) fn is_number(&self) -> bool {
        self.kind == Kind::Number
    }

    pub(crate) fn is_capital(&self) -> bool {
        self.is_word() && self.case != Case::Lower
    }

    /// Whether nothing stands between it and the token before.
    pub(crate) fn is_glued(&self) -> bool {
        self.gap.is_none()
    }
}
