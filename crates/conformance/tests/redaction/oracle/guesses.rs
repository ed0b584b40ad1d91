//! What somebody would look for who wants to know what was masked.

/// Marks of masks and their neighbourhood.
const MASKS: [&str; 8] = ["[", "]", "[CREDIT_CARD]", "CREDIT", "*", "****", "card ", " today"];

/// An endless row of guesses, the same in each run.
pub(crate) struct Guesses {
    secrets: [Vec<char>; 2],
    state: u64,
}

impl Guesses {
    pub(crate) fn about(secrets: [&str; 2]) -> Self {
        Self { secrets: secrets.map(|secret| secret.chars().collect()), state: 0x9E37_79B9_7F4A_7C15 }
    }

    /// Draws a number below `bound` (xorshift64).
    fn draw(&mut self, bound: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state % u64::try_from(bound).unwrap()).unwrap()
    }

    fn part_of(&mut self, secret: usize) -> String {
        let length = self.secrets[secret].len();
        let start = self.draw(length);
        let end = start + 1 + self.draw(length - start);
        self.secrets[secret][start..end].iter().collect()
    }

    fn digits(&mut self) -> String {
        let count = 1 + self.draw(16);
        (0..count).map(|_| char::from(b'0' + u8::try_from(self.draw(10)).unwrap())).collect()
    }
}

impl Iterator for Guesses {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        let guess = match self.draw(8) {
            kind @ 0..2 => self.part_of(kind),
            kind @ 2..4 => self.part_of(kind - 2).replace(' ', ""),
            4 => format!("card {}", self.part_of(0)),
            5 => format!("{} today", self.part_of(1)),
            6 => MASKS[self.draw(MASKS.len())].to_owned(),
            _ => self.digits(),
        };
        Some(guess)
    }
}
