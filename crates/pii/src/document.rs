//! Passport and driving licence numbers: codes without a common form, found where they are spoken of.

use crate::{
    Entity,
    scene::{Candidate, Scene},
    spoken::Spoken,
    token::{Gap, Token},
    words::Topics,
};

const CHARACTERS_MAX: usize = 20;

/// Finds codes near the words for a passport or a licence.
pub(crate) fn find(scene: &Scene, found: &mut Vec<Candidate>) {
    let list = &scene.tokens.list;
    let mut at = 0;
    while at < list.len() {
        let code = Code::at(list, at);
        if let Some(entity) = code.as_ref().and_then(|code| code.kind(scene)) {
            let range =
                list[at].start as usize..list[code.as_ref().map_or(at, |code| code.last)].end as usize;
            found.push(Candidate { entity, range, confidence: 0.75 });
        }
        at = code.map_or(at, |code| code.last) + 1;
    }
}

struct Code {
    first: usize,
    last: usize,
    characters: usize,
    digits: usize,
}

impl Code {
    /// The code that begins with a token.
    fn at(list: &[Token], first: usize) -> Option<Self> {
        let begins = list[first].is_number()
            || list[first].spoken.begins()
            || list[first].is_word() && {
                let letters = list[first].case == crate::token::Case::Upper || list[first].len() <= 2;
                letters
                    && list
                        .get(first + 1)
                        .is_some_and(|next| next.is_number() || next.spoken.begins() || next.len() == 1)
            };
        if !begins {
            return None;
        }
        let mut code = Self { first, last: first, characters: 0, digits: 0 };
        for (at, token) in list.iter().enumerate().skip(first) {
            if at > first && !continues(token) || code.characters >= CHARACTERS_MAX {
                break;
            }
            let (characters, digits) = match token.spoken {
                _ if token.is_number() => (token.len(), token.len()),
                Spoken::Digit(_) => (1, 1),
                Spoken::Teen(_) | Spoken::Tens(_) => (2, 2),
                Spoken::Times(_) => (0, 0),
                _ => (token.len(), 0),
            };
            code.last = at;
            code.characters += characters;
            code.digits += digits;
        }
        Some(code)
    }

    fn kind(&self, scene: &Scene) -> Option<Entity> {
        let near = scene.near(self.first, self.last);
        if (6..=12).contains(&self.characters) && self.digits >= 5 && near.is_about(Topics::PASSPORT) {
            return Some(Entity::Passport);
        }
        let is_license =
            (5..=18).contains(&self.characters) && self.digits >= 4 && near.is_about(Topics::LICENSE);
        is_license.then_some(Entity::DriverLicense)
    }
}

fn continues(token: &Token) -> bool {
    let part = token.is_number() || token.len() == 1 || token.spoken.begins();
    token.is_glued()
        || token.gap == Gap::DASH && token.gap_len == 1
        || token.gap.within(Gap::SPACE) && token.gap_len == 1 && part
}
