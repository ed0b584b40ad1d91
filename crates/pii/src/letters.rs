//! Reads a word eight letters at a time: where it ends, how many capitals it has, and its hash.
//!
//! A letter is an ASCII letter; a byte of it is marked by its highest bit. What a hash is known for is the lexicon's matter.

const EACH: u64 = 0x0101_0101_0101_0101;
const HIGHEST: u64 = 0x80 * EACH;
const LOWER: u64 = 0x20 * EACH;
const SEED: u64 = 0x51_7C_C1;
const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;

/// The letters that a text begins with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Letters {
    pub(crate) len: usize,
    pub(crate) capitals: usize,
    /// Of the letters, whatever their case.
    pub(crate) hash: u64,
}

impl Letters {
    pub(crate) const fn of(text: &[u8]) -> Self {
        let mut letters = Self { len: 0, capitals: 0, hash: SEED };
        loop {
            let (_, rest) = text.split_at(letters.len);
            let chunk = chunk(rest);
            let marks = marks(chunk);
            let count = ((!marks & HIGHEST).trailing_zeros() / 8) as usize;
            let kept = if count == 8 { u64::MAX } else { (1 << (8 * count)) - 1 };
            letters.len += count;
            let capitals = marks & !(chunk << 2) & kept;
            if capitals != 0 {
                letters.capitals += capitals.count_ones() as usize;
            }
            letters.hash = mixed(letters.hash, (chunk | LOWER) & kept);
            if count < 8 {
                return letters;
            }
        }
    }
}

/// Takes a value into a hash; what was in neither stays apart.
pub(crate) const fn mixed(hash: u64, value: u64) -> u64 {
    let product = (hash ^ value).wrapping_mul(MULTIPLIER);
    product ^ product >> 32
}

/// The first eight bytes, the first of them lowest; noughts where there are fewer.
const fn chunk(text: &[u8]) -> u64 {
    if let Some(whole) = text.first_chunk() {
        return u64::from_le_bytes(*whole);
    }
    let (mut chunk, mut at) = (0, text.len());
    while at > 0 {
        at -= 1;
        chunk = chunk << 8 | text[at] as u64;
    }
    chunk
}

/// Marks the bytes that are letters.
const fn marks(chunk: u64) -> u64 {
    let lower = (chunk | LOWER) & !HIGHEST;
    let from_a = lower + (0x80 - b'a' as u64) * EACH;
    let beyond_z = lower + (0x80 - b'z' as u64 - 1) * EACH;
    from_a & !beyond_z & !chunk & HIGHEST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_is_a_letter_or_ends_the_word() {
        for byte in 0..=u8::MAX {
            for before in [0, 3, 7, 8, 12] {
                let mut text = b"abcdefghijklmnop"[..before].to_vec();
                text.extend([byte, b'x', b'.']);
                let len = if byte.is_ascii_alphabetic() { before + 2 } else { before };
                let letters = Letters::of(&text);
                assert_eq!(letters.len, len, "{byte} after {before}");
                assert_eq!(letters.capitals, usize::from(byte.is_ascii_uppercase()), "{byte}");
            }
        }
    }

    #[test]
    fn a_hash_is_of_the_letters_alone() {
        for word in ["a", "seven", "passport", "telephones", "sixteenlettersss"] {
            let hash = Letters::of(word.as_bytes()).hash;
            assert_eq!(hash, Letters::of(word.to_ascii_uppercase().as_bytes()).hash);
            assert_eq!(hash, Letters::of(format!("{word} and more").as_bytes()).hash);
            assert_ne!(hash, Letters::of(format!("{word}a").as_bytes()).hash);
        }
    }
}
