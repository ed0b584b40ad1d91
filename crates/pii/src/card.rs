//! Payment cards: the number, its security code, its expiry.
//!
//! Number ranges and lengths are those of ISO/IEC 7812 as the networks publish them; a number that fails Luhn's check is
//! none, unless it was read out and speech recognition may have misheard it.

use std::ops::Range;

use crate::{
    Earlier, Entity,
    checksum::luhn,
    runs::{Group, Run},
    scene::{Candidate, Scene},
    token::Gap,
    words::{Topics, Traits},
    work,
};

const DIGITS_MIN: usize = 12;
const DIGITS_MAX: usize = 19;

/// Finds card numbers, whole or in parts.
pub(crate) fn numbers(scene: &Scene, run: &Run, found: &mut Vec<Candidate>) {
    let before = found.len();
    let mut at = 0;
    while at < run.groups.len() {
        match best_window(scene, run, at) {
            Some((range, confidence)) => {
                let (start, end) = (run.groups[range.start].start, run.groups[range.end - 1].end);
                found.push(Candidate { entity: Entity::CreditCard, range: start..end, confidence });
                at = range.end;
            }
            None => at += 1,
        }
    }
    if found.len() == before {
        found.extend(misheard(scene, run).or_else(|| part(scene, run)));
    }
}

/// The likeliest card number that begins at a group.
fn best_window(scene: &Scene, run: &Run, first: usize) -> Option<(Range<usize>, f32)> {
    let mut best: Option<(Range<usize>, f32)> = None;
    for end in first + 1..=run.groups.len() {
        work::step();
        let digits = run.digits_of(&run.groups[first..end]);
        if digits.len() > DIGITS_MAX {
            break;
        }
        if digits.len() < DIGITS_MIN || !luhn(digits) {
            continue;
        }
        let range = first..end;
        let confidence = rate(scene, run, &range);
        if best.as_ref().is_none_or(|(_, other)| confidence >= *other) {
            best = Some((range, confidence));
        }
    }
    best.filter(|(_, confidence)| *confidence > 0.0)
}

fn rate(scene: &Scene, run: &Run, range: &Range<usize>) -> f32 {
    let groups = &run.groups[range.clone()];
    let near = scene.near_run(run, range);
    let whole = range.len() == run.groups.len();
    let is_ragged =
        |inner: &[Group]| inner.iter().any(|group| group.gap.has(Gap::DOT.or(Gap::COMMA).or(Gap::SLASH)));
    let digits = run.digits_of(groups);
    let form = match groups {
        [_] => 0.6_f32,
        _ if is_grouped(groups) => 0.65,
        _ if whole => 0.55,
        _ => 0.3,
    };
    let short = if digits.len() < 13 { 0.15 } else { 0.0 };
    // A range that is not known may be new, but then a card must be spoken of.
    let unknown = match (is_issued(digits), near.has(Topics::CARD)) {
        (true, _) => 0.0,
        (false, true) if digits.len() >= 13 && digits.iter().any(|digit| *digit != digits[0]) => 0.2,
        _ => 1.0,
    };
    let ragged = if is_ragged(&groups[1..]) && !is_grouped(groups) { 0.15 } else { 0.0 };
    let thing = if near.is_thing() && !near.before(Topics::CARD) { 0.35 } else { 0.0 };
    (form - short - ragged - thing - unknown + near.bonus(Topics::CARD, 0.4)).min(0.99)
}

/// Whether the groups are those that are printed on cards.
fn is_grouped(groups: &[Group]) -> bool {
    let lens = || groups.iter().map(|group| group.len);
    lens().eq([4, 6, 5])
        || lens().eq([4, 6, 4])
        || groups.len() >= 3
            && lens().take(groups.len() - 1).all(|len| len == 4)
            && lens().all(|len| len <= 4)
}

/// Whether a network issues numbers of this beginning and length.
fn is_issued(digits: &[u8]) -> bool {
    let lead = digits[..6].iter().fold(0_u32, |value, &digit| value * 10 + u32::from(digit));
    let len = digits.len();
    match lead {
        // Visa
        400_000..=499_999 => matches!(len, 13 | 16 | 19),
        // Mastercard
        510_000..=559_999 | 222_100..=272_099 => len == 16,
        // American Express
        340_000..=349_999 | 370_000..=379_999 => len == 15,
        // Diners Club
        300_000..=305_999 | 309_500..=309_599 | 360_000..=369_999 | 380_000..=399_999 => {
            (14..=19).contains(&len)
        }
        // JCB
        352_800..=358_999 => (16..=19).contains(&len),
        180_000..=180_099 | 213_100..=213_199 => len == 15,
        // Discover, UnionPay, RuPay
        601_100..=601_199 | 644_000..=659_999 | 620_000..=629_999 | 810_000..=817_199 => {
            (16..=19).contains(&len)
        }
        // Mir
        220_000..=220_499 => (16..=19).contains(&len),
        // Maestro
        500_000..=509_999 | 560_000..=589_999 | 600_000..=699_999 => (12..=19).contains(&len),
        // UATP
        100_000..=199_999 => len == 15,
        _ => false,
    }
}

/// Sixteen digits that were read out as a card's, one of them wrong.
fn misheard(scene: &Scene, run: &Run) -> Option<Candidate> {
    let whole = 0..run.groups.len();
    let near = scene.near_run(run, &whole);
    let is_card = (15..=16).contains(&run.digits.len()) && is_issued(&run.digits);
    (run.is_spoken() && is_card && near.is_about(Topics::CARD))
        .then(|| candidate(run, Entity::CreditCard, 0.55))
}

