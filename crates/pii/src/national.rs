//! National numbers of persons: those of digits alone are in `digits`, those with letters in `letters`.
//!
//! Each is known by its form and check digits, and is sure where its name stands near. A country whose numbers have neither
//! (a form, a check) is found in context alone.

mod digits;
mod letters;

use std::ops::Range;

use crate::{
    Entity, lexicon,
    runs::Run,
    scene::{Candidate, Scene},
    spelled::Spelled,
    words::Topics,
};

/// How far before and after the number its name is looked for, in tokens.
const NAME_BEFORE: usize = 10;
const NAME_AFTER: usize = 4;

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

/// Finds numbers of digits alone in a run: the whole, or as many groups as a written number has.
pub(crate) fn in_run(scene: &Scene, run: &Run, found: &mut Vec<Candidate>) {
    for (scheme, form) in digits::ALL {
        for range in stretches(run, form.lens) {
            let groups = &run.groups[range.clone()];
            let digits = run.digits_of(groups);
            if !(form.check)(digits) {
                continue;
            }
            let printed = !form.groups.is_empty()
                && groups.iter().map(|group| group.len).eq(form.groups.iter().copied());
            let bonus = if printed {
                0.2
            } else if range.len() < run.groups.len() {
                -0.2
            } else {
                0.0
            };
            let last = &groups[groups.len() - 1];
            let confidence = scheme.rate(scene, groups[0].token, last.token, bonus);
            let range = groups[0].start..last.end;
            found.push(Candidate { entity: scheme.entity.clone(), range, confidence });
        }
    }
}

/// Stretches of groups that have as many digits as asked.
fn stretches<'r>(run: &'r Run, lens: &'r [usize]) -> impl Iterator<Item = Range<usize>> + 'r {
    let most = lens.iter().copied().max().unwrap_or_default();
    (0..run.groups.len()).flat_map(move |first| {
        let ends = first + 1..=run.groups.len().min(first + most);
        ends.map(move |end| first..end)
            .filter(move |range| lens.contains(&run.digits_of(&run.groups[range.clone()]).len()))
    })
}

/// Finds the number with letters that begins with a token, and tells the token after it.
pub(crate) fn with_letters(scene: &Scene, first: usize) -> Option<(Candidate, usize)> {
    let list = &scene.tokens.list;
    let spelled = Spelled::from(scene.text, list, first, letters::LEN_MAX);
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
