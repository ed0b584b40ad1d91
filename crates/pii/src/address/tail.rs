//! What follows the street: a flat, a town, a state, a postal code, a country.

use crate::{
    scene::Scene,
    token::{Case, Gap, Kind, Token},
    words::Traits,
    work,
};

const PARTS_MAX: usize = 8;
const TOWN_WORDS_MAX: usize = 4;

/// The last token of an address whose street ends with a token.
pub(super) fn end(scene: &Scene, street: usize) -> usize {
    let list = &scene.tokens.list;
    let mut last = street;
    for _ in 0..PARTS_MAX {
        work::step();
        let Some(end) = part(list, last + 1) else { break };
        last = end;
        // After the postal code only a country can follow.
        if list[last].is_number() && list[last].len() > 4 {
            let country = list.get(last + 1).filter(|token| token.is(Traits::COUNTRY) && token.gap_len <= 3);
            return last + usize::from(country.is_some());
        }
    }
    last
}

/// The end of one more part that begins with a token, or of a town with what proves it one.
fn part(list: &[Token], at: usize) -> Option<usize> {
    let token = list.get(at)?;
    let separators = Gap::SPACE.or(Gap::COMMA).or(Gap::NEWLINE).or(Gap::DOT).or(Gap::DASH).or(Gap::HASH);
    if !parts_lines(token, separators) {
        return None;
    }
    unit(list, at).or_else(|| proof(list, at)).or_else(|| {
        let town = town(list, at)?;
        let next = list.get(town + 1).filter(|next| parts_lines(next, separators));
        next.and_then(|_| unit(list, town + 1).or_else(|| proof(list, town + 1)))
    })
}

/// Whether a token goes on after such separators; a new line may begin with a mark of quotation.
fn parts_lines(token: &Token, separators: Gap) -> bool {
    let quoted = separators.or(Gap::OTHER).or(Gap::STOP);
    let allowed = if token.gap.has(Gap::NEWLINE) { quoted } else { separators };
    token.gap.within(allowed) && token.gap_len <= 8
}

/// A flat, a floor, a box, a second number.
fn unit(list: &[Token], at: usize) -> Option<usize> {
    let token = &list[at];
    if token.is(Traits::UNIT.or(Traits::POST_BOX)) {
        let number = list.get(at + 1)?;
        let code = list.get(at + 2).filter(|code| code.is_number() && number.is(Traits::STATE));
        if code.is_some() {
            return Some(at + 2);
        }
        let is_number = number.is_number() || number.len() == 1 && number.is_capital();
        return (is_number && number.gap_len <= 3).then_some(at + 1);
    }
    let is_street = token.is(Traits::STREET) && token.gap.within(Gap::SPACE);
    is_street.then_some(at)
}

/// A state, a postal code, a country: what only an address has.
fn proof(list: &[Token], at: usize) -> Option<usize> {
    let token = &list[at];
    if token.is(Traits::STATE) && (token.case == Case::Upper || token.len() > 2) || token.is(Traits::COUNTRY)
    {
        return Some(at);
    }
    let next = list.get(at + 1);
    if token.is_number() && (3..=6).contains(&token.len()) && !token.gap.has(Gap::DOT) {
        let more = next.filter(|next| {
            next.is_number()
                && next.len() <= 4
                && next.gap_len == 1
                && next.gap.within(Gap::DASH.or(Gap::SPACE))
        });
        let end = if more.is_some() { at + 1 } else { at };
        // More numbers on the same line are no postal code.
        let goes_on = list
            .get(end + 1)
            .is_some_and(|next| next.is_number() && !next.gap.has(Gap::NEWLINE) && next.gap_len <= 3);
        return (!goes_on).then_some(end);
    }
    british_code(list, at)
}

/// "SW1A 1AA", "K1A 0B1".
fn british_code(list: &[Token], at: usize) -> Option<usize> {
    let mut end = at;
    let mut pattern = String::new();
    for (index, token) in list.iter().enumerate().skip(at).take(7) {
        let part = token.len() <= 2
            && (index == at || token.is_glued() || token.gap == Gap::SPACE && token.gap_len == 1);
        if !part || !(token.is_number() || token.is_word() && token.case != Case::Lower) {
            break;
        }
        let kind = if token.is_number() { '9' } else { 'a' };
        pattern.extend(std::iter::repeat_n(kind, token.len()));
        end = index;
    }
    ["a99aa", "a999aa", "aa99aa", "aa999aa", "a9a9aa", "aa9a9aa", "a9a9a9"]
        .contains(&pattern.as_str())
        .then_some(end)
}

/// Words that may be a town's.
fn town(list: &[Token], at: usize) -> Option<usize> {
    let is_word = |token: &Token| {
        (token.is_word() || token.kind == Kind::Foreign)
            && token.topics.is_none()
            && ((token.is_capital() || token.kind == Kind::Foreign) && !token.is(Traits::FUNCTION)
                || token.is(Traits::PARTICLE))
    };
    let mut end = None;
    for (index, token) in list.iter().enumerate().skip(at).take(TOWN_WORDS_MAX) {
        if !is_word(token)
            || index > at && !token.gap.within(Gap::SPACE.or(Gap::DASH).or(Gap::APOSTROPHE).or(Gap::DOT))
        {
            break;
        }
        end = Some(index);
    }
    end
}