/// Some digits of a card's number, read out in answer to what was asked.
fn part(scene: &Scene, run: &Run) -> Option<Candidate> {
    let near = scene.near_run(run, &(0..run.groups.len()));
    let whole = [scene.earlier.digits(), &run.digits].concat();
    let reading = Earlier::is_reading(scene.tokens, run);
    if !reading || !(2..=DIGITS_MAX).contains(&run.digits.len()) {
        return None;
    }
    let ends_card = (DIGITS_MIN..=DIGITS_MAX).any(|len| {
        let Some(from) = whole.len().checked_sub(len) else { return false };
        len > run.digits.len() && is_issued(&whole[from..]) && luhn(&whole[from..])
    });
    if ends_card {
        let bonus = if near.has(Topics::CARD) { 0.3 } else { 0.0 };
        return Some(candidate(run, Entity::CreditCard, 0.6 + bonus));
    }
    // By themselves the last four tell which card is meant, and are no secret.
    let last_four = Topics::LAST_FOUR;
    if scene.earlier.topics().has(last_four) || near.has(last_four) {
        return None;
    }
    let goes_on = scene.tokens.topical.is_empty() && !scene.earlier.digits().is_empty();
    let asked = (near.is_about(Topics::CARD) || goes_on)
        && !near.is_about(Topics::CVV.or(Topics::EXPIRY).or(Topics::THING));
    let plausible = (3..=8).contains(&run.digits.len()) || whole.len() >= 8;
    (asked && plausible && scene.earlier.topics().has(Topics::CARD))
        .then(|| candidate(run, Entity::CreditCard, 0.55))
}

/// Finds security codes: three or four digits where one is spoken of.
pub(crate) fn security_codes(scene: &Scene, run: &Run, found: &mut Vec<Candidate>) {
    for (at, window) in windows(run, 3..=4) {
        let near = scene.near_run(run, &at);
        if near.is_about(Topics::CVV) && !window.is_empty() {
            found.push(Candidate { entity: Entity::Cvv, range: span(run, &at), confidence: 0.8 });
        } else if near.before(Topics::CVV) && !near.is_about(Topics::EXPIRY) && at.len() == 1 {
            found.push(Candidate { entity: Entity::Cvv, range: span(run, &at), confidence: 0.5 });
        }
    }
}

/// Finds the month and year until which a card is good, where that is spoken of.
pub(crate) fn expiries(scene: &Scene, run: &Run, found: &mut Vec<Candidate>) {
    for (at, digits) in windows(run, 3..=6) {
        let near = scene.near_run(run, &at);
        let groups = &run.groups[at.clone()];
        let slash = groups.len() == 2 && groups[1].gap.has(Gap::SLASH.or(Gap::DASH));
        let about = near.is_about(Topics::EXPIRY) || near.has(Topics::EXPIRY) && slash;
        if is_month_and_year(digits) && (about || slash && groups[0].len == 2 && near.is_about(Topics::CARD))
        {
            found.push(Candidate { entity: Entity::CardExpiry, range: span(run, &at), confidence: 0.8 });
            return;
        }
    }
    // "september twenty seven"
    for (at, digits) in windows(run, 2..=4) {
        let token = run.groups[at.start].token;
        let month = token.checked_sub(1).map(|before| &scene.tokens.list[before]);
        let Some(month) = month.filter(|month| month.is(Traits::MONTH)) else { continue };
        if is_year(digits) && scene.near(token - 1, token).is_about(Topics::EXPIRY) {
            let range = month.start as usize..span(run, &at).end;
            found.push(Candidate { entity: Entity::CardExpiry, range, confidence: 0.8 });
        }
    }
}

fn is_month_and_year(digits: &[u8]) -> bool {
    let month = |month: &[u8]| (1..=12).contains(&month.iter().fold(0, |value, digit| value * 10 + digit));
    match digits.len() {
        3 => month(&digits[..1]) && is_year(&digits[1..]),
        4 | 6 => month(&digits[..2]) && is_year(&digits[2..]),
        5 => month(&digits[..1]) && is_year(&digits[1..]),
        _ => false,
    }
}

fn is_year(digits: &[u8]) -> bool {
    match digits {
        [2, 0, tens, _] | [tens, _] => (1..=4).contains(tens),
        _ => false,
    }
}

/// The stretches of groups whose digits are so many, from left to right, no group twice.
fn windows(run: &Run, lens: std::ops::RangeInclusive<usize>) -> Vec<(Range<usize>, &[u8])> {
    let (mut found, mut at) = (Vec::new(), 0);
    while at < run.groups.len() {
        // A spoken code is many groups; a written one is one or two.
        let ends = (at + 1..=run.groups.len()).take(*lens.end());
        let fitting = ends.filter(|&end| lens.contains(&run.digits_of(&run.groups[at..end]).len()));
        match fitting.last() {
            Some(end) => {
                found.push((at..end, run.digits_of(&run.groups[at..end])));
                at = end;
            }
            None => at += 1,
        }
    }
    found
}

fn span(run: &Run, groups: &Range<usize>) -> Range<usize> {
    run.groups[groups.start].start..run.groups[groups.end - 1].end
}

fn candidate(run: &Run, entity: Entity, confidence: f32) -> Candidate {
    Candidate { entity, range: span(run, &(0..run.groups.len())), confidence }
}
