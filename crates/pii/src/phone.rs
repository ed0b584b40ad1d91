//! Telephone numbers as they are written and read out, in the plans of many regions.
//!
//! Which numbers a region has is in `plan`; here is how a number is set off from the text, and how sure it is.

mod plan;

use std::ops::Range;

use crate::{
    Entity, lexicon,
    runs::{Group, Run},
    scene::{Candidate, Near, Scene},
    token::{Gap, Token},
    words::Topics,
};

const PLUS: u64 = lexicon::hash(b"plus");
const EXTENSIONS: [u64; 4] = lexicon::hashes(["x", "ext", "extension", "extn"]);
const DIGITS_MIN: usize = 7;
const DIGITS_MAX: usize = 15;

/// Finds the numbers in a run, the longest first, each line by itself.
pub(crate) fn find(scene: &Scene, run: &Run, found: &mut Vec<Candidate>) {
    let groups = &run.groups;
    let mut first = 0;
    while first < groups.len() {
        let line = groups[first + 1..]
            .iter()
            .position(|group| group.gap.has(Gap::NEWLINE))
            .map_or(groups.len(), |n| first + 1 + n);
        find_in_line(scene, run, first..line, found);
        first = line;
    }
}

fn find_in_line(scene: &Scene, run: &Run, line: Range<usize>, found: &mut Vec<Candidate>) {
    let plus = has_plus(scene, run, line.start);
    let end = without_extension(scene, run, &line);
    let all = line.start..end;
    let mut best = rate(scene, run, &all, plus, true).map(|confidence| (all.clone(), confidence));
    if best.as_ref().is_none_or(|(_, confidence)| *confidence < 0.5) && all.len() > 1 {
        let parts = (all.start..all.end)
            .flat_map(|first| (first + 1..=all.end.min(first + DIGITS_MAX)).map(move |end| first..end));
        for part in parts.take(200) {
            let Some(confidence) = rate(scene, run, &part, plus && part.start == line.start, false) else {
                continue;
            };
            if best.as_ref().is_none_or(|(_, other)| confidence > *other) {
                best = Some((part, confidence));
            }
        }
    }
    if let Some((range, confidence)) = best.filter(|(_, confidence)| *confidence > 0.0) {
        let start = with_lead(scene.text, run.groups[range.start].start, plus && range.start == line.start);
        let end = with_extension(scene, run, &range, &line);
        found.push(Candidate { entity: Entity::Phone, range: start..end, confidence });
    }
}

/// How likely some groups are a whole number; none if they cannot be.
fn rate(scene: &Scene, run: &Run, range: &Range<usize>, plus: bool, whole: bool) -> Option<f32> {
    let groups = &run.groups[range.clone()];
    let digits = run.digits_of(groups);
    if !(DIGITS_MIN..=DIGITS_MAX).contains(&digits.len()) {
        return None;
    }
    let near = scene.near_run(run, range);
    let form = if plus { international(digits) } else { national(digits, groups) }?;
    let part = if whole { 0.0 } else { 0.25 };
    let ragged = if is_ragged(groups) { 0.15 } else { 0.0 };
    Some((form - part - ragged - thing(&near) + near.bonus(Topics::PHONE, 0.4)).min(0.98))
}

fn thing(near: &Near) -> f32 {
    let others = Topics::CARD.or(Topics::SSN).or(Topics::ITIN).or(Topics::ACCOUNT).or(Topics::ROUTING);
    let others = others.or(Topics::PASSPORT).or(Topics::LICENSE).or(Topics::NHS).or(Topics::NATIONAL);
    if near.is_about(Topics::PHONE) {
        0.0
    } else if near.is_thing() {
        0.6
    } else if near.is_about(others) {
        0.3
    } else {
        0.0
    }
}

fn international(digits: &[u8]) -> Option<f32> {
    if plan::is_international(digits) {
        Some(0.85)
    } else {
        (plan::has_country_code(digits) && digits.len() >= 8).then_some(0.6)
    }
}

