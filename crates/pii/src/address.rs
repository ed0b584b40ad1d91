//! Postal addresses: a street with a number, a post box, a corner, and what follows of them.
//!
//! A street is known by its word ("Street", "rue", "ulica"), by the end of its name ("-straße", "-gatan"), or because an
//! address was announced. Towns and postal codes are part of an address and nothing by themselves.

mod tail;

use crate::{
    Entity, lexicon,
    scene::{Candidate, Scene},
    token::{Gap, Kind, Token},
    words::{Topics, Traits},
    work,
};

const OF: u64 = lexicon::hash(b"of");
const AND: u64 = lexicon::hash(b"and");
const THE: u64 = lexicon::hash(b"the");
const PREPOSITIONS: [u64; 4] = lexicon::hashes(["at", "to", "on", "in"]);

const WORTH_MIN: f32 = 0.45;
const LEFT_MAX: usize = 7;
const RIGHT_MAX: usize = 6;

const STREETS: Traits = Traits::STREET.or(Traits::STREET_WEAK).or(Traits::STREET_LEAD);
/// What makes a word the sign of an address.
const SIGNS: Traits = STREETS.or(Traits::UNIT).or(Traits::POST_BOX).or(Traits::CORNER);

/// Ends of names of streets, in lower case without accents.
const ENDINGS: [&[u8]; 32] = [
    b"strasse", b"str", b"gasse", b"weg", b"platz", b"allee", b"ufer", b"damm", b"steig", b"ring", b"gatan",
    b"gata", b"vagen", b"grand", b"vej", b"veien", b"vegen", b"gade", b"gaten", b"vegur", b"braut",
    b"stigur", b"katu", b"tie", b"kuja", b"polku", b"laan", b"straat", b"plein", b"kade", b"dreef", b"utca",
];

/// A stretch of tokens that may be an address.
struct Stretch {
    first: usize,
    last: usize,
    worth: f32,
}

/// Finds addresses from left to right.
pub(crate) fn find(scene: &Scene, topics: Topics, found: &mut Vec<Candidate>) {
    let tokens = scene.tokens;
    let known = tokens.traits.has(SIGNS);
    let announced = topics.has(Topics::ADDRESS);
    if !(known || announced || tokens.has_numbers && tokens.has_capitals) {
        return;
    }
    let list = &tokens.list;
    let mut at = 0;
    while at < list.len() {
        if !can_be_sign(&list[at]) {
            at += 1;
            continue;
        }
        let free =
            found.last().filter(|last| last.entity == Entity::Address).map_or(0, |last| last.range.end);
        let stretch =
            anchor(scene, at, announced).filter(|stretch| list[stretch.first].start as usize >= free);
        let Some(mut stretch) = stretch else {
            at += 1;
            continue;
        };
        let core = stretch.last;
        stretch.last = tail::end(scene, core);
        if stretch.last > core + 1 {
            stretch.worth += 0.15;
        }
        let near = scene.near(stretch.first, stretch.last);
        let context = if announced && near.before(Topics::ADDRESS) { 0.3 } else { 0.0 };
        let confidence = (stretch.worth + context).min(0.96);
        if confidence < WORTH_MIN {
            at += 1;
            continue;
        }
        {
            let range = list[stretch.first].start as usize..list[stretch.last].end as usize;
            found.push(Candidate { entity: Entity::Address, range, confidence });
        }
        at = stretch.last + 1;
    }
}

/// Whether an address can be known by a token; most are words that tell nothing.
fn can_be_sign(token: &Token) -> bool {
    token.is_number() || token.is(SIGNS) || token.is_word() && token.len() > 5 && !token.is(Traits::COMMON)
}

