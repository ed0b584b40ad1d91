//! Words that nobody says: each letter but the cased ones belongs to one canary alone.

/// Ideographs of Extension A, which have no case and no look-alikes.
const FIRST_IDEOGRAPH: u32 = 0x3400;
/// Glagolitic capitals; their small letters follow 48 code points later.
const FIRST_CAPITAL: u32 = 0x2C00;
const CAPITALS: u32 = 47;
const PAIRS: u32 = 3;

/// A word, and where it was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canary {
    pub place: String,
    pub text: String,
}

/// Gives one canary after another.
#[derive(Debug, Default)]
pub struct Canaries {
    given: Vec<Canary>,
}

impl Canaries {
    /// Matches every canary whole, and nothing else that is said.
    pub const PATTERN: &str = "[\u{2C00}-\u{2C5F}\u{3400}-\u{4DBF}]{6}";

    /// Makes the next canary, told at `place`.
    pub fn give(&mut self, place: &str) -> String {
        let number = u32::try_from(self.given.len()).unwrap() * PAIRS;
        let letter = |code: u32| char::from_u32(code).unwrap();
        let pair = |index: u32| {
            [letter(FIRST_IDEOGRAPH + number + index), letter(FIRST_CAPITAL + (number + index) % CAPITALS)]
        };
        let text: String = (0..PAIRS).flat_map(pair).collect();
        self.given.push(Canary { place: place.to_owned(), text: text.clone() });
        text
    }

    pub fn given(&self) -> &[Canary] {
        &self.given
    }
}