fn national(digits: &[u8], groups: &[Group]) -> Option<f32> {
    let spoken = groups.iter().any(|group| group.spoken);
    let parted = groups.len() >= 2 && (groups.len() <= 6 || spoken);
    // 00 and 011 lead abroad; 001 is often written for +1.
    let abroad = [&[0, 0][..], &[0, 1, 1]].iter().any(|lead| {
        digits
            .strip_prefix(*lead)
            .is_some_and(|rest| plan::is_international(rest) || rest[0] == 1 && rest.len() == 11)
    });
    if abroad {
        return Some(0.7);
    }
    let is_american = digits.len() == 10 || digits.len() == 11 && digits[0] == 1;
    let lens_from_last = groups.iter().rev().map(|group| group.len);
    let american_form = (3..=4).contains(&groups.len())
        && lens_from_last.take(3).eq([4, 3, 3])
        && groups[groups.len() - 1].gap.within(Gap::DASH.or(Gap::DOT).or(Gap::SPACE));
    let area = groups.len() >= 2 && groups[1].gap.has(Gap::PAREN);
    let score =
        if is_american && (american_form || area && groups.len() == 3) && digits[digits.len() - 10] >= 2 {
            if plan::is_north_american(&digits[digits.len() - 10..]) { 0.65 } else { 0.5 }
        } else if plan::is_national(digits) {
            match (digits[0] == 0, parted, digits.len()) {
                _ if area => 0.6,
                (true, true, 9..) => 0.55,
                (true, false, 10..=11) => 0.4,
                (_, true, 9..) => 0.35,
                (_, true, _) => 0.3,
                _ => 0.25,
            }
        } else if digits.len() <= 12 {
            if area {
                0.45
            } else if parted {
                0.2
            } else {
                0.15
            }
        } else {
            return None;
        };
    Some(score)
}

/// Whether separators change from place to place as in no telephone number, or lines and lists are run together.
fn is_ragged(groups: &[Group]) -> bool {
    let inner = &groups[1..];
    let spoken = groups.iter().any(|group| group.spoken);
    let comma = inner.iter().any(|group| group.gap.has(Gap::COMMA)) && !spoken;
    let sentence = inner.iter().any(|group| group.gap == Gap::DOT.or(Gap::SPACE)) && !spoken;
    let singles = groups.iter().filter(|group| group.len == 1).count();
    comma || sentence || groups.len() > 7 && !spoken && singles < groups.len() || is_date(groups)
}

/// Days and spans of years are parted like numbers.
fn is_date(groups: &[Group]) -> bool {
    let lens = || groups.iter().map(|group| group.len);
    let slash = groups.len() == 3
        && groups[1].gap == groups[2].gap
        && groups[1].gap.within(Gap::SLASH.or(Gap::DASH).or(Gap::DOT));
    slash
        && lens().all(|len| matches!(len, 1 | 2 | 4))
        && lens().filter(|&len| len == 4).count() == 1
        && lens().sum::<usize>() <= 8
}

fn has_plus(scene: &Scene, run: &Run, first: usize) -> bool {
    let group = &run.groups[first];
    let gap = if first == 0 { run.lead } else { group.gap };
    let before = group.token.checked_sub(1).map(|before| &scene.tokens.list[before]);
    gap.has(Gap::PLUS) || before.is_some_and(|word| word.is_word() && word.hash == PLUS)
}

/// A leading plus or bracket belongs to the number.
fn with_lead(text: &str, start: usize, plus: bool) -> usize {
    let before = &text[..start];
    let lead = before.trim_end_matches(['(', '+', ' ']);
    let taken = &before[lead.len()..];
    if plus && taken.is_empty() {
        return before.trim_end().trim_end_matches(|c: char| c.is_ascii_alphabetic()).len();
    }
    lead.len() + taken.len() - taken.trim_start().len()
}

/// The end of the groups that are no extension.
fn without_extension(scene: &Scene, run: &Run, line: &Range<usize>) -> usize {
    let is_mark = |at: &usize| {
        let before: &Token = &scene.tokens.list[run.groups[*at].token - 1];
        before.is_word() && before.len() == 1 && before.is_glued()
    };
    (line.start + 1..line.end).find(is_mark).unwrap_or(line.end)
}

/// The end of a number and of the extension that follows it: "x12", "ext. 12", "extension 12".
fn with_extension(scene: &Scene, run: &Run, range: &Range<usize>, line: &Range<usize>) -> usize {
    let last = &run.groups[range.end - 1];
    if range.end < line.end {
        return last.end;
    }
    let list = &scene.tokens.list;
    match (list.get(last.token + 1), list.get(last.token + 2)) {
        (Some(mark), Some(number))
            if mark.is_word()
                && EXTENSIONS.contains(&mark.hash)
                && number.is_number()
                && number.len() <= 6
                && mark.gap_len <= 2
                && number.gap_len <= 2 =>
        {
            number.end as usize
        }
        _ => last.end,
    }
}
