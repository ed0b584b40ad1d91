//! Numbers of the United States: social security and taxpayer numbers, bank routing and account numbers.
//!
//! Formats: Social Security Administration (no area 000, 666 or 900 on, no group 00, no serial 0000); IRS Publication 1915
//! (taxpayer numbers begin with 9 and have 50 to 65, 70 to 88, 90 to 92 or 94 to 99 in the middle); American Bankers
//! Association (routing numbers: weights 3, 7, 1).

use std::ops::Range;

use crate::{
    Entity,
    checksum::weighted,
    runs::{Group, Run},
    scene::{Candidate, Scene},
    token::Gap,
    words::Topics,
    work,
};

/// Finds all of them in a run.
pub(crate) fn find(scene: &Scene, run: &Run, found: &mut Vec<Candidate>) {
    for first in 0..run.groups.len() {
        for end in first + 1..=run.groups.len() {
            work::step();
            let groups = &run.groups[first..end];
            match run.digits_of(groups).len() {
                0..9 => continue,
                9 => nine(scene, run, first..end, found),
                _ => break,
            }
        }
    }
    let whole = 0..run.groups.len();
    last_four(scene, run, &whole, found);
    account(scene, run, found);
}

fn nine(scene: &Scene, run: &Run, range: Range<usize>, found: &mut Vec<Candidate>) {
    let groups = &run.groups[range.clone()];
    let digits = run.digits_of(groups);
    let near = scene.near_run(run, &range);
    let partial = if range.len() == run.groups.len() { 0.0 } else { 0.15 };
    let thing = if near.is_thing() { 0.3 } else { 0.0 };
    let mut add = |entity, confidence: f32| {
        let range = groups[0].start..groups[groups.len() - 1].end;
        found.push(Candidate { entity, range, confidence: (confidence - partial - thing).min(0.98) });
    };
    let form = form(groups);
    if is_ssn(digits) {
        add(Entity::UsSsn, form + near.bonus(Topics::SSN, 0.45));
    }
    if is_itin(digits) {
        add(Entity::UsItin, form + near.bonus(Topics::ITIN.or(Topics::SSN), 0.45));
    }
    if is_routing(digits) && near.has(Topics::ROUTING) {
        add(Entity::RoutingNumber, 0.4 + near.bonus(Topics::ROUTING, 0.5));
    }
}

fn form(groups: &[Group]) -> f32 {
    let is_3_2_4 = groups.iter().map(|group| group.len).eq([3, 2, 4]);
    let all = |gap: Gap| groups[1..].iter().all(|group| group.gap == gap);
    match groups {
        [_] => 0.2,
        _ if is_3_2_4 && all(Gap::DASH) => 0.6,
        _ if is_3_2_4 && (all(Gap::SPACE) || all(Gap::DOT)) => 0.45,
        _ if is_3_2_4 => 0.4,
        _ => 0.2,
    }
}

fn is_ssn(digits: &[u8]) -> bool {
    let area = &digits[..3];
    area != [0, 0, 0]
        && area != [6, 6, 6]
        && area[0] != 9
        && digits[3..5] != [0, 0]
        && digits[5..] != [0, 0, 0, 0]
}

fn is_itin(digits: &[u8]) -> bool {
    let middle = digits[3] * 10 + digits[4];
    digits[0] == 9 && matches!(middle, 50..=65 | 70..=88 | 90..=92 | 94..=99)
}

fn is_routing(digits: &[u8]) -> bool {
    let district = digits[0] * 10 + digits[1];
    matches!(district, 0..=12 | 21..=32 | 61..=72 | 80)
        && digits.iter().any(|&digit| digit > 0)
        && weighted(digits, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10)
}

/// "The last four of my social are ...".
fn last_four(scene: &Scene, run: &Run, whole: &Range<usize>, found: &mut Vec<Candidate>) {
    let near = scene.near_run(run, whole);
    if run.digits.len() == 4
        && near.has(Topics::LAST_FOUR)
        && near.has(Topics::SSN)
        && !near.has(Topics::CARD)
    {
        let range = run.groups[0].start..run.groups[whole.end - 1].end;
        found.push(Candidate { entity: Entity::UsSsn, range, confidence: 0.7 });
    }
}

/// An account number has no form of its own: what was said before makes it one.
fn account(scene: &Scene, run: &Run, found: &mut Vec<Candidate>) {
    let digits = run.digits.len();
    let near = scene.near_run(run, &(0..run.groups.len()));
    let last = &run.groups[run.groups.len() - 1];
    if (6..=17).contains(&digits) && near.before(Topics::ACCOUNT) && near.is_about(Topics::ACCOUNT) {
        let confidence = if digits >= 8 { 0.7 } else { 0.6 };
        found.push(Candidate {
            entity: Entity::BankAccount,
            range: run.groups[0].start..last.end,
            confidence,
        });
    }
}
