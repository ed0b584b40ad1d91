//! National numbers of persons: those of digits alone are in `digits`, those with letters in `letters`.
//!
//! Each is known by its form and check digits, and is sure where its name stands near. A country whose numbers have neither
//! (a form, a check) is found in context alone.

mod digits;
mod letters;

use std::{ops::Range, sync::LazyLock};

use crate::{
    Entity, lexicon,
    runs::Run,
    scene::{Candidate, Scene},
    spelled::Spelled,
    words::Topics,
    work,
};

/// How far before and after the number its name is looked for, in tokens.
const NAME_BEFORE: usize = 10;
const NAME_AFTER: usize = 4;
/// Digits of the longest number.
const DIGITS_MAX: usize = 15;

/// A kind of national number.
struct Scheme {
    entity: Entity,
    /// Its own names, each one word.
    names: &'static [&'static str],
    /// How sure it is with nothing said about it.
    alone: f32,
}

impl Scheme {
    /// How sure a number of its form is between two tokens.
    fn rate(&self, scene: &Scene, first: usize, last: usize, bonus: f32) -> f32 {
        let near = scene.near(first, last);
        let sure = if self.is_named(scene, first, last) {
            0.95
        } else if near.is_about(Topics::NATIONAL) {
            0.7
        } else if near.is_about(Topics::PHONE.or(Topics::CARD).or(Topics::THING).or(Topics::ACCOUNT)) {
            self.alone + bonus - 0.35
        } else {
            self.alone + bonus
        };
        sure.min(0.98)
    }

    fn is_named(&self, scene: &Scene, first: usize, last: usize) -> bool {
        let list = &scene.tokens.list;
        let around = list[first.saturating_sub(NAME_BEFORE)..first]
            .iter()
            .chain(list.iter().skip(last + 1).take(NAME_AFTER));
        let mut words = around.filter(|token| token.is_word());
        words.any(|token| self.names.iter().any(|name| lexicon::hash(name.as_bytes()) == token.hash))
    }
}

/// The schemes by how many digits their numbers have.
static BY_LEN: LazyLock<[Vec<&(Scheme, digits::Form)>; DIGITS_MAX + 1]> = LazyLock::new(|| {
    std::array::from_fn(|len| digits::ALL.iter().filter(|(_, form)| form.lens.contains(&len)).collect())
});

/// Finds numbers of digits alone in a run: the whole, or as many groups as a written number has.
pub(crate) fn in_run(scene: &Scene, run: &Run, found: &mut Vec<Candidate>) {
    for first in 0..run.groups.len() {
        for end in first + 1..=run.groups.len() {
            work::step();
            let digits = run.digits_of(&run.groups[first..end]);
            if digits.len() > DIGITS_MAX {
                break;
            }
            let schemes = BY_LEN[digits.len()].iter().filter(|(_, form)| (form.check)(digits));
            found.extend(schemes.map(|(scheme, form)| in_groups(scene, run, first..end, scheme, form)));
        }
    }
}

fn in_groups(
    scene: &Scene,
    run: &Run,
    range: Range<usize>,
    scheme: &Scheme,
    form: &digits::Form,
) -> Candidate {
    let groups = &run.groups[range.clone()];
    let printed =
        !form.groups.is_empty() && groups.iter().map(|group| group.len).eq(form.groups.iter().copied());
    let bonus = match () {
        () if printed => 0.2,
        () if range.len() < run.groups.len() => -0.2,
        () => 0.0,
    };
    let (start, last) = (groups[0].start, &groups[groups.len() - 1]);
    let confidence = scheme.rate(scene, groups[0].token, last.token, bonus);
    Candidate { entity: scheme.entity.clone(), range: start..last.end, confidence }
}

/// Finds the number with letters that is spelled from a token on, and tells the token after it.
pub(crate) fn with_letters(scene: &Scene, first: usize, spelled: &Spelled) -> Option<(Candidate, usize)> {
    let list = &scene.tokens.list;
    letters::ALL.iter().find_map(|(scheme, len, check)| {
        let end = spelled.end_of(*len)?;
        if !check(spelled.characters.get(..*len)?) {
            return None;
        }
        let last = spelled.token_of(*len);
        // Several words that happen to spell one are none unless it is named.
        let parted = list[first + 1..=last]
            .iter()
            .any(|token| token.is_word() && token.len() > 1 && !token.is_glued());
        let confidence = scheme.rate(scene, first, last, if parted { -0.5 } else { 0.0 });
        let range = list[first].start as usize..end;
        Some((Candidate { entity: scheme.entity.clone(), range, confidence }, last + 1))
    })
}
