//! The words that tell something, compiled once from `lexicon/*.txt` into one table.
//!
//! A word is known by the hash of its letters in lower case without accents; the table holds no text. With 48 bits two of
//! ten thousand words meet once in some 10^6 lexicons, and a test tells if they do.

use std::{collections::BTreeMap, sync::LazyLock};

use crate::{
    letters::{Letters, mixed},
    normal::Normal,
    spoken::{self, Spoken},
    words::{Topics, Traits},
};

/// Words of the longest phrase.
pub(crate) const PHRASE_WORDS_MAX: usize = 5;

const FILES: [&str; 6] = [
    include_str!("../lexicon/given.txt"),
    include_str!("../lexicon/surnames.txt"),
    include_str!("../lexicon/common.txt"),
    include_str!("../lexicon/places.txt"),
    include_str!("../lexicon/streets.txt"),
    include_str!("../lexicon/topics.txt"),
];

/// What is known of a word, or of a phrase by its joined hash.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) traits: Traits,
    pub(crate) topics: Topics,
    pub(crate) spoken: Spoken,
    phrase: bool,
}

impl Entry {
    /// Whether it ends a phrase of several words.
    pub(crate) fn is_phrase(&self) -> bool {
        self.phrase
    }
}

/// A hash table with open addressing, small enough for a processor's nearest memory: words are many, entries are few.
#[derive(Debug)]
pub(crate) struct Lexicon {
    /// The upper bits of a word's hash over the index of its entry; 0 is free.
    slots: Vec<u64>,
    entries: Vec<Entry>,
    shift: u32,
}

/// The bits of a slot that tell the entry.
const INDEX_BITS: u32 = 16;

/// Hashes a word of ASCII letters, whatever their case.
pub(crate) const fn hash(word: &[u8]) -> u64 {
    Letters::of(word).hash
}

/// Hashes some words while compiling.
pub(crate) const fn hashes<const N: usize>(words: [&str; N]) -> [u64; N] {
    let (mut hashes, mut at) = ([0; N], 0);
    while at < N {
        hashes[at] = hash(words[at].as_bytes());
        at += 1;
    }
    hashes
}

/// Hashes a phrase that goes on with a word.
pub(crate) fn joined(phrase: u64, word: u64) -> u64 {
    mixed(phrase.rotate_left(17), word)
}

/// Returns the one lexicon, compiled at the first use.
pub(crate) fn shared() -> &'static Lexicon {
    static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::compile(&FILES));
    &LEXICON
}

/// Returns the words of the lexicon, and whether each is a name and nothing else.
pub(crate) fn samples() -> impl Iterator<Item = (String, bool)> {
    let sections = FILES.iter().flat_map(|file| sections(file));
    let words = sections.flat_map(|(section, words)| words.map(move |word| (section, word)));
    words
        .filter(|(_, word)| !word.is_empty() && !word.contains(' '))
        .map(|(section, word)| (Normal::of(word).text().to_owned(), matches!(section, "given" | "surname")))
}

