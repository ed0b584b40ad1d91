//! National numbers that have letters: how long, and what they must fulfil.
//!
//! Each check follows the publication of the authority that issues the number, named beside it.

use super::Scheme;
use crate::{
    Entity,
    checksum::{is_day, value, weighted},
};

type Check = fn(&[u8]) -> bool;

const fn scheme(entity: Entity, names: &'static [&'static str], alone: f32) -> Scheme {
    Scheme { entity, names, alone }
}

#[rustfmt::skip]
pub(super) const ALL: &[(Scheme, usize, Check)] = &[
    // Italy, Ministero delle Finanze, DM 23 December 1976
    (scheme(Entity::ItFiscalCode, &["fiscale"], 0.8), 16, fiscal_code),
    // Mexico, RENAPO
    (scheme(Entity::MxCurp, &["curp"], 0.8), 18, curp),
    // China, GB 11643: ISO 7064 MOD 11-2, the last may be an X
    (scheme(Entity::CnResidentId, &["shenfenzheng", "resident"], 0.75), 18, resident_id),
    // Finland, Digi- ja väestötietovirasto
    (scheme(Entity::FiPersonalCode, &["hetu", "henkilotunnus", "henkilotunnukseni"], 0.65), 11, hetu_century_letter),
    (scheme(Entity::FiPersonalCode, &["hetu", "henkilotunnus", "henkilotunnukseni"], 0.6), 10, hetu_dash),
    // India, Income Tax Department
    (scheme(Entity::InPan, &["pan", "permanent"], 0.6), 10, pan),
    // Spain, Ministerio del Interior
    (scheme(Entity::EsNie, &["nie", "extranjero"], 0.7), 9, nie),
    (scheme(Entity::EsNif, &["dni", "nif"], 0.65), 9, nif),
    // Singapore, ICA
    (scheme(Entity::SgNric, &["nric", "fin"], 0.7), 9, nric),
    // United Kingdom, HMRC: no check digit
    (scheme(Entity::UkNino, &["nino", "insurance", "ni"], 0.55), 9, nino),
    // Ireland, Department of Social Protection
    (scheme(Entity::IePps, &["pps", "ppsn"], 0.45), 9, pps),
    (scheme(Entity::IePps, &["pps", "ppsn"], 0.4), 8, pps),
];

/// Whether the characters are letters (a) and digits (9) as in the pattern.
fn is_like(code: &[u8], pattern: &str) -> bool {
    code.len() == pattern.len()
        && code.iter().zip(pattern.bytes()).all(|(c, kind)| match kind {
            b'a' => c.is_ascii_uppercase(),
            b'9' => c.is_ascii_digit(),
            _ => true,
        })
}

fn number(code: &[u8]) -> u64 {
    let digits: Vec<u8> = code.iter().map(|c| c.wrapping_sub(b'0')).collect();
    value(&digits)
}

fn digits(code: &[u8]) -> Vec<u8> {
    code.iter().map(|c| c.wrapping_sub(b'0')).collect()
}

