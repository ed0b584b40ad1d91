//! The words that may be one name: where they end, and what the words by themselves are worth.

use crate::{
    token::{Case, Gap, Token},
    words::Traits,
    work,
};

const WORDS_MAX: usize = 5;
const TOKENS_MAX: usize = 9;

const NAMES: Traits = Traits::GIVEN.or(Traits::SURNAME);
/// What ends a name unless it is one itself.
const OTHERS: Traits = Traits::COMMON
    .or(Traits::FUNCTION)
    .or(Traits::PLACE)
    .or(Traits::COUNTRY)
    .or(Traits::ORGANISATION)
    .or(Traits::TITLE)
    .or(Traits::STREET)
    .or(Traits::UNIT)
    .or(Traits::MONTH)
    .or(Traits::WEEKDAY);

/// The words of a possible name.
#[derive(Debug)]
pub(super) struct Phrase {
    pub(super) first: usize,
    pub(super) last: usize,
    /// Words of two or more letters that are no particles.
    pub(super) words: usize,
    pub(super) initials: usize,
    pub(super) capitals: bool,
    /// Whether it begins a sentence, where any word has a capital.
    opens: bool,
}

impl Phrase {
    /// Whether a look at the token suffices to see that no name begins with it.
    pub(super) fn cannot_begin(list: &[Token], first: usize) -> bool {
        let token = &list[first];
        let is_other = token.is(OTHERS) && !token.is(NAMES) && token.len() > 1;
        is_other || !token.is_word() || token.is_glued() && first > 0
    }

    /// The name that begins with a token which may begin one.
    pub(super) fn at(list: &[Token], first: usize) -> Option<Self> {
        let token = &list[first];
        let capitals = token.is_capital();
        let begins = if capitals {
            is_part(list, first) && token.len() > 1 || is_initial(list, first)
        } else {
            can_be_name(token)
        };
        if !begins {
            return None;
        }
        let opens = first == 0 || token.gap.has(Gap::ENDING);
        let mut phrase = Self { first, last: first, words: 0, initials: 0, capitals, opens };
        phrase.count(token);
        let mut at = first + 1;
        while at < list.len() && phrase.words < WORDS_MAX && at - first < TOKENS_MAX && joins(list, at) {
            work::step();
            let token = &list[at];
            let fits = if capitals {
                token.is_capital() && (is_part(list, at) || is_initial(list, at))
            } else {
                can_be_name(token) && !token.is_capital()
            };
            if fits {
                phrase.last = at;
                phrase.count(token);
            } else if !(capitals && token.is(Traits::PARTICLE) && !token.is_capital()) {
                break;
            }
            at += 1;
        }
        phrase.drop_greeting(list);
        (phrase.words > 0).then_some(phrase)
    }

    /// "Greetings from Ada": a word that only begins the sentence, and a particle, are none of the name.
    fn drop_greeting(&mut self, list: &[Token]) {
        let given = self.first + 2;
        let follows =
            given <= self.last && list[given].is(Traits::GIVEN) && list[given - 1].is(Traits::PARTICLE);
        if self.opens && follows && !list[self.first].is(NAMES) && !list[given - 1].is_capital() {
            self.first = given;
            self.words -= 1;
        }
    }

    fn count(&mut self, token: &Token) {
        if token.len() == 1 {
            self.initials += 1;
        } else if !token.is(Traits::PARTICLE) || token.is(NAMES) {
            self.words += 1;
        }
    }

