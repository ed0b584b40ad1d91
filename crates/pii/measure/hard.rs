//! Texts that cost a detector most, if a loop of it has no bound.

/// Texts that are as hard as their maker could think of, by name.
pub(crate) fn hard(len: usize) -> Vec<(&'static str, String)> {
    let repeat = |part: &str| part.repeat(len / part.len() + 1)[..len / part.len() * part.len()].to_owned();
    vec![
        ("digits", repeat("4")),
        ("digits and spaces", repeat("4 ")),
        ("groups of four", repeat("4111 ")),
        ("spoken digits", repeat("four double one ")),
        ("names", repeat("Maria Lee ")),
        ("capitals", repeat("Q. ")),
        ("@", repeat("a@")),
        ("at and dot", repeat("a at b dot ")),
        ("streets", repeat("12 Oak Street ")),
        ("zero width", repeat("4\u{200B}")),
        ("mixed alphabets", repeat("а")),
        ("brackets", repeat("[A_")),
        ("links", repeat("a://")),
        ("phrases", repeat("three digits on the ")),
        ("IBANs", repeat("GB82 ")),
        ("colons", repeat("a:")),
        ("double double", repeat("double ")),
        ("fillers", repeat("four uh uh uh ")),
        ("post boxes", repeat("box ")),
        ("corners", repeat("corner of ")),
        ("cards", repeat("card cvv 4 ")),
        ("passports", repeat("passport a 1 ")),
        ("births", repeat("born 1 January ")),
    ]
}
