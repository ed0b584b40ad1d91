//! Words in messages: the newest 20 conversations of a tenant that have them.

use serde_json::{Value, json};

use crate::find::{
    corpus, directory,
    question::{Expects, Question},
};

const COMMON_WORDS: u32 = 60;
const MIDDLING_WORDS: std::ops::Range<u32> = 500..2500;
const CONSONANTS: &[u8] = b"bcdfghjklmnpqrstvwxz";

pub(crate) const KEYWORD: &[Question] = &[
    Question::page("common word", |draw| keyword(draw.corpus.word(draw.random.below(COMMON_WORDS))))
        .newest(20),
    Question::page("middling word", |draw| {
        let rank = MIDDLING_WORDS.start + draw.random.below(MIDDLING_WORDS.end - MIDDLING_WORDS.start);
        keyword(draw.corpus.word(rank))
    })
    .newest(20)
    .expecting(Expects::Any),
    Question::page("rare word", |draw| {
        let reference = draw.piece_of_message(|facts, text| {
            let reference = facts.reference();
            text.contains(&reference).then_some(reference)
        });
        keyword(&reference.to_lowercase())
    })
    .newest(20)
    .expecting(Expects::Any),
    Question::page("two words", |draw| {
        let sentence = draw.corpus.sentence(draw.random);
        keyword(&words(sentence, 2, draw.random.below(8) as usize))
    })
    .newest(20)
    .expecting(Expects::Any),
    Question::page("phrase with a rare word", |draw| {
        let phrase = draw.piece_of_message(|facts, text| {
            let phrase = format!("reference number is {}", facts.reference());
            text.contains(&phrase).then_some(phrase)
        });
        keyword(&phrase)
    })
    .newest(20)
    .expecting(Expects::Any),
    Question::page("two letters", |draw| {
        let word = draw.corpus.word(draw.random.below(COMMON_WORDS));
        keyword(&word.chars().take(2).collect::<String>())
    })
    .newest(20),
    Question::page("two letters that never meet", |_| keyword("qx")).newest(20).expecting(Expects::Any),
    Question::page("one letter", |draw| keyword(&char::from(*draw.random.pick(b"aeiou")).to_string()))
        .newest(20),
    Question::page("no match", |draw| {
        keyword(&(0..8).map(|_| char::from(*draw.random.pick(CONSONANTS))).collect::<String>())
    })
    .newest(20)
    .expecting(Expects::None),
    Question::page("no match of common words", |draw| {
        let mut word = || draw.corpus.word(draw.random.below(COMMON_WORDS)).to_owned();
        keyword(&format!("{}, {}; {}", word(), word(), word()))
    })
    .newest(20)
    .expecting(Expects::None),
    Question::page("Chinese", |draw| keyword(&corpus::chinese(draw.random)))
        .newest(20)
        .expecting(Expects::Any),
    Question::page("common word, inbound, a user", |draw| {
        let agent = draw.value(|facts| facts.agent);
        json!({
            "messageKeyword": draw.corpus.word(draw.random.below(COMMON_WORDS)),
            "users": [{"userName": directory::user(draw.tenant, agent)}],
            "directions": ["INBOUND"],
        })
    })
    .newest(20)
    .expecting(Expects::Any),
];

fn keyword(text: &str) -> Value {
    json!({"messageKeyword": text})
}

/// So many words of a sentence, from the first on where it has too few.
fn words(sentence: &str, count: usize, from: usize) -> String {
    let all: Vec<&str> = sentence.split(' ').collect();
    let from = if from + count <= all.len() { from } else { 0 };
    all[from..all.len().min(from + count)].join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_beside_each_other() {
        assert_eq!(words("with oat milk please", 2, 1), "oat milk");
        assert_eq!(words("with oat milk please", 2, 3), "with oat");
        assert_eq!(words("yes", 2, 0), "yes");
    }
}
