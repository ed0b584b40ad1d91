//! E-mail addresses, written (RFC 5321, loosely) and read out: "j o h n at gmail dot com".

use std::ops::Range;

use crate::{
    Entity, lexicon,
    scene::{Candidate, Scene},
    spoken::Spoken,
    token::{Gap, Token},
    words::{Topics, Traits},
    work,
};

const AT: u64 = lexicon::hash(b"at");
const DOTS: [u64; 3] = lexicon::hashes(["dot", "point", "period"]);
const JOINTS: [u64; 4] = lexicon::hashes(["underscore", "dash", "hyphen", "plus"]);

const LOCAL_MAX: usize = 64;
const DOMAIN_MAX: usize = 255;
const SPOKEN_WORDS_MAX: usize = 24;

/// Finds what is written around each @.
pub(crate) fn written(scene: &Scene, found: &mut Vec<Candidate>) {
    let bytes = scene.text.as_bytes();
    for at in memchr::memchr_iter(b'@', bytes) {
        let local =
            |byte: u8| byte.is_ascii_alphanumeric() || b".!#$%&*+-/=?^_`{|}~".contains(&byte) || byte >= 0x80;
        let domain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.' || byte >= 0x80;
        let before = &bytes[..at];
        let before = before.strip_suffix(b" ").filter(|_| bytes.get(at + 1) == Some(&b' ')).unwrap_or(before);
        let after = at + 1 + usize::from(before.len() < at);
        let name = before.iter().rev().take(LOCAL_MAX).take_while(|&&byte| local(byte)).count();
        let host = bytes[after..].iter().take(DOMAIN_MAX).take_while(|&&byte| domain(byte)).count();
        let host = scene.text[after..after + host].trim_end_matches(['.', '-']);
        let start = before.len() - name;
        let start =
            start + bytes[start..at].iter().take_while(|byte| b".!#$%&*/=?^`{|}~'".contains(byte)).count();
        let tld = host.rsplit('.').next().unwrap_or_default();
        let is_host =
            host.len() > tld.len() + 1 && tld.len() >= 2 && !tld.starts_with(|c: char| c.is_ascii_digit());
        if start < before.len() && is_host && scene.text.is_char_boundary(start) {
            let range = start..after + host.len();
            found.push(Candidate { entity: Entity::Email, range, confidence: 0.95 });
        }
    }
}

/// Finds what is read out around each word "at".
pub(crate) fn spoken(scene: &Scene, found: &mut Vec<Candidate>) {
    let list = &scene.tokens.list;
    for at in (1..list.len()).filter(|&at| list[at].hash == AT && list[at].is_word()) {
        let Some(end) = host_end(list, at + 1) else { continue };
        let name = name(list, at);
        let parts = at - name.start;
        if parts == 0 {
            continue;
        }
        let spelled =
            list[name.clone()].iter().any(|token| token.len() == 1 || !token.is_word() || is_joint(token));
        let near = scene.near(name.start, end);
        let provider = list[at + 1..end].iter().any(|token| token.is(Traits::PROVIDER));
        let confidence = if spelled || provider { 0.8 } else { 0.45 } + near.bonus(Topics::EMAIL, 0.3);
        let range = list[name.start].start as usize..list[end - 1].end as usize;
        found.push(Candidate { entity: Entity::Email, range, confidence: confidence.min(0.95) });
    }
}

/// The token after a host that is read out or written: "gmail dot com", "example.org".
fn host_end(list: &[Token], first: usize) -> Option<usize> {
    let mut end = None;
    for at in first..(first + SPOKEN_WORDS_MAX).min(list.len()) {
        let token = &list[at];
        if at > first && token.gap.has(Gap::STOP.or(Gap::NEWLINE).or(Gap::COMMA)) {
            break;
        }
        let dotted = at > first && (token.gap == Gap::DOT || is_dot(&list[at - 1]));
        if dotted && token.is(Traits::DOMAIN) {
            end = Some(at + 1);
        } else if end.is_some() && !is_dot(token) {
            break;
        }
    }
    end
}

fn is_dot(token: &Token) -> bool {
    DOTS.contains(&token.hash)
}

fn is_joint(token: &Token) -> bool {
    is_dot(token) || JOINTS.contains(&token.hash)
}

/// The words before "at" that spell the name, from the last backwards.
fn name(list: &[Token], at: usize) -> Range<usize> {
    let mut start = at;
    while start > 0 && at - start < SPOKEN_WORDS_MAX {
        work::step();
        let token = &list[start - 1];
        let after = &list[start];
        if after.gap.has(Gap::STOP.or(Gap::NEWLINE).or(Gap::COLON).or(Gap::OTHER)) || after.gap_len > 3 {
            break;
        }
        let joined =
            start < at && (is_joint(after) || after.gap.within(Gap::DOT.or(Gap::DASH).or(Gap::UNDERSCORE)));
        let digit = token.is_number() || token.spoken.begins() || token.spoken == Spoken::Filler;
        let letter = token.len() == 1 || digit || is_joint(token);
        // One whole word, or several between joints; a sentence before it is none of it.
        let word = (start == at || joined) && !token.is(Traits::FUNCTION) && token.topics.is_none();
        let single_word_i_or_a =
            token.len() == 1 && token.is(Traits::FUNCTION) && start < at && after.len() > 1;
        if single_word_i_or_a || !(letter || word) {
            break;
        }
        start -= 1;
    }
    while start < at && is_joint(&list[start]) {
        start += 1;
    }
    start..at
}
