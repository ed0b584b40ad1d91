//! Names of persons, by a lexicon of given names and surnames, by what stands around them, and by what names sound like.
//!
//! This is the least sure of the kinds: a name that no list has, without a capital and without a word that announces it, is
//! not found; a town or a firm that is called like a person may be.

mod phrase;
mod sound;

use crate::{
    Entity, lexicon,
    person::phrase::Phrase,
    scene::{Candidate, Scene},
    token::{Gap, Token},
    words::{Topics, Traits},
};

/// Names that are remembered within a text, so that work per name has a bound.
const KNOWN_MAX: usize = 32;
const SURE: f32 = 0.5;

const AND: [u64; 5] = lexicon::hashes(["and", "or", "und", "et", "y"]);
const ARTICLES: [u64; 3] = lexicon::hashes(["the", "a", "an"]);
/// Words before a person rather than a thing.
const COMPANY: [u64; 12] = lexicon::hashes([
    "by", "with", "and", "from", "for", "between", "mother", "father", "brother", "sister", "wife", "husband",
]);

/// Words for a person, after which a name may stand as well as what the person did.
const ROLES: [u64; 10] = lexicon::hashes([
    "customer",
    "client",
    "patient",
    "cardholder",
    "holder",
    "passenger",
    "guest",
    "caller",
    "beneficiary",
    "guardian",
]);

/// Finds names with capitals, names that are announced, and names without capitals that the lexicon knows.
pub(crate) fn find(scene: &Scene, found: &mut Vec<Candidate>) {
    let tokens = scene.tokens;
    let named = tokens.traits.has(Traits::GIVEN.or(Traits::SURNAME));
    if !tokens.has_capitals && !named && tokens.topical.is_empty() && scene.earlier.asked().is_none() {
        return;
    }
    let phrases = phrases(&tokens.list);
    let mut rated: Vec<(Phrase, f32)> = phrases
        .map(|phrase| {
            let confidence = rate(scene, &phrase);
            (phrase, confidence)
        })
        .collect();
    share(&tokens.list, &mut rated);
    let known: Vec<u64> = rated
        .iter()
        .filter(|(phrase, confidence)| phrase.words > 1 && *confidence >= 0.55)
        .flat_map(|(phrase, _)| &tokens.list[phrase.first..=phrase.last])
        .filter(|token| token.len() > 2 && !token.is(Traits::COMMON.or(Traits::FUNCTION)))
        .take(KNOWN_MAX)
        .map(|token| token.hash)
        .collect();
    for (phrase, confidence) in rated {
        let (first, last) = (&tokens.list[phrase.first], &tokens.list[phrase.last]);
        // Who was named in full is later called by one of the names.
        let again = phrase.words == 1 && known.contains(&first.hash);
        let confidence = if again { confidence.max(0.7) } else { confidence };
        if confidence > 0.3 {
            let range = first.start as usize..last.end as usize;
            found.push(Candidate { entity: Entity::Person, range, confidence });
        }
    }
    if !tokens.topical.is_empty() || scene.earlier.asked().has(Topics::NAME) {
        spelled_out(scene, found);
    }
}

/// What stands in one list with a name is likelier one: "Ada, Quill and Brown".
fn share(list: &[Token], rated: &mut [(Phrase, f32)]) {
    for at in 1..rated.len() {
        let (left, right) = (&rated[at - 1].0, &rated[at].0);
        let listed = match right.first - left.last {
            1 => {
                list[right.first].gap.within(Gap::COMMA.or(Gap::SPACE))
                    && list[right.first].gap.has(Gap::COMMA)
            }
            2 => AND.contains(&list[right.first - 1].hash) && list[right.first].gap == Gap::SPACE,
            _ => false,
        };
        let (before, here) = (rated[at - 1].1, rated[at].1);
        if listed && before >= SURE && here < SURE {
            rated[at].1 += 0.25;
        } else if listed && here >= SURE && before < SURE {
            rated[at - 1].1 += 0.25;
        }
    }
}

/// The possible names from left to right.
fn phrases(list: &[Token]) -> impl Iterator<Item = Phrase> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < list.len() {
            if Phrase::cannot_begin(list, at) {
                at += 1;
                continue;
            }
            let phrase = Phrase::at(list, at);
            at = phrase.as_ref().map_or(at, |phrase| phrase.last) + 1;
            if phrase.is_some() {
                return phrase;
            }
        }
        None
    })
}

fn rate(scene: &Scene, phrase: &Phrase) -> f32 {
    let list = &scene.tokens.list;
    let before = before(scene, phrase);
    let text = scene.text;
    let sound = |token: &Token| sound::likeness(&text.as_bytes()[token.range()]);
    if phrase.capitals {
        (phrase.base(list, sound) + before + after(scene, phrase)).min(0.97)
    } else {
        phrase.base_without_capitals(list, before, sound) + before + after(scene, phrase) / 2.0
    }
}

