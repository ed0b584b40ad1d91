//! Check digits, each by the public standard that defines it. Digits are values from 0 to 9, not characters.

/// Luhn, ISO/IEC 7812-1 annex B: payment cards, and several national numbers.
pub(crate) fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, &digit)| {
            let value = u32::from(digit) << (at % 2);
            if value > 9 { value - 9 } else { value }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// ISO/IEC 7064 MOD 97-10 over letters and digits as they come, letters counting from 10: 1 if right.
pub(crate) fn mod97(characters: impl Iterator<Item = u8>) -> Option<u32> {
    characters.into_iter().try_fold(0_u32, |rest, c| match c {
        b'0'..=b'9' => Some((rest * 10 + u32::from(c - b'0')) % 97),
        b'A'..=b'Z' => Some((rest * 100 + u32::from(c - b'A') + 10) % 97),
        _ => None,
    })
}

/// The digits as one number, of at most 18 digits.
pub(crate) fn value(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |value, &digit| value * 10 + u64::from(digit))
}

/// The sum of the digits, each times its weight.
pub(crate) fn weighted(digits: &[u8], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(&digit, weight)| u32::from(digit) * weight).sum()
}

/// ISO/IEC 7064 MOD 11,10: the German tax number.
pub(crate) fn mod11_10(digits: &[u8]) -> bool {
    let Some((&check, body)) = digits.split_last() else { return false };
    let product = body.iter().fold(10, |product, &digit| {
        let sum = (u32::from(digit) + product) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (11 - product) % 10 == u32::from(check)
}

/// Verhoeff's scheme over the dihedral group D5: the Indian Aadhaar.
pub(crate) fn verhoeff(digits: &[u8]) -> bool {
    const PERMUTED: [u8; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let permute = |digit: u8, times: usize| (0..times % 8).fold(digit, |digit, _| PERMUTED[digit as usize]);
    let multiply = |a: u8, b: u8| match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => (a + b) % 5 + 5,
        (false, true) => (a - b) % 5 + 5,
        (false, false) => (a + 5 - b) % 5,
    };
    digits.iter().rev().enumerate().fold(0, |sum, (at, &digit)| multiply(sum, permute(digit, at))) == 0
}

/// Whether year, month and day can be a day.
pub(crate) fn is_day(month: u64, day: u64) -> bool {
    const DAYS: [u64; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    (1..=12).contains(&month) && (1..=DAYS[month as usize - 1]).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digits(text: &str) -> Vec<u8> {
        text.bytes().map(|byte| byte - b'0').collect()
    }

    #[test]
    fn published_examples_hold_and_no_other_last_digit() {
        type Check = fn(&[u8]) -> bool;
        for (check, number) in [
            (luhn as Check, "4111111111111111"),
            (luhn, "79927398713"),
            (mod11_10, "86095742719"),
            (verhoeff, "2363"),
            (verhoeff, "123451"),
        ] {
            let mut number = digits(number);
            let last = number.len() - 1;
            let right = number[last];
            for digit in 0..10 {
                number[last] = digit;
                assert_eq!(check(&number), digit == right, "{number:?}");
            }
        }
    }

    #[test]
    fn the_remainder_of_97_is_that_of_the_standard() {
        // GB82 WEST 1234 5698 7654 32, the country and check digits behind
        assert_eq!(mod97("WEST12345698765432GB82".bytes()), Some(1));
        assert_eq!(mod97("WEST12345698765423GB82".bytes()).map(|rest| rest == 1), Some(false));
        assert_eq!(mod97("a".bytes()), None);
    }
}
