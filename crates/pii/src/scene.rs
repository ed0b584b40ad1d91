//! What the recognisers see: the tokens, what is spoken of around a place, and where they put what they find.
//!
//! The window is counted in tokens, so that the work for a place has a bound. Recognisers decide what a topic is worth.

use std::ops::Range;

use crate::{Earlier, Entity, runs::Run, tokens::Tokens, words::Topics, work};

const TOKENS_BEFORE: usize = 14;
const TOKENS_AFTER: usize = 6;
/// A number's own name stands right before it: "order number is ...".
const THING_DISTANCE: usize = 5;

/// A possible hit: bytes of the normal text.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub(crate) entity: Entity,
    pub(crate) range: Range<usize>,
    pub(crate) confidence: f32,
}

/// A text under search.
#[derive(Debug)]
pub(crate) struct Scene<'t> {
    pub(crate) text: &'t str,
    pub(crate) tokens: &'t Tokens,
    pub(crate) runs: &'t [Run],
    pub(crate) earlier: &'t Earlier,
}

/// What is spoken of around a place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Near {
    before: Topics,
    after: Topics,
    /// That of the topical word that stands closest before, or of what was said in earlier turns if there is none.
    closest: Topics,
    /// How many tokens the closest stands before.
    distance: usize,
    earlier: Topics,
}

impl Scene<'_> {
    /// What is spoken of around the tokens from `first` to `last`.
    pub(crate) fn near(&self, first: usize, last: usize) -> Near {
        let topical = &self.tokens.topical;
        let topics = |index: &u32| self.tokens.list[*index as usize].topics;
        let at = topical.partition_point(|&index| (index as usize) < first);
        let before = topical[..at].iter().rev().take_while(|&&index| index as usize + TOKENS_BEFORE >= first);
        let after = topical[at..].iter().skip_while(|&&index| index as usize <= last);
        let after = after.take_while(|&&index| index as usize <= last + TOKENS_AFTER);
        let before_topics =
            before.clone().inspect(|_| work::step()).map(topics).fold(Topics::default(), Topics::or);
        Near {
            before: before_topics,
            after: after.inspect(|_| work::step()).map(topics).fold(Topics::default(), Topics::or),
            closest: before.clone().next().map_or(self.earlier.asked(), topics),
            distance: before.clone().next().map_or(0, |&index| first - index as usize),
            earlier: if before_topics.is_none() { self.earlier.topics() } else { Topics::default() },
        }
    }

    /// What is spoken of around some groups of a run.
    pub(crate) fn near_run(&self, run: &Run, groups: &Range<usize>) -> Near {
        self.near(run.groups[groups.start].token, run.groups[groups.end - 1].token)
    }
}

impl Near {
    /// Whether the topic is spoken of at all: here, or in the turns before if this text has no topic.
    pub(crate) fn has(&self, topics: Topics) -> bool {
        self.before.or(self.after).or(self.earlier).has(topics)
    }

    /// Whether the word right before speaks of it, or failing that one after.
    pub(crate) fn is_about(&self, topics: Topics) -> bool {
        self.closest.has(topics) || self.closest.is_none() && self.after.or(self.earlier).has(topics)
    }

    /// Whether it is spoken of before the place.
    pub(crate) fn before(&self, topics: Topics) -> bool {
        self.before.or(self.earlier).has(topics)
    }

    /// Whether the number is told to be a thing's, and not at the same time something personal.
    pub(crate) fn is_thing(&self) -> bool {
        self.closest.has(Topics::THING) && self.distance <= THING_DISTANCE
    }

    /// A bonus where the topic is near: all of it where the closest word speaks of it, else half.
    pub(crate) fn bonus(&self, topics: Topics, bonus: f32) -> f32 {
        if self.is_about(topics) {
            bonus
        } else if self.has(topics) {
            bonus / 2.0
        } else {
            0.0
        }
    }
}