/// The core of an address around a token that can be its sign.
fn anchor(scene: &Scene, at: usize, announced: bool) -> Option<Stretch> {
    let list = &scene.tokens.list;
    let token = &list[at];
    if token.is(Traits::POST_BOX) {
        if let Some(code) = military(list, at) {
            return Some(Stretch { first: line_start(list, at), last: code, worth: 0.85 });
        }
        list.get(at + 1).filter(|next| next.is_number() && next.gap_len <= 3)?;
        let first = post_box_start(list, at);
        return Some(Stretch { first, last: at + 1, worth: 0.8 });
    }
    if token.is(Traits::UNIT)
        && list
            .get(at + 1)
            .is_some_and(|next| next.is_number() && next.gap_len <= 3 && !next.gap.has(Gap::STOP))
    {
        return Some(unit(scene, at));
    }
    let leads = token.is(Traits::STREET_LEAD);
    if leads && list.get(at + 1).is_some_and(|next| next.is(Traits::PARTICLE)) {
        return street_before(list, at);
    }
    if token.is(Traits::STREET.or(Traits::STREET_WEAK)) && at > 0 {
        let behind = street_behind(scene, at).filter(|stretch| !leads || stretch.worth > 0.45);
        return behind.or_else(|| leads.then(|| street_before(list, at)).flatten());
    }
    if leads {
        return street_before(list, at);
    }
    if token.is_word() && token.len() > 5 && ends_like_street(scene, token) {
        return street_in_one(list, at);
    }
    if token.is(Traits::CORNER) {
        return corner(list, at);
    }
    if token.is_number() && (announced || follows_preposition(list, at)) {
        return announced_number(scene, at);
    }
    None
}

fn ends_like_street(scene: &Scene, token: &Token) -> bool {
    let word = &scene.text.as_bytes()[token.range()];
    let ends_with = |ending: &[u8]| {
        let start = word.len().saturating_sub(ending.len());
        start > 1 && word[start..].eq_ignore_ascii_case(ending)
    };
    !token.is(Traits::COMMON) && ENDINGS.into_iter().any(ends_with)
}

/// "Apartment 5", after a line of names and numbers if one stands before it.
fn unit(scene: &Scene, at: usize) -> Stretch {
    let list = &scene.tokens.list;
    let mut first = at;
    let parts = |token: &Token| {
        token.is_capital() && !token.is(Traits::FUNCTION) || is_number(token) || token.is(Traits::PARTICLE)
    };
    while first > 0 && at - first < LEFT_MAX {
        let (gap, before) = (list[first].gap, &list[first - 1]);
        let lines = Gap::SPACE.or(Gap::DOT).or(Gap::DASH).or(if first == at {
            Gap::COMMA.or(Gap::NEWLINE)
        } else {
            Gap::SPACE
        });
        if !gap.within(lines) || list[first].gap_len > 3 || !parts(before) {
            break;
        }
        first -= 1;
    }
    let number = (first..at).any(|at| list[at].is_number());
    let name = (first..at).any(|at| list[at].is_capital());
    if number && name {
        return Stretch { first, last: at + 1, worth: 0.8 };
    }
    let follows = at.checked_sub(1).is_some_and(|before| list[before].is_number());
    Stretch { first: at, last: at + 1, worth: if follows || list[at].is_capital() { 0.6 } else { 0.45 } }
}

/// "APO AE 09012": the code after a military post office.
fn military(list: &[Token], at: usize) -> Option<usize> {
    let area = list.get(at + 1).filter(|area| area.is(Traits::STATE) && area.gap == Gap::SPACE)?;
    let code =
        list.get(at + 2).filter(|code| code.is_number() && code.len() == 5 && code.gap == Gap::SPACE)?;
    (area.len() == 2 && code.is_number()).then_some(at + 2)
}

/// The start of a short line that stands right above.
fn line_start(list: &[Token], at: usize) -> usize {
    let above = |token: &Token| {
        token.is_capital() || token.is_number() || token.is(Traits::POST_BOX.or(Traits::UNIT))
    };
    let mut first = at;
    while first > 0 && at - first < LEFT_MAX && above(&list[first - 1]) {
        let gap = list[first].gap;
        let fits =
            if first == at { Gap::NEWLINE.or(Gap::SPACE).or(Gap::COMMA) } else { Gap::SPACE.or(Gap::COMMA) };
        if !gap.within(fits) {
            break;
        }
        first -= 1;
    }
    first
}

/// "The corner of 5th Street and Main".
fn corner(list: &[Token], at: usize) -> Option<Stretch> {
    let of = list.get(at + 1).filter(|of| of.hash == OF)?;
    let mut last = at + 1;
    for (index, token) in list.iter().enumerate().skip(at + 2).take(2 * RIGHT_MAX) {
        let name = token.is_capital()
            || is_number(token)
            || token.is(STREETS)
            || token.is(Traits::PARTICLE)
            || token.kind == Kind::Foreign
            || token.is_word() && !token.is(Traits::COMMON.or(Traits::FUNCTION));
        if token.gap.has(Gap::STOP.or(Gap::NEWLINE).or(Gap::COMMA)) || !(name || token.hash == AND) {
            break;
        }
        if token.hash != AND {
            last = index;
        }
    }
    let the = at.checked_sub(1).filter(|&the| list[the].hash == THE);
    (last > at + 1 && of.is_word()).then_some(Stretch { first: the.unwrap_or(at), last, worth: 0.6 })
}

