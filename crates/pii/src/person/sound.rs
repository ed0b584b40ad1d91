//! Whether an unknown word sounds like a name: its groups of three letters, compared with those of known names and words.
//!
//! The counts come from the lexicon itself; no text was read for them.

use std::sync::LazyLock;

use crate::lexicon;

const LETTERS: usize = 27;
const GROUPS: usize = LETTERS * LETTERS * LETTERS;

/// For each group of three letters the logarithm of how much likelier it is in a name.
static WEIGHTS: LazyLock<Vec<f32>> = LazyLock::new(weights);

/// From 0, like a word, to 1, like a name.
pub(super) fn likeness(word: &[u8]) -> f32 {
    let (sum, count) =
        groups(word).fold((0.0, 0.0), |(sum, count), group| (sum + WEIGHTS[group], count + 1.0));
    (0.5_f32 + sum / count).clamp(0.0, 1.0)
}

fn weights() -> Vec<f32> {
    let (mut names, mut words) = (vec![0.5_f32; GROUPS], vec![0.5_f32; GROUPS]);
    let (mut all_names, mut all_words) = (0.0_f32, 0.0_f32);
    for (word, is_name) in lexicon::samples() {
        for group in groups(word.as_bytes()) {
            let (counts, all) =
                if is_name { (&mut names, &mut all_names) } else { (&mut words, &mut all_words) };
            counts[group] += 1.0;
            *all += 1.0;
        }
    }
    names
        .iter()
        .zip(&words)
        .map(|(name, word)| ((name / all_names) / (word / all_words)).ln() / 2.0)
        .collect()
}

/// The groups of three letters of a word with its two ends.
fn groups(word: &[u8]) -> impl Iterator<Item = usize> {
    let letter = |byte: &u8| match byte | 0x20 {
        letter @ b'a'..=b'z' => usize::from(letter - b'a') + 1,
        _ => 0,
    };
    let at = move |place: usize| place.checked_sub(1).and_then(|place| word.get(place)).map_or(0, letter);
    (0..word.len().min(24)).map(move |place| (at(place) * LETTERS + at(place + 1)) * LETTERS + at(place + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sound_like_names() {
        for (name, word) in [("Andersson", "Delivering"), ("Kowalczyk", "Shipment"), ("Marianna", "Discount")]
        {
            assert!(likeness(name.as_bytes()) > likeness(word.as_bytes()), "{name} {word}");
        }
    }
}