fn fiscal_code(code: &[u8]) -> bool {
    const ODD: [u32; 26] =
        [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    if !is_like(code, "aaaaaa99a99a999a") || !b"ABCDEHLMPRST".contains(&code[8]) {
        return false;
    }
    let index = |c: u8| usize::from(if c.is_ascii_digit() { c - b'0' } else { c - b'A' });
    let sum: u32 =
        (0..15).map(|at| if at % 2 == 0 { ODD[index(code[at])] } else { index(code[at]) as u32 }).sum();
    sum % 26 == u32::from(code[15] - b'A')
}

fn curp(code: &[u8]) -> bool {
    const ALPHABET: &str = "0123456789ABCDEFGHIJKLMN?OPQRSTUVWXYZ";
    let is_form = is_like(code, "aaaa999999aaaaa__9") && matches!(code[10], b'H' | b'M' | b'X');
    let place = |c: &u8| ALPHABET.bytes().position(|letter| letter == *c);
    let values: Option<Vec<usize>> = code[..17].iter().map(place).collect();
    let Some(values) = values.filter(|_| is_form) else { return false };
    let sum: usize = values.iter().enumerate().map(|(at, value)| value * (18 - at)).sum();
    is_day(number(&code[6..8]), number(&code[8..10])) && (10 - sum % 10) % 10 == usize::from(code[17] - b'0')
}

fn resident_id(code: &[u8]) -> bool {
    if !is_like(&code[..17], "99999999999999999") || !(1900..2100).contains(&number(&code[6..10])) {
        return false;
    }
    let sum = weighted(&digits(&code[..17]), &[7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]);
    is_day(number(&code[10..12]), number(&code[12..14])) && b"10X98765432"[sum as usize % 11] == code[17]
}

/// The mark of the century is a letter for those born from 2000 on.
fn hetu_century_letter(code: &[u8]) -> bool {
    is_like(code, "999999a999_") && b"ABCDEFYXWVU".contains(&code[6]) && hetu(&code[..6], &code[7..])
}

/// The mark of the century is a hyphen, which is no character of the code here.
fn hetu_dash(code: &[u8]) -> bool {
    is_like(code, "999999999_") && !code[9].is_ascii_digit() && hetu(&code[..6], &code[6..])
}

fn hetu(born: &[u8], rest: &[u8]) -> bool {
    let check = number(born) * 1000 + number(&rest[..3]);
    let check = b"0123456789ABCDEFHJKLMNPRSTUVWXY"[check as usize % 31];
    is_day(number(&born[2..4]), number(&born[..2])) && check == rest[3]
}

fn pan(code: &[u8]) -> bool {
    is_like(code, "aaaaa9999a") && b"ABCFGHLJPT".contains(&code[3])
}

fn nif(code: &[u8]) -> bool {
    is_like(code, "99999999a") && spanish_letter(number(&code[..8])) == code[8]
}

fn nie(code: &[u8]) -> bool {
    let Some(lead) = b"XYZ".iter().position(|letter| *letter == code[0]) else { return false };
    is_like(code, "a9999999a") && spanish_letter(lead as u64 * 10_000_000 + number(&code[1..8])) == code[8]
}

fn spanish_letter(number: u64) -> u8 {
    b"TRWAGMYFPDXBNJZSQVHLCKE"[number as usize % 23]
}

fn nric(code: &[u8]) -> bool {
    if !is_like(code, "a9999999a") {
        return false;
    }
    let sum = weighted(&digits(&code[1..8]), &[2, 7, 6, 5, 4, 3, 2]) as usize;
    let letter = match code[0] {
        b'S' => b"JZIHGFEDCBA"[sum % 11],
        b'T' => b"JZIHGFEDCBA"[(sum + 4) % 11],
        b'F' => b"XWUTRQPNMLK"[sum % 11],
        b'G' => b"XWUTRQPNMLK"[(sum + 4) % 11],
        b'M' => b"XWUTRQPNJLK"[10 - (sum + 3) % 11],
        _ => return false,
    };
    letter == code[8]
}

/// Prefixes that HMRC does not give, and letters that it does not use.
fn nino(code: &[u8]) -> bool {
    is_like(code, "aa999999a")
        && !code[..2].iter().any(|c| b"DFIQUV".contains(c))
        && code[1] != b'O'
        && ![b"BG", b"GB", b"KN", b"NK", b"NT", b"TN", b"ZZ"].iter().any(|prefix| code.starts_with(*prefix))
        && b"ABCD".contains(&code[8])
}

fn pps(code: &[u8]) -> bool {
    if !(is_like(code, "9999999a") || is_like(code, "9999999aa")) {
        return false;
    }
    let second = code.get(8).map_or(0, |c| u32::from(if *c == b'W' { 0 } else { c - b'A' + 1 }) * 9);
    let sum = weighted(&digits(&code[..7]), &[8, 7, 6, 5, 4, 3, 2]) + second;
    b"WABCDEFGHIJKLMNOPQRSTUV"[sum as usize % 23] == code[7]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Examples of the authorities or of the common encyclopedias.
    #[test]
    fn published_examples_hold() {
        for (check, code) in [
            (fiscal_code as Check, "RSSMRA85T10A562S"),
            (curp, "HEGG560427MVZRRL04"),
            (resident_id, "11010519491231002X"),
            (hetu_dash, "131052308T"),
            (pan, "ABCPE1234F"),
            (nif, "12345678Z"),
            (nie, "X1234567L"),
            (nric, "S1234567D"),
            (nino, "AA123456C"),
            (pps, "1234567T"),
            (pps, "1234567FA"),
        ] {
            assert!(check(code.as_bytes()), "{code}");
        }
        for (check, code) in [
            (fiscal_code as Check, "RSSMRA85T10A562T"),
            (resident_id, "110105194912310021"),
            (nif, "12345678A"),
            (nric, "S1234567A"),
            (nino, "GB123456C"),
            (pps, "1234567A"),
        ] {
            assert!(!check(code.as_bytes()), "{code}");
        }
    }
}