/// "At 12 Elm ...": a number after a word for a place, and a name after it.
fn follows_preposition(list: &[Token], at: usize) -> bool {
    let opens_line = at == 0 || list[at].gap.has(Gap::NEWLINE);
    let name = list[at + 1..].iter().take(3).find(|token| !token.is_number());
    let is_name = |name: &Token| {
        name.case == crate::token::Case::Title
            && name.len() > 1
            && name.gap.within(Gap::SPACE.or(Gap::DOT))
            && !name.is(Traits::COMMON
                .or(Traits::FUNCTION)
                .or(Traits::MONTH)
                .or(Traits::WEEKDAY)
                .or(Traits::TITLE))
    };
    let more = || list[at + 1..].iter().take(5).find(|token| !is_name(token)).is_some_and(is_house_number);
    name.is_some_and(is_name) && (after_preposition(list, at) || opens_line && more())
}

fn post_box_start(list: &[Token], at: usize) -> usize {
    // "PSC 1234, Box 5678", "Unit 1 Box 2"
    let before = |n: usize| at.checked_sub(n).map(|before| &list[before]);
    let is_unit = before(1).is_some_and(Token::is_number)
        && before(2).is_some_and(|word| word.is(Traits::UNIT.or(Traits::POST_BOX)));
    if is_unit {
        return at - 2;
    }
    // "12 P.O. Box 5"
    if before(1).is_some_and(|number| number.is_number() && list[at].gap == Gap::SPACE) { at - 1 } else { at }
}

/// "12 Old Mill Road": the words before the word for a street.
fn street_behind(scene: &Scene, at: usize) -> Option<Stretch> {
    let list = &scene.tokens.list;
    let strong = list[at].is(Traits::STREET);
    let first = left_of(list, at, strong);
    if first == at {
        return None;
    }
    let number = (first..at).any(|at| is_number(&list[at]));
    let named = (first..at).any(|at| list[at].is_capital() || list[at].kind == Kind::Foreign);
    let capital = list[at].is_capital();
    let after = list.get(at + 1).is_some_and(is_house_number);
    let worth = match (number || after, named, strong) {
        (true, true, _) if capital || strong => 0.8,
        (true, true, _) => 0.55,
        (true, false, true) => 0.65,
        (true, false, false) => 0.3,
        (false, true, true) if after_preposition(list, first) => 0.55,
        (false, true, true) => 0.45,
        (false, true, false) if capital => 0.35,
        _ => 0.0,
    };
    let last = if after && !number { at + 1 } else { at };
    Some(Stretch { first, last, worth })
}

fn after_preposition(list: &[Token], first: usize) -> bool {
    first
        .checked_sub(1)
        .is_some_and(|before| list[before].is_word() && PREPOSITIONS.contains(&list[before].hash))
}

/// The first token of a name of a street that ends before another.
fn left_of(list: &[Token], at: usize, strong: bool) -> usize {
    let mut first = at;
    while first > 0 && at - first < LEFT_MAX {
        work::step();
        let (token, after) = (&list[first - 1], &list[first]);
        let parted =
            !after.gap.within(Gap::SPACE.or(Gap::DOT).or(Gap::DASH).or(Gap::APOSTROPHE)) || after.gap_len > 2;
        if parted || is_number(&list[first]) && !is_number(token) && first < at && !token.is_capital() {
            break;
        }
        let name = token.is_capital() && !token.is(Traits::FUNCTION);
        let plain = strong && at - first < 3 && !token.is(Traits::FUNCTION) && token.is_word();
        let ordinal = token.is_glued() && token.len() == 2 || token.is(Traits::ORDINAL);
        if !(name || plain || ordinal || is_number(token) || token.is(Traits::PARTICLE) && first < at) {
            break;
        }
        first -= 1;
    }
    // A word in front that has a capital only because a sentence begins is not the name.
    while first < at
        && (list[first].is(Traits::PARTICLE)
            || list[first].is(Traits::COMMON) && list[first + 1..at].iter().any(is_number))
    {
        first += 1;
    }
    first
}