/// What the words before a name are worth.
fn before(scene: &Scene, phrase: &Phrase) -> f32 {
    let list = &scene.tokens.list;
    let Some(at) = phrase.first.checked_sub(1) else {
        let asked = scene.earlier.asked().has(Topics::NAME.or(Topics::CALLED));
        return if asked && list.len() <= phrase.last + 3 { 0.4 } else { alone(list, phrase) };
    };
    let (word, first) = (&list[at], &list[phrase.first]);
    let near = first.gap_len <= 2 && !first.gap.has(Gap::STOP.or(Gap::NEWLINE));
    if near && word.is(Traits::TITLE) && word.len() > 1 && phrase.capitals {
        return 0.5;
    }
    if first.gap.has(Gap::STOP.or(Gap::NEWLINE)) {
        let asked = (at.saturating_sub(1)..=at).any(|at| list[at].topics.has(Topics::NAME));
        return if asked && phrase.last + 1 == list.len() { 0.4 } else { alone(list, phrase) };
    }
    if word.topics.has(Topics::NAME) {
        let may_act = ROLES.contains(&word.hash) && !phrase.capitals && !first.gap.has(Gap::COLON);
        return if may_act { 0.2 } else { 0.5 };
    }
    if word.topics.has(Topics::CALLED) && !first.gap.has(Gap::DOT) {
        return if first.is(Traits::COMMON.or(Traits::FUNCTION)) { 0.2 } else { 0.4 };
    }
    if (at.saturating_sub(2)..=at).any(|at| list[at].topics.has(Topics::NAME)) {
        return 0.3;
    }
    match () {
        () if COMPANY.contains(&word.hash) => 0.1,
        () if ARTICLES.contains(&word.hash) => -0.3,
        () if word.is(Traits::NEAR) && phrase.words == 1 => -0.1,
        () if word.is(Traits::SPEAKING) => 0.05,
        () => 0.0,
    }
}

/// A line that is nothing but a name.
fn alone(list: &[Token], phrase: &Phrase) -> f32 {
    let ends = list.get(phrase.last + 1).is_none_or(|next| next.gap.has(Gap::NEWLINE));
    let begins = phrase.first == 0 || list[phrase.first].gap.has(Gap::NEWLINE);
    if phrase.words > 1 && begins && ends { 0.1 } else { 0.0 }
}

/// What the words after a name are worth.
fn after(scene: &Scene, phrase: &Phrase) -> f32 {
    let list = &scene.tokens.list;
    let Some(next) = list.get(phrase.last + 1) else { return 0.0 };
    let possessive = next.gap == Gap::APOSTROPHE && next.len() == 1;
    if possessive {
        return 0.15;
    }
    if next.gap.within(Gap::SPACE) && next.is(Traits::SPEAKING) {
        return if next.is(Traits::FUNCTION) { 0.15 } else { 0.3 };
    }
    // "Alex: hello", as in a transcript
    let opens_line = phrase.first == 0 || list[phrase.first].gap.has(Gap::NEWLINE);
    if opens_line && next.gap.has(Gap::COLON) && phrase.words <= 2 {
        return 0.4;
    }
    if !next.is_capital() {
        return 0.0;
    }
    let firm = next.is(Traits::ORGANISATION) && next.gap.within(Gap::SPACE.or(Gap::COMMA));
    let between = &scene.text[list[phrase.last].end as usize..next.start as usize];
    let and_firm = next.gap.has(Gap::OTHER) && between.trim() == "&";
    let street = next.is(Traits::STREET) && next.gap == Gap::SPACE;
    if firm || and_firm || street { -0.6 } else { 0.0 }
}

/// "S m i t h": letters after a word for a name.
fn spelled_out(scene: &Scene, found: &mut Vec<Candidate>) {
    let list = &scene.tokens.list;
    let is_letter = |token: &Token| token.is_word() && token.len() == 1;
    let mut at = 0;
    while at < list.len() {
        let gaps = Gap::SPACE.or(Gap::DASH).or(Gap::DOT).or(Gap::COMMA);
        let more =
            list[at..].iter().skip(1).take_while(|token| is_letter(token) && token.gap.within(gaps)).count();
        let last = at + more;
        if is_letter(&list[at]) && more >= 2 && scene.near(at, last).is_about(Topics::NAME.or(Topics::CALLED))
        {
            let range = list[at].start as usize..list[last].end as usize;
            found.push(Candidate { entity: Entity::Person, range, confidence: 0.65 });
        }
        at = last + 1;
    }
}
