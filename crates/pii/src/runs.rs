//! Gathers what belongs to one number, written or read out, into runs of digits.
//!
//! "4111 1111-1111", "four double one", "4, 1, one one": each is one run. A run is cut where something else than a separator
//! stands; what a run means is decided by the recognisers.

use crate::{
    lexicon,
    spoken::Spoken,
    token::{Gap, Kind, Token},
    tokens::Tokens,
    work,
};

/// Digits that stand together: a written number, or one word of a number that is read out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Group {
    /// Where its digits begin in the run.
    pub(crate) first: usize,
    pub(crate) len: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// What stands between it and the group before.
    pub(crate) gap: Gap,
    pub(crate) token: usize,
    pub(crate) spoken: bool,
}

/// One number as it was written or read out.
#[derive(Debug, Default)]
pub(crate) struct Run {
    /// Values from 0 to 9.
    pub(crate) digits: Vec<u8>,
    pub(crate) groups: Vec<Group>,
    /// The token after the last of its own.
    pub(crate) next_token: usize,
    /// What stands before its first group.
    pub(crate) lead: Gap,
}

impl Run {
    /// The same buffers with nothing in them.
    pub(crate) fn emptied(mut self) -> Self {
        self.digits.clear();
        self.groups.clear();
        Self { digits: self.digits, groups: self.groups, ..Self::default() }
    }

    pub(crate) fn is_spoken(&self) -> bool {
        self.groups.iter().any(|group| group.spoken)
    }

    /// The digits of some of its groups.
    pub(crate) fn digits_of(&self, groups: &[Group]) -> &[u8] {
        match (groups.first(), groups.last()) {
            (Some(first), Some(last)) => &self.digits[first.first..last.first + last.len],
            _ => &[],
        }
    }
}

const JOINING: Gap = Gap::SPACE
    .or(Gap::DASH)
    .or(Gap::DOT)
    .or(Gap::COMMA)
    .or(Gap::PAREN)
    .or(Gap::NEWLINE)
    .or(Gap::SLASH)
    .or(Gap::UNDERSCORE);

const EXTENSIONS: [u64; 2] = lexicon::hashes(["x", "ext"]);
const GAP_LEN_MAX: u8 = 4;

/// Numbers longer than any that is known are cut, so that work per run has a bound.
const DIGITS_MAX: usize = 64;

/// Finds the runs of a text, from left to right; those of the text before lend their buffers.
pub(crate) fn runs(text: &str, tokens: &Tokens, found: &mut Vec<Run>, spare: &mut Vec<Run>) {
    let list = &tokens.list;
    let mut at = 0;
    while at < list.len() {
        at = if begins(list, at) {
            let run = spare.pop().unwrap_or_default();
            let gatherer = Gatherer { text: text.as_bytes(), list, run, times: None };
            let run = gatherer.gather(at);
            let next = run.next_token.max(at + 1);
            let kept = if run.digits.is_empty() { &mut *spare } else { &mut *found };
            kept.push(run);
            next
        } else {
            at + 1
        };
    }
}

fn begins(list: &[Token], at: usize) -> bool {
    match list[at].kind {
        Kind::Number => is_whole(list, at) && !(at > 0 && list[at].is_glued() && list[at - 1].is_word()),
        Kind::Word => list[at].spoken.begins(),
        Kind::Foreign | Kind::Label => false,
    }
}

/// Whether no letters follow at once, as in "8am"; those of an extension ("x12"), or an O for a nought, may.
fn is_whole(list: &[Token], at: usize) -> bool {
    let Some(next) = list.get(at + 1).filter(|next| next.is_glued() && next.is_word()) else { return true };
    let number = list.get(at + 2).filter(|after| after.is_number());
    let is_extension = EXTENSIONS.contains(&next.hash);
    let is_digit = next.len() == 1 && matches!(next.spoken, Spoken::Weak(_));
    number.is_some_and(|number| is_extension && number.gap_len <= 2 || is_digit && number.is_glued())
}

fn joins(token: &Token) -> bool {
    token.gap.within(JOINING) && token.gap_len <= GAP_LEN_MAX
}

struct Gatherer<'t> {
    text: &'t [u8],
    list: &'t [Token],
    run: Run,
    /// How often the next digit counts, and where that was said.
    times: Option<(usize, usize)>,
}

impl Gatherer<'_> {
    fn gather(mut self, first: usize) -> Run {
        self.run.lead = self.list[first].gap;
        let (mut at, mut gap) = (first, Gap::default());
        while self.run.digits.len() < DIGITS_MAX {
            work::step();
            let Some(token) = self.list.get(at).filter(|token| at == first || joins(token)) else { break };
            gap = gap.or(token.gap);
            let group = self.run.groups.len();
            if self.take(at, gap) {
                self.run.next_token = at + 1;
                gap = Gap::default();
            } else if let (Spoken::Times(times), None) = (token.spoken, self.times) {
                self.times = Some((usize::from(times), token.start as usize));
            } else if token.spoken != Spoken::Filler || group == 0 {
                break;
            }
            at += 1;
        }
        self.run
    }

    /// Takes the digits of a token into the run.
    fn take(&mut self, at: usize, gap: Gap) -> bool {
        let token = &self.list[at];
        let (first, before) = (self.run.digits.len(), self.times);
        match token.spoken {
            _ if token.is_number() => {
                if !is_whole(self.list, at) {
                    return false;
                }
                let digits = self.text[token.range()].iter().map(|byte| byte - b'0');
                self.run.digits.extend(digits.take(DIGITS_MAX));
            }
            Spoken::Digit(digit) if self.completes_tens(token, digit) => return true,
            Spoken::Digit(digit) => self.run.digits.push(digit),
            Spoken::Weak(digit) if self.stands_between(at) => self.run.digits.push(digit),
            Spoken::Teen(teen) => self.run.digits.extend([teen / 10, teen % 10]),
            Spoken::Tens(tens) => self.run.digits.extend([tens, 0]),
            Spoken::Noughts(noughts) if first > 0 => {
                self.run.digits.extend(std::iter::repeat_n(0, usize::from(noughts)));
            }
            _ => return false,
        }
        let once = first..self.run.digits.len();
        let times = self.times.take().map_or(1, |(times, _)| times);
        (1..times).for_each(|_| self.run.digits.extend_from_within(once.clone()));
        self.run.groups.push(Group {
            first,
            len: self.run.digits.len() - first,
            start: before.map_or(token.start as usize, |(_, start)| start),
            end: token.end as usize,
            gap,
            token: at,
            spoken: token.is_word() && token.len() > 1,
        });
        true
    }

    /// "twenty three" is 23, not 20 and 3.
    fn completes_tens(&mut self, token: &Token, digit: u8) -> bool {
        let Some(last) = self.run.groups.last_mut() else { return false };
        let follows = last.token + 1 < self.list.len() && self.list[last.token + 1].start == token.start;
        let is_tens = matches!(self.list[last.token].spoken, Spoken::Tens(_)) && last.len == 2;
        let completes = self.times.is_none() && digit > 0 && is_tens && follows && !token.gap.has(Gap::COMMA);
        if completes {
            self.run.digits[last.first + 1] = digit;
            last.end = token.end as usize;
            last.token += 1;
        }
        completes
    }

    /// Whether a digit stands before and after.
    fn stands_between(&self, at: usize) -> bool {
        let is_digit =
            |next: &Token| next.is_number() || next.spoken.begins() || matches!(next.spoken, Spoken::Weak(_));
        !self.run.digits.is_empty() && self.list.get(at + 1).is_some_and(|next| joins(next) && is_digit(next))
    }
}
