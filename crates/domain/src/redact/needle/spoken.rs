//! Numbers and addresses as they are spoken: `four one one`, `double seven`, `ada at example dot com`.

use super::reading::{Reading, Symbol};

/// The words of the digits, without accents.
const WORDS: [(&str, char); 43] = [
    ("zero", '0'),
    ("oh", '0'),
    ("o", '0'),
    ("nought", '0'),
    ("null", '0'),
    ("cero", '0'),
    ("one", '1'),
    ("eins", '1'),
    ("uno", '1'),
    ("un", '1'),
    ("two", '2'),
    ("zwei", '2'),
    ("zwo", '2'),
    ("dos", '2'),
    ("deux", '2'),
    ("three", '3'),
    ("drei", '3'),
    ("tres", '3'),
    ("trois", '3'),
    ("four", '4'),
    ("vier", '4'),
    ("cuatro", '4'),
    ("quatre", '4'),
    ("five", '5'),
    ("funf", '5'),
    ("cinco", '5'),
    ("cinq", '5'),
    ("six", '6'),
    ("sechs", '6'),
    ("seis", '6'),
    ("seven", '7'),
    ("sieben", '7'),
    ("siete", '7'),
    ("sept", '7'),
    ("eight", '8'),
    ("acht", '8'),
    ("ocho", '8'),
    ("huit", '8'),
    ("nine", '9'),
    ("niner", '9'),
    ("neun", '9'),
    ("nueve", '9'),
    ("neuf", '9'),
];
const TIMES: [(&str, usize); 4] = [("double", 2), ("triple", 3), ("treble", 3), ("doppel", 2)];
/// Fewer digits are no number that could be looked for.
const DIGITS_MIN: usize = 3;

/// The digits of a value that is a number spoken, or partly spoken.
pub(super) fn number(read: &Reading) -> Option<String> {
    let digits = digits(read);
    let is_number = digits.symbols.len() >= DIGITS_MIN
        && !digits.folded.contains(super::BREAK)
        && words(read).all(|word| digit_of(word).is_some() || times_of(word).is_some());
    let number: String = digits.symbols.iter().map(|symbol| symbol.letter).collect();
    is_number.then_some(number)
}

/// The digits of a text, those that are spoken as well; any other word breaks them off.
pub(super) fn digits(read: &Reading) -> Reading {
    let mut digits = Reading::default();
    let (mut times, mut is_broken) = (None, false);
    for word in words(read) {
        if let Some(number) = times_of(word) {
            times = times.or(Some((number, &word[0])));
            continue;
        }
        let before = times.take();
        let Some(found) = digit_of(word) else {
            is_broken = true;
            continue;
        };
        let first = before.map_or(&word[0], |(_, times)| times);
        let repeats = before.map_or(1, |(number, _)| number);
        for (index, letter) in found.chars().enumerate() {
            let at = if found.len() == 1 {
                (&word[0], &word[word.len() - 1])
            } else {
                (&word[index], &word[index])
            };
            let symbol = Symbol::spanning(letter, if index == 0 { first } else { at.0 }, at.1);
            let symbol = if std::mem::take(&mut is_broken) { symbol.broken_off() } else { symbol };
            let again = symbol.again();
            digits.push(symbol);
            if index == 0 {
                (1..repeats).for_each(|_| digits.push(again.clone()));
            }
        }
    }
    digits
}

/// The digits that a word stands for: its own, or the one that it names.
fn digit_of(word: &[Symbol]) -> Option<String> {
    if word.iter().all(|symbol| symbol.letter.is_ascii_digit()) {
        return Some(word.iter().map(|symbol| symbol.letter).collect());
    }
    WORDS.iter().find(|(name, _)| is(word, name)).map(|(_, digit)| digit.to_string())
}

fn times_of(word: &[Symbol]) -> Option<usize> {
    TIMES.iter().find(|(name, _)| is(word, name)).map(|(_, times)| *times)
}

fn is(word: &[Symbol], name: &str) -> bool {
    word.len() == name.len() && word.iter().map(|symbol| symbol.letter).eq(name.chars())
}

/// What stands together.
fn words(read: &Reading) -> impl Iterator<Item = &[Symbol]> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let first = at;
        if first == read.symbols.len() {
            return None;
        }
        while read.touches_next(at) {
            at += 1;
        }
        at += 1;
        Some(&read.symbols[first..at])
    })
}

/// An e-mail address as it is spoken, and a spoken one as it is written.
pub(super) fn address_variants(value: &str) -> Vec<String> {
    let lower = value.to_lowercase();
    if lower.contains('@') {
        return vec![lower.replace('@', " at ").replace('.', " dot ")];
    }
    let words: Vec<&str> = lower.split_whitespace().collect();
    if words.contains(&"at") && words.contains(&"dot") {
        return vec![words.into_iter().filter(|word| !matches!(*word, "at" | "dot")).collect()];
    }
    Vec::new()
}
