//! Addresses of crypto currencies: Base58Check (Bitcoin, Litecoin, Dogecoin, Tron), Bech32 (BIP 173, BIP 350) and Ethereum.

use sha2::{Digest, Sha256};

use crate::{
    Entity,
    scene::{Candidate, Scene},
    token::Token,
};

const LEN_MIN: usize = 25;
const LEN_MAX: usize = 90;

/// Finds them among the long words of letters and digits.
pub(crate) fn find(scene: &Scene, found: &mut Vec<Candidate>) {
    let list = &scene.tokens.list;
    let is_part = |token: &Token| token.is_word() || token.is_number();
    let mut first = 0;
    while first < list.len() {
        if !is_part(&list[first]) {
            first += 1;
            continue;
        }
        let glued = list[first + 1..].iter().take_while(|token| token.is_glued() && is_part(token)).count();
        let last = first + glued;
        let range = list[first].start as usize..list[last].end as usize;
        if (LEN_MIN..=LEN_MAX).contains(&range.len()) {
            let word = &scene.text.as_bytes()[range.clone()];
            if is_ethereum(word) || is_bech32(word) || is_base58(word) {
                found.push(Candidate { entity: Entity::Crypto, range, confidence: 0.95 });
            }
        }
        first = last + 1;
    }
}

fn is_ethereum(word: &[u8]) -> bool {
    word.len() == 42 && word.starts_with(b"0x") && word[2..].iter().all(u8::is_ascii_hexdigit)
}

/// Versions: Bitcoin 0 and 5, Litecoin 48 and 50, Dogecoin 30, Tron 65.
fn is_base58(word: &[u8]) -> bool {
    const ALPHABET: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    if word.len() > 35 {
        return false;
    }
    let mut number = [0_u8; 25];
    for character in word {
        let Some(digit) = ALPHABET.iter().position(|letter| letter == character) else { return false };
        let carry = number.iter_mut().rev().fold(digit, |carry, byte| {
            let value = usize::from(*byte) * 58 + carry;
            *byte = (value & 0xFF) as u8;
            value >> 8
        });
        if carry > 0 {
            return false;
        }
    }
    let (body, check) = number.split_at(21);
    let hash = Sha256::digest(Sha256::digest(body));
    matches!(body[0], 0 | 5 | 30 | 48 | 50 | 65) && hash[..4] == *check
}

fn is_bech32(word: &[u8]) -> bool {
    const ALPHABET: &[u8] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const GENERATOR: [u32; 5] = [0x3B6A_57B2, 0x2650_8E6D, 0x1EA1_19FA, 0x3D42_33DD, 0x2A14_62B3];
    let lower = word.to_ascii_lowercase();
    let Some(prefix) = [&b"bc"[..], b"tb", b"ltc"]
        .into_iter()
        .find(|prefix| lower.starts_with(prefix) && lower.get(prefix.len()) == Some(&b'1'))
    else {
        return false;
    };
    let mut check = 1_u32;
    let mut add = |value: u32| {
        let top = check >> 25;
        check = (check & 0x01FF_FFFF) << 5 ^ value;
        for (bit, generator) in GENERATOR.iter().enumerate() {
            if top >> bit & 1 == 1 {
                check ^= generator;
            }
        }
    };
    prefix.iter().for_each(|&byte| add(u32::from(byte >> 5)));
    add(0);
    prefix.iter().for_each(|&byte| add(u32::from(byte & 31)));
    for character in &lower[prefix.len() + 1..] {
        let Some(value) = ALPHABET.iter().position(|letter| letter == character) else { return false };
        add(value as u32);
    }
    check == 1 || check == 0x2BC8_30A3
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Examples of the specifications.
    #[test]
    fn published_addresses() {
        assert!(is_base58(b"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"));
        assert!(!is_base58(b"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb"));
        assert!(is_bech32(b"BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"));
        assert!(is_bech32(b"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"));
        assert!(!is_bech32(b"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5"));
        assert!(is_ethereum(b"0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BAe"));
    }
}
