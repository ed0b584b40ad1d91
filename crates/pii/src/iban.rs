//! International bank account numbers, ISO 13616: a country, two check digits, and as many characters as it has there.

use crate::{
    Entity,
    checksum::mod97,
    scene::{Candidate, Scene},
    spelled::Spelled,
    words::Topics,
};

/// The countries of SWIFT's registry, and how long their numbers are.
const LENGTHS: &str = "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 \
    EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 \
    LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 \
    QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30";

/// Finds the number that is spelled from a token on, and tells the token after it.
pub(crate) fn find(scene: &Scene, first: usize, spelled: &Spelled) -> Option<(Candidate, usize)> {
    let list = &scene.tokens.list;
    let token = &list[first];
    let next = list.get(first + 1)?;
    let is_country = token.is_word() && token.len() <= 2 && !(first > 0 && token.is_glued());
    if !is_country || !(next.is_number() || next.spoken.begins() || next.len() == 1) {
        return None;
    }
    let characters = &spelled.characters;
    let len = length(characters.get(..2)?)?;
    let code = characters.get(..len)?;
    let (head, body) = code.split_at(4);
    let right =
        mod97(body.iter().chain(head).copied()) == Some(1) && head[2..].iter().all(u8::is_ascii_digit);
    let end = spelled.end_of(len)?;
    let range = token.start as usize..end;
    let last = spelled.token_of(len);
    if right {
        return Some((Candidate { entity: Entity::Iban, range, confidence: 0.98 }, last + 1));
    }
    // Misheard or mistyped, but said to be one.
    let digits = code.iter().filter(|c| c.is_ascii_digit()).count();
    let said = head[2..].iter().all(u8::is_ascii_digit)
        && digits * 2 > len
        && scene.near(first, last).is_about(Topics::IBAN);
    said.then_some((Candidate { entity: Entity::Iban, range, confidence: 0.55 }, last + 1))
}

fn length(country: &[u8]) -> Option<usize> {
    LENGTHS.split_ascii_whitespace().find(|entry| entry.as_bytes().starts_with(country))?[2..].parse().ok()
}