/// "rue de la Paix 12", "ul. Dunajska 5", with the number before or behind.
fn street_before(list: &[Token], at: usize) -> Option<Stretch> {
    let mut last = at;
    for (index, token) in list.iter().enumerate().skip(at + 1).take(RIGHT_MAX) {
        let joined =
            token.gap.within(Gap::SPACE.or(Gap::DOT).or(Gap::DASH).or(Gap::APOSTROPHE).or(Gap::SLASH))
                && token.gap_len <= 2;
        let name = token.is_capital() && !token.is(Traits::FUNCTION.or(Traits::UNIT))
            || !list[at].is_capital()
                && !token.is(Traits::COMMON.or(Traits::FUNCTION).or(Traits::UNIT))
                && token.is_word();
        if !joined || !(name || token.is(Traits::PARTICLE)) {
            break;
        }
        if name {
            last = index;
        }
    }
    if last == at {
        return None;
    }
    let after = list.get(last + 1).is_some_and(is_house_number);
    let before = numbers_before(list, at);
    let has_number = after || before < at;
    let first = before;
    let last = if after { last + 1 } else { last };
    let worth = if has_number { 0.75 } else { 0.35 };
    Some(Stretch { first, last, worth })
}

/// "Hauptstraße 5", "Östbygatan 14", "5 Kaarikatu".
fn street_in_one(list: &[Token], at: usize) -> Option<Stretch> {
    let after = list.get(at + 1).is_some_and(is_house_number);
    let mut first = at;
    while first > 0
        && at - first < 2
        && list[first - 1].is_capital()
        && !list[first - 1].is(Traits::COMMON.or(Traits::FUNCTION))
        && list[first].gap == Gap::SPACE
    {
        first -= 1;
    }
    let first = numbers_before(list, first);
    let before = first < at && is_number(&list[first]);
    let last = if after { at + 1 } else { at };
    let worth = match (after, before, list[at].is_capital()) {
        (true, _, true) => 0.7,
        (true, _, false) => 0.5,
        (_, true, true) => 0.5,
        _ => return None,
    };
    Some(Stretch { first, last, worth })
}

/// A number with a name before or behind it where an address was announced.
fn announced_number(scene: &Scene, at: usize) -> Option<Stretch> {
    let list = &scene.tokens.list;
    let token = &list[at];
    let preposition = follows_preposition(list, at);
    let known = preposition || scene.near(at, at).before(Topics::ADDRESS);
    if token.len() > 6
        || !known
        || scene.near(at, at).is_about(Topics::PHONE.or(Topics::CARD).or(Topics::EMAIL))
    {
        return None;
    }
    let is_name = |token: &Token| {
        (token.is_word() || token.kind == Kind::Foreign)
            && (token.len() > 1 || token.is(STREETS))
            && !token.is(Traits::FUNCTION.or(Traits::COMMON).or(Traits::MONTH))
            && token.topics.is_none()
    };
    let mut first = at;
    while first > 0
        && at - first < 4
        && (is_name(&list[first - 1]) && list[first - 1].is_capital() || list[first - 1].is(Traits::PARTICLE))
        && list[first].gap.within(Gap::SPACE.or(Gap::DOT))
    {
        first -= 1;
    }
    let mut last = at;
    for (index, token) in list.iter().enumerate().skip(at + 1).take(RIGHT_MAX) {
        let joined = token.gap.within(Gap::SPACE.or(Gap::DOT).or(Gap::APOSTROPHE)) && token.gap_len <= 2;
        if !joined || !(is_name(token) || is_house_number(token) || token.is(Traits::PARTICLE)) {
            break;
        }
        last = index;
    }
    // The word for the street is the better sign, and its own anchor.
    if list[first..=last].iter().any(|token| token.is(Traits::STREET)) {
        return None;
    }
    let worth = if preposition { 0.5 } else { 0.3 };
    (first < last).then_some(Stretch { first, last, worth })
}

/// The first of the numbers right before a token.
fn numbers_before(list: &[Token], at: usize) -> usize {
    let mut first = at;
    while first > 0
        && at - first < 2
        && is_number(&list[first - 1])
        && list[first].gap.within(Gap::SPACE.or(Gap::COMMA))
    {
        first -= 1;
    }
    first
}

fn is_number(token: &Token) -> bool {
    token.is_number() && token.len() <= 6 || token.spoken.begins()
}

fn is_house_number(token: &Token) -> bool {
    token.is_number()
        && token.len() <= 5
        && token.gap.within(Gap::SPACE.or(Gap::COMMA).or(Gap::HASH).or(Gap::DOT))
        && token.gap_len <= 2
        && !token.gap.has(Gap::NEWLINE)
}
