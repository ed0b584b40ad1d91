//! Dates of birth: a date where a birth is spoken of. A date by itself is nobody's.

use crate::{
    Entity,
    checksum::is_day,
    lexicon,
    runs::Run,
    scene::{Candidate, Scene},
    token::{Gap, Token},
    words::{Topics, Traits},
};

const JOINTS: [u64; 7] = lexicon::hashes(["of", "the", "de", "th", "st", "nd", "rd"]);
const TOKENS_MAX: usize = 9;
/// The most groups of a date, each a digit that is read out.
const GROUPS_MAX: usize = 8;

/// Finds dates with a month's name.
pub(crate) fn named(scene: &Scene, found: &mut Vec<Candidate>) {
    let list = &scene.tokens.list;
    for month in (0..list.len()).filter(|&at| list[at].is(Traits::MONTH)) {
        let first = extend_left(list, month);
        let last = extend_right(list, month);
        let is_date = (first..=last).any(|at| at != month && is_number(&list[at]));
        if is_date && scene.near(first, last).is_about(Topics::BIRTH) {
            let range = list[first].start as usize..list[last].end as usize;
            found.push(Candidate { entity: Entity::DateOfBirth, range, confidence: 0.85 });
        }
    }
}

fn is_number(token: &Token) -> bool {
    token.is_number() && token.len() <= 4 || token.spoken.begins() || token.is(Traits::ORDINAL)
}

fn is_joint(token: &Token) -> bool {
    JOINTS.contains(&token.hash)
}

fn parts(token: &Token) -> bool {
    token.gap.has(Gap::STOP.or(Gap::NEWLINE).or(Gap::COLON).or(Gap::OTHER))
}

fn extend_left(list: &[Token], month: usize) -> usize {
    let mut first = month;
    for at in (month.saturating_sub(4)..month).rev() {
        if parts(&list[at + 1]) || !(is_number(&list[at]) || is_joint(&list[at])) {
            break;
        }
        if is_number(&list[at]) {
            first = at;
        }
    }
    first
}

fn extend_right(list: &[Token], month: usize) -> usize {
    let mut last = month;
    for (at, token) in list.iter().enumerate().skip(month + 1).take(TOKENS_MAX) {
        if parts(token) || !(is_number(token) || is_joint(token)) {
            break;
        }
        if is_number(token) || token.is_glued() {
            last = at;
        }
    }
    last
}

/// Finds dates of digits alone: "14/03/1985", "1985-03-14", "oh three fourteen eighty five".
pub(crate) fn numeric(scene: &Scene, run: &Run, found: &mut Vec<Candidate>) {
    for first in 0..run.groups.len() {
        for end in (first + 1..=run.groups.len().min(first + GROUPS_MAX)).rev() {
            let groups = &run.groups[first..end];
            let mut lens = [0; GROUPS_MAX];
            lens.iter_mut().zip(groups).for_each(|(len, group)| *len = group.len);
            let lens = &lens[..groups.len()];
            let digits = run.digits_of(groups);
            let spoken = groups.iter().any(|group| group.spoken);
            let is_written = matches!(lens, [4, 1..=2, 1..=2] | [1..=2, 1..=2, 2 | 4])
                || lens == [8] && is_date(lens, groups, run);
            let is_date =
                is_written && is_date(lens, groups, run) || spoken && (6..=8).contains(&digits.len());
            let near = scene.near(groups[0].token, groups[groups.len() - 1].token);
            if is_date && near.is_about(Topics::BIRTH) {
                let range = groups[0].start..groups[groups.len() - 1].end;
                found.push(Candidate { entity: Entity::DateOfBirth, range, confidence: 0.85 });
                return;
            }
        }
    }
}

fn is_date(lens: &[usize], groups: &[crate::runs::Group], run: &Run) -> bool {
    let digits = run.digits_of(groups);
    let value = |from: usize, len: usize| crate::checksum::value(&digits[from..from + len]);
    let day = |a: u64, b: u64| is_day(a, b) || is_day(b, a);
    match *lens {
        [8] => day(value(0, 2), value(2, 2)) || is_day(value(4, 2), value(6, 2)),
        [4, b, c] => is_day(value(4, b), value(4 + b, c)),
        [a, b, _] => day(value(0, a), value(a, b)),
        _ => false,
    }
}