    /// The worth of words with capitals.
    pub(super) fn base(&self, list: &[Token], sound: impl Fn(&Token) -> f32) -> f32 {
        let words: Vec<&Token> =
            list[self.first..=self.last].iter().filter(|token| token.len() > 1).collect();
        let first = words[0];
        let is_sure = |token: &Token| token.is(NAMES) && !token.is(OTHERS);
        let shouted =
            words.iter().all(|token| token.case == Case::Upper) && !words.iter().any(|token| is_sure(token));
        let initials = if self.initials > 0 && self.words > 0 { 0.2 } else { 0.0 };
        let sounds = || words.iter().map(|token| sound(token)).sum::<f32>() / words.len() as f32;
        let worth = match (self.words, is_sure(first), words.iter().any(|token| is_sure(token))) {
            (2.., true, _) if first.is(Traits::GIVEN) => 0.85,
            (2.., _, true) => 0.7,
            (2.., ..) if words.iter().all(|token| token.is(NAMES)) => 0.6,
            (2.., ..) if first.is(Traits::GIVEN) => 0.6,
            (2.., ..) => 0.42 + 0.25 * sounds(),
            (_, true, _) if first.is(Traits::GIVEN) => 0.6,
            (_, true, _) => 0.5,
            _ if first.is(NAMES) => {
                if self.opens {
                    0.1
                } else {
                    0.45
                }
            }
            _ => 0.15 + 0.3 * sounds() - if self.opens { 0.1 } else { 0.0 },
        };
        let hyphen = self.words == 2 && list[self.last].gap == Gap::DASH && !first.is(Traits::GIVEN);
        let street = words[words.len() - 1].is(Traits::STREET.or(Traits::STREET_WEAK))
            && !words[words.len() - 1].is(NAMES);
        let worth = worth - if hyphen { 0.25 } else { 0.0 } - if street { 0.4 } else { 0.0 };
        worth + initials - if shouted { 0.4 } else { 0.0 }
    }

    /// The worth of words without capitals, which must be announced or be known names.
    pub(super) fn base_without_capitals(
        &self,
        list: &[Token],
        announced: f32,
        sound: impl Fn(&Token) -> f32,
    ) -> f32 {
        let words = &list[self.first..=self.last];
        let is_sure = |token: &Token| token.is(NAMES) && !token.is(OTHERS);
        let sure = words.iter().filter(|token| is_sure(token)).count();
        match (self.words, sure) {
            (2, 2) if words[0].is(Traits::GIVEN) => 0.6,
            (2, 1)
                if is_sure(&words[0])
                    && words[0].is(Traits::GIVEN)
                    && sound(&words[words.len() - 1]) > 0.5 =>
            {
                0.45
            }
            (2..=3, 1..) if announced > 0.25 => 0.3,
            (1, 1) if words[0].is(Traits::GIVEN) => 0.4,
            (1, 1) => 0.15,
            (1..=2, 0) if announced >= 0.45 => 0.05,
            _ => 0.0,
        }
    }
}

/// Whether a word with a capital can be part of a name.
fn is_part(list: &[Token], at: usize) -> bool {
    let token = &list[at];
    let plausible =
        token.case == Case::Title || token.case == Case::Mixed || token.len() > 3 || token.is(NAMES);
    token.is_word() && plausible && token.topics.is_none() && (!token.is(OTHERS) || token.is(NAMES))
}

/// A letter with a dot, or between two names.
fn is_initial(list: &[Token], at: usize) -> bool {
    let token = &list[at];
    let next = list.get(at + 1);
    let follows = next.is_some_and(|next| {
        next.is_capital() && next.gap.within(Gap::SPACE.or(Gap::DOT).or(Gap::APOSTROPHE))
    });
    token.is_word()
        && token.len() == 1
        && token.is_capital()
        && follows
        && (next.is_some_and(|next| next.gap.has(Gap::DOT.or(Gap::APOSTROPHE)))
            || at > 0 && list[at - 1].is(NAMES))
}

/// Whether a word without a capital can be part of a name: it is one, or it is no word that is known.
fn can_be_name(token: &Token) -> bool {
    token.is_word()
        && token.len() > 1
        && !token.is_capital()
        && token.topics.is_none()
        && (token.is(NAMES) && !token.is(Traits::FUNCTION) || !token.is(OTHERS))
}

fn joins(list: &[Token], at: usize) -> bool {
    let (token, before) = (&list[at], &list[at - 1]);
    let after_initial = before.len() == 1
        && token.gap.within(Gap::DOT.or(Gap::SPACE).or(Gap::APOSTROPHE))
        && token.gap_len <= 2;
    let hyphen = token.gap == Gap::DASH && token.gap_len == 1;
    let apostrophe = token.gap == Gap::APOSTROPHE && token.len() > 1;
    token.gap == Gap::SPACE && token.gap_len <= 2 || after_initial || hyphen || apostrophe
}
