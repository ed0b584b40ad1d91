//! Made-up values of each kind with right check digits, and the ways in which they are written and said.
//!
//! The check digits are computed here anew, not by the detector that is measured with them.

use crate::random::Random;

fn digits(text: &str) -> Vec<u32> {
    text.chars().filter_map(|c| c.to_digit(10)).collect()
}

/// Appends the digit that makes a number pass, found by trying.
fn completed(body: &str, passes: impl Fn(&[u32]) -> bool) -> Option<String> {
    (0..10).map(|digit| format!("{body}{digit}")).find(|number| passes(&digits(number)))
}

fn luhn(number: &[u32]) -> bool {
    let doubled =
        |(at, digit): (usize, &u32)| if at % 2 == 1 { digit * 2 / 10 + digit * 2 % 10 } else { *digit };
    number.iter().rev().enumerate().map(doubled).sum::<u32>() % 10 == 0
}

fn sum(number: &[u32], weights: &[u32]) -> u32 {
    number.iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

pub(crate) fn card(random: &mut Random) -> String {
    let body = random.pick(&[
        "4##############",
        "51#############",
        "55#############",
        "2221###########",
        "34############",
        "37############",
        "6011###########",
        "3530###########",
    ]);
    let body = random.fill(body);
    completed(&body, luhn).unwrap_or_default()
}

/// The same number with its last digit wrong.
pub(crate) fn spoilt(value: &str) -> String {
    let last = value.chars().next_back().and_then(|c| c.to_digit(10)).unwrap_or_default();
    format!("{}{}", &value[..value.len() - 1], (last + 3) % 10)
}

pub(crate) fn nhs(random: &mut Random) -> String {
    loop {
        let body = random.fill("4########");
        let rest = sum(&digits(&body), &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
        if rest != 1 {
            return format!("{body}{}", (11 - rest) % 11);
        }
    }
}

pub(crate) fn pesel(random: &mut Random) -> String {
    let body = random.fill("8%0714####");
    completed(&body, |number| sum(number, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]).is_multiple_of(10))
        .unwrap_or_default()
}

pub(crate) fn cpf(random: &mut Random) -> String {
    let body = random.fill("1%#######");
    let first = (sum(&digits(&body), &[10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11) % 10;
    let body = format!("{body}{first}");
    let second = (sum(&digits(&body), &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11) % 10;
    format!("{}.{}.{}-{first}{second}", &body[..3], &body[3..6], &body[6..9])
}

pub(crate) fn bsn(random: &mut Random) -> String {
    loop {
        let body = random.fill("1#######");
        let rest = sum(&digits(&body), &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
        if rest < 10 {
            return format!("{body}{rest}");
        }
    }
}

pub(crate) fn dni(random: &mut Random) -> String {
    let number = random.fill("%#######");
    let rest = number.parse::<usize>().unwrap_or_default() % 23;
    format!("{number}{}", &"TRWAGMYFPDXBNJZSQVHLCKE"[rest..=rest])
}

pub(crate) fn iban(random: &mut Random) -> String {
    let (country, body) = [
        ("DE", "##################"),
        ("GB", "^^^^##############"),
        ("NL", "^^^^##########"),
        ("FR", "#######################"),
        ("ES", "####################"),
        ("CH", "#################"),
    ][random.below(6)];
    let body = random.fill(body);
    let number: String = format!("{body}{country}00")
        .chars()
        .map(|c| c.to_digit(36).map(|value| value.to_string()).unwrap_or_default())
        .collect();
    let rest = number.bytes().fold(0_u32, |rest, byte| (rest * 10 + u32::from(byte - b'0')) % 97);
    format!("{country}{:02}{body}", 98 - rest)
}

/// One of the ways in which a number is written or read out.
pub(crate) fn written(value: &str, random: &mut Random) -> String {
    let groups = |separator: &str| {
        let characters: Vec<char> = value.chars().collect();
        characters.chunks(4).map(|chunk| chunk.iter().collect::<String>()).collect::<Vec<_>>().join(separator)
    };
    match random.below(7) {
        0 => groups(" "),
        1 => groups("-"),
        2 => value
            .chars()
            .map(|c| if c.is_ascii_digit() { char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c) } else { c })
            .collect(),
        3 => groups("\u{200B}"),
        4 | 5 => said(value, random),
        _ => value.to_owned(),
    }
}

/// The words of a number that is read out.
pub(crate) fn said(value: &str, random: &mut Random) -> String {
    const WORDS: [&str; 10] =
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    let characters: Vec<char> = value.chars().filter(char::is_ascii_alphanumeric).collect();
    let style = random.below(3);
    let mut words = Vec::new();
    let mut at = 0;
    while at < characters.len() {
        let same = characters[at..].iter().take_while(|c| **c == characters[at]).count().min(3);
        let repeat = if style == 1 && characters[at].is_ascii_digit() { same } else { 1 };
        match repeat {
            2 => words.push("double".to_owned()),
            3 => words.push("triple".to_owned()),
            _ => {}
        }
        words.push(match characters[at].to_digit(10) {
            Some(0) if style == 2 => "oh".to_owned(),
            Some(digit) => WORDS[digit as usize].to_owned(),
            None => characters[at].to_lowercase().to_string(),
        });
        at += repeat;
    }
    words.join(" ")
}