impl Lexicon {
    pub(crate) fn get(&self, hash: u64) -> Entry {
        let mut slot = (hash >> self.shift) as usize;
        loop {
            let found = self.slots[slot];
            if (found ^ hash) >> INDEX_BITS == 0 {
                return self.entries[(found & ((1 << INDEX_BITS) - 1)) as usize];
            }
            if found == 0 {
                return Entry::default();
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }

    fn compile(files: &[&str]) -> Self {
        let words = Words::of(files).0;
        let bits = (words.len() * 2).next_power_of_two().ilog2();
        let mut lexicon =
            Self { slots: vec![0; 1 << bits], entries: vec![Entry::default()], shift: u64::BITS - bits };
        // Who comes first lies where it is looked for first: the words of every day.
        let (everyday, others): (Vec<_>, Vec<_>) =
            words.into_iter().partition(|(_, entry)| entry.traits.has(Traits::FUNCTION.or(Traits::COMMON)));
        for (hash, entry) in everyday.into_iter().chain(others) {
            lexicon.add(hash, entry);
        }
        lexicon
    }

    fn add(&mut self, hash: u64, entry: Entry) {
        let index = self.entries.iter().position(|other| *other == entry).unwrap_or_else(|| {
            self.entries.push(entry);
            self.entries.len() - 1
        });
        debug_assert!(index < 1 << INDEX_BITS, "too many different entries");
        let mut slot = (hash >> self.shift) as usize;
        while self.slots[slot] != 0 {
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        self.slots[slot] = hash >> INDEX_BITS << INDEX_BITS | index as u64;
    }
}

/// The entries by their hashes, while they are gathered.
#[derive(Default)]
struct Words(BTreeMap<u64, Entry>);

impl Words {
    fn of(files: &[&str]) -> Self {
        let mut words = Self::default();
        for (word, spoken) in spoken::words() {
            words.entry(hash(word.as_bytes())).spoken = spoken;
        }
        for (section, phrases) in files.iter().flat_map(|file| sections(file)) {
            let (traits, topics) = (Traits::of_section(section), Topics::of_section(section));
            debug_assert!(traits.is_some() != topics.is_some(), "[{section}] is a topic or a trait");
            for phrase in phrases {
                words.add(phrase, traits.unwrap_or_default(), topics.unwrap_or_default());
            }
        }
        words
    }

    fn add(&mut self, phrase: &str, traits: Traits, topics: Topics) {
        let normal = Normal::of(phrase);
        let mut words =
            normal.text().split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty());
        let Some(first) = words.next() else { return };
        let (mut last, mut is_phrase) = (hash(first.as_bytes()), false);
        for word in words {
            let head = self.entry(last);
            head.traits = head.traits.or(Traits::HEAD);
            last = joined(last, hash(word.as_bytes()));
            is_phrase = true;
        }
        let entry = self.entry(last);
        entry.traits = entry.traits.or(traits);
        entry.topics = entry.topics.or(topics);
        entry.phrase |= is_phrase;
    }

    fn entry(&mut self, hash: u64) -> &mut Entry {
        self.0.entry(hash).or_default()
    }
}

/// The sections of a file: `[name]` on a line of its own, then phrases between commas; lines with `#` are remarks.
fn sections(file: &str) -> impl Iterator<Item = (&str, impl Iterator<Item = &str>)> {
    file.split("\n[").flat_map(|part| part.strip_prefix('[').or(Some(part))).filter_map(|part| {
        let (name, body) = part.split_once(']')?;
        let lines = body.lines().filter(|line| !line.starts_with('#'));
        Some((name, lines.flat_map(|line| line.split(',')).map(str::trim)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn no_two_words_have_one_hash() {
        let mut seen: HashMap<u64, String> = HashMap::new();
        for (_, phrases) in FILES.iter().flat_map(|file| sections(file)) {
            for phrase in phrases {
                let word = Normal::of(phrase).text().to_ascii_lowercase();
                if !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase()) {
                    let known_by = hash(word.as_bytes()) >> INDEX_BITS;
                    let first = seen.entry(known_by).or_insert_with(|| word.clone());
                    assert_eq!(*first, word);
                }
            }
        }
        assert!(seen.len() > 4_000, "{}", seen.len());
    }

    #[test]
    fn words_and_phrases_are_known() {
        let lexicon = shared();
        let word = |word: &str| hash(word.as_bytes());
        assert!(lexicon.get(word("Maria")).traits.has(Traits::GIVEN));
        assert!(lexicon.get(word("CVV")).topics.has(Topics::CVV));
        let phrase = lexicon.get(joined(word("Social"), word("security")));
        assert!(phrase.is_phrase() && phrase.topics.has(Topics::SSN));
        assert!(!lexicon.get(word("qqxqq")).traits.has(Traits::COMMON));
    }

    #[test]
    fn the_table_is_half_empty() {
        let lexicon = shared();
        let used = lexicon.slots.iter().filter(|slot| **slot != 0).count();
        assert!(used * 2 <= lexicon.slots.len(), "{used} of {}", lexicon.slots.len());
        assert_eq!(used, Words::of(&FILES).0.len());
    }
}
