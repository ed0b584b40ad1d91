//! What is said: lines of the real dialogs beside the repository, and texts that are hard to search.

use crate::random::Random;
use std::{path::PathBuf, sync::LazyLock};

/// Cases that fold otherwise than they lower, scripts without cases or spaces, combining marks, what a pattern or a
/// query language would read as its own, one and two characters.
const HARD: [&str; 24] = [
    "我要退款。订单号是多少?",
    "退款",
    "أريد استرداد المال",
    "Café fermé à Noël",
    "Cafe\u{301} ferme\u{301}",
    "ΟΔΟΣ ΣΑΣΑ",
    "οδος",
    "Straße 5",
    "STRAẞE 5",
    "İstanbul ılık",
    "ſchön",
    "100% _safe_!",
    "a*b?c",
    "\"quoted\" OR 'x'; --",
    "NEAR(a b) AND NOT c",
    "\\d+ [a-z]^",
    "a",
    "ab",
    "é",
    "款",
    "🙂 👨‍👩‍👧",
    "x\u{2028}y\tz\n",
    "ǅ Ⅷ K",
    "",
];

static REAL: LazyLock<Vec<String>> = LazyLock::new(read);

fn read() -> Vec<String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let path = folder.join("dialogs/taskmaster4.jsonl");
    let Ok(lines) = std::fs::read_to_string(&path) else {
        assert!(std::env::var_os("CI").is_none(), "{} is missing", path.display());
        println!("SKIPPED: {} is missing, so only made-up texts are searched", path.display());
        return vec!["Could you please refund my order 66?".to_owned()];
    };
    let dialogs = lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    dialogs
        .flat_map(|dialog| dialog["utterances"].as_array().unwrap().clone())
        .map(|turn| turn["text"].as_str().unwrap().to_owned())
        .collect()
}

/// One text as somebody says it.
pub(crate) fn said(random: &mut Random) -> String {
    match random.below(4) {
        0 | 1 => random.pick(&REAL).clone(),
        2 => random.text(&HARD),
        _ => format!("{} {}", random.pick(&HARD), random.pick(&REAL)),
    }
}

/// Some characters of a text, perhaps in another case.
pub(crate) fn part_of(random: &mut Random, text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let from = random.below(letters.len() + 1);
    let length = *random.pick(&[1, 1, 2, 2, 3, 4, 6, 9, 20, 200]);
    let part: String = letters[from..].iter().take(length).collect();
    match random.below(4) {
        0 => part.to_uppercase(),
        1 => part.to_lowercase(),
        _ => part,
    }
}

/// What is looked for where nothing that was said is.
pub(crate) fn stray(random: &mut Random) -> String {
    match random.below(5) {
        0 => random.text(&HARD),
        1 => "%*\"' ".repeat(1 + random.below(40)),
        2 => random.text(&["refund", "coffee", "THE", "e", "zz", "ee", ". "]),
        3 => "qwxzv".to_owned(),
        _ => said(random),
    }
}
