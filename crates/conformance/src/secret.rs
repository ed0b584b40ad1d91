//! Personal data that nobody owns, each value once, and how to tell that an answer holds one.

use serde_json::Value;

/// What a value is; its label is what stands in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Card,
    Ssn,
    Email,
    Phone,
}

impl Kind {
    pub const ALL: [Self; 4] = [Self::Card, Self::Ssn, Self::Email, Self::Phone];

    pub fn label(self) -> &'static str {
        match self {
            Self::Card => "CREDIT_CARD",
            Self::Ssn => "US_SSN",
            Self::Email => "EMAIL",
            Self::Phone => "PHONE_NUMBER",
        }
    }

    /// Returns the id of the moment that a hit is annotated with.
    pub fn moment(self) -> String {
        self.label().to_lowercase()
    }

    /// Returns the value numbered `number`, below 9000.
    pub fn value(self, number: u32) -> String {
        let number = number + 1000;
        match self {
            Self::Card => card(&format!("45391488{number}347")),
            Self::Ssn => format!("536-{:02}-{number}", 11 + number % 80),
            Self::Email => format!("wanda.q{number}@brightmail.org"),
            Self::Phone => format!("(415) 862-{number}"),
        }
    }

    /// Returns a sentence in which somebody tells a value.
    pub fn told(self, value: &str) -> String {
        match self {
            Self::Card => format!("told: please charge my credit card {value} today"),
            Self::Ssn => format!("told: my social security number is {value} you know"),
            Self::Email => format!("told: write me at {value} please"),
            Self::Phone => format!("told: call me at {value} please"),
        }
    }

    /// Returns the same sentence with the value masked.
    pub fn masked(self) -> String {
        self.told(&format!("[{}]", self.label()))
    }
}

/// Gives one value of a kind after another.
#[derive(Debug)]
pub struct Secrets {
    kind: Kind,
    /// Place and value.
    given: Vec<(String, String)>,
}

impl Secrets {
    pub fn of(kind: Kind) -> Self {
        Self { kind, given: Vec::new() }
    }

    /// Tells the next value at `place`.
    pub fn tell(&mut self, place: &str) -> String {
        let value = self.kind.value(u32::try_from(self.given.len()).unwrap());
        self.given.push((place.to_owned(), value.clone()));
        self.kind.told(&value)
    }

    pub fn given(&self) -> &[(String, String)] {
        &self.given
    }

    /// Returns the places whose values a text holds.
    pub fn leaks_in(&self, text: &str) -> Vec<&str> {
        let given = self.given.iter();
        given.filter(|(_, value)| holds(text, value)).map(|(place, _)| place.as_str()).collect()
    }
}

/// Returns whether a text holds a value, as it was told or with other marks between its letters, or in words one by one.
pub fn holds(text: &str, value: &str) -> bool {
    if text.contains(value) || bare(text).contains(&bare(value)) {
        return true;
    }
    let words = serde_json::from_str(text).map_or(String::new(), |answer| spoken(&answer));
    bare(&words).contains(&bare(value))
}

/// Returns a card number that ends in the check digit, in groups of four.
pub fn card(digits: &str) -> String {
    let number = format!("{digits}{}", check_digit(digits));
    let groups: Vec<&str> =
        number.as_bytes().chunks(4).map(|group| std::str::from_utf8(group).unwrap()).collect();
    groups.join(" ")
}

fn check_digit(digits: &str) -> u32 {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let doubled = u32::from(byte - b'0') * if place % 2 == 0 { 2 } else { 1 };
            doubled / 10 + doubled % 10
        })
        .sum();
    (10 - sum % 10) % 10
}

fn bare(text: &str) -> String {
    text.chars().filter(|letter| !" -().+,/".contains(*letter)).collect()
}

/// Returns the words of all transcriptions in an answer, one after another.
fn spoken(answer: &Value) -> String {
    match answer {
        Value::Object(fields) => {
            let words = fields.get("words").and_then(Value::as_array);
            let own =
                words.into_iter().flatten().filter_map(|word| word["word"].as_str()).collect::<String>();
            own + &fields.values().map(spoken).collect::<String>()
        }
        Value::Array(items) => items.iter().map(spoken).collect(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_value_is_recognised_however_it_is_told() {
        let value = Kind::Card.value(7);
        assert_eq!(value.len(), 19);
        assert!(holds(&format!("a {value} b"), &value));
        assert!(holds(&value.replace(' ', "-"), &value));
        assert!(!holds("4539 1488", &value));
        let words: Vec<Value> =
            value.split(' ').map(|word| json!({"word": word, "confidence": 0.5})).collect();
        assert!(holds(&json!({"a": [{"words": words}]}).to_string(), &value));
    }

    #[test]
    fn a_card_has_its_check_digit() {
        assert_eq!(card("411111111111111"), "4111 1111 1111 1111");
    }

    #[test]
    fn no_value_is_given_twice() {
        for kind in Kind::ALL {
            let mut secrets = Secrets::of(kind);
            let text: String = (0..100).map(|index| secrets.tell(&index.to_string())).collect();
            assert_eq!(secrets.leaks_in(&text).len(), 100);
            let values: std::collections::BTreeSet<_> =
                secrets.given().iter().map(|given| &given.1).collect();
            assert_eq!(values.len(), 100);
        }
    }
}
