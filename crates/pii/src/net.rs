//! Addresses of networks: IP (RFC 791, RFC 4291), MAC (IEEE 802), and links that carry credentials (RFC 3986).

use std::{net::Ipv6Addr, ops::Range};

use crate::{
    Entity,
    scene::{Candidate, Scene},
    token::Token,
};

const URL_MAX: usize = 2_048;
const HEX_MAX: usize = 45;

/// Names of parameters whose values open a door.
const SECRETS: [&str; 12] = [
    "password",
    "passwd",
    "pwd",
    "token",
    "access_token",
    "id_token",
    "api_key",
    "apikey",
    "secret",
    "client_secret",
    "sig",
    "auth",
];

/// Finds four numbers up to 255 between dots.
pub(crate) fn ipv4(scene: &Scene, found: &mut Vec<Candidate>) {
    let bytes = scene.text.as_bytes();
    let list = &scene.tokens.list;
    let mut at = 0;
    while at + 3 < list.len() {
        let quad = &list[at..at + 4];
        let dotted =
            quad[1..].iter().all(|token| token.gap_len == 1 && bytes[token.start as usize - 1] == b'.');
        let small = |token: &Token| {
            token.is_number() && token.len() <= 3 && scene.text[token.range()].parse::<u8>().is_ok()
        };
        if !(dotted && quad.iter().all(small)) {
            at += 1;
            continue;
        }
        let range = quad[0].start as usize..quad[3].end as usize;
        let goes_on = |byte: Option<&u8>, next: Option<&u8>| match byte {
            Some(b'.') => next.is_some_and(u8::is_ascii_alphanumeric),
            Some(byte) => byte.is_ascii_alphanumeric() || *byte == b'-',
            None => false,
        };
        let before = range.start.checked_sub(1).map(|before| &bytes[before]);
        let alone = !goes_on(bytes.get(range.end), bytes.get(range.end + 1))
            && !goes_on(before, before.filter(|b| **b != b'.').or(Some(&b'0')));
        if alone {
            let thing = if scene.near(at, at + 3).is_thing() { 0.4 } else { 0.0 };
            found.push(Candidate { entity: Entity::IpAddress, range, confidence: 0.8 - thing });
        }
        at += 4;
    }
}

/// Finds hexadecimal groups between colons, or hyphens for a MAC address.
pub(crate) fn hexadecimal(scene: &Scene, found: &mut Vec<Candidate>) {
    let bytes = scene.text.as_bytes();
    let is_part = |byte: u8| byte.is_ascii_hexdigit() || byte == b':' || byte == b'-' || byte == b'.';
    let mut at = 0;
    while at < bytes.len() {
        let len = bytes[at..].iter().take_while(|&&byte| is_part(byte)).count();
        let word_before = at > 0 && bytes[at - 1].is_ascii_alphanumeric();
        let word_after = bytes.get(at + len).is_some_and(u8::is_ascii_alphanumeric);
        if (7..=HEX_MAX).contains(&len) && !word_before && !word_after {
            found.extend(hexadecimal_word(&scene.text[at..at + len], at));
        }
        at += len;
        at += bytes[at..].iter().take_while(|&&byte| !is_part(byte)).count();
    }
}

fn hexadecimal_word(word: &str, at: usize) -> Option<Candidate> {
    let trimmed = word.trim_end_matches(['.', '-']);
    let trimmed = if trimmed.ends_with("::") { trimmed } else { trimmed.trim_end_matches(':') };
    let range = at..at + trimmed.len();
    if is_mac(trimmed) {
        return Some(Candidate { entity: Entity::MacAddress, range, confidence: 0.9 });
    }
    let groups = trimmed.bytes().filter(|&byte| byte == b':').count();
    let is_address = groups >= 2 && trimmed.parse::<Ipv6Addr>().is_ok();
    is_address.then_some(Candidate { entity: Entity::IpAddress, range, confidence: 0.85 })
}

fn is_mac(word: &str) -> bool {
    let pairs = |separator| {
        let mut parts = word.split(separator);
        parts.by_ref().filter(|part| part.len() == 2 && part.bytes().all(|b| b.is_ascii_hexdigit())).count()
            == 6
            && word.len() == 17
    };
    let dotted = word.len() == 14 && word.split('.').map(str::len).eq([4, 4, 4]);
    pairs(':') || pairs('-') || dotted && word.bytes().all(|b| b.is_ascii_hexdigit() || b == b'.')
}

/// Finds links with a user's password, or with a parameter that is a secret.
pub(crate) fn links(scene: &Scene, found: &mut Vec<Candidate>) {
    let text = scene.text;
    let mut from = 0;
    while let Some(mark) = memchr::memmem::find(&text.as_bytes()[from..], b"://").map(|at| from + at) {
        let scheme = text[..mark].bytes().rev().take(16).take_while(u8::is_ascii_alphanumeric).count();
        let rest = &text.as_bytes()[mark + 3..];
        let len = rest
            .iter()
            .take(URL_MAX)
            .take_while(|&&b| !b.is_ascii_whitespace() && !b"\"<>".contains(&b))
            .count();
        let mut end = mark + 3 + len;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let url = text[mark + 3..end].trim_end_matches(['.', ',', ')', '!', '?', ';']);
        if scheme > 0 && has_credentials(url) {
            let range: Range<usize> = mark - scheme..mark + 3 + url.len();
            found.push(Candidate { entity: Entity::UrlCredentials, range, confidence: 0.95 });
        }
        from = end;
    }
}

fn has_credentials(url: &str) -> bool {
    let authority = url.split(['/', '?', '#']).next().unwrap_or_default();
    let user = authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'));
    let query = url.split_once(['?', '#']).map_or("", |(_, query)| query);
    user || query.split(['&', ';']).any(|parameter| {
        parameter.split_once('=').is_some_and(|(name, value)| {
            value.len() >= 4 && SECRETS.iter().any(|secret| name.eq_ignore_ascii_case(secret))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_mac_addresses() {
        assert!(is_mac("00:1B:44:11:3A:B7") && is_mac("00-1b-44-11-3a-b7") && is_mac("001b.4411.3ab7"));
        assert!(!is_mac("00:1B:44:11:3A") && !is_mac("00:1B-44:11:3A:B7"));
    }

    #[test]
    fn credentials_in_links() {
        assert!(has_credentials("u:p@host/x") && has_credentials("h/x?a=1&API_KEY=abcd1234"));
        assert!(!has_credentials("host/x@y:z") && !has_credentials("h/?tokens=2") && !has_credentials("u@h"));
    }
}
