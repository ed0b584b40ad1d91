//! The numbering plans of the regions, after ITU-T E.164 and E.129 and the rules that libphonenumber publishes.
//!
//! A number is told by its first digits and its length, without the prefix for long distance (mostly 0). That is coarser
//! than libphonenumber, which knows each area: a number that it calls possible but not assigned is one here.

/// What a region's numbers look like: first digits, and how many digits there are then in all.
struct Plan {
    code: &'static [u8],
    /// Dialled before the number inside the region.
    trunk: &'static [u8],
    leads: &'static [(&'static [u8], usize, usize)],
}

const ZERO: &[u8] = &[0];
const NONE: &[u8] = &[];

macro_rules! plans {
    ($($region:ident [$($code:literal)+] $trunk:ident: $([$($lead:literal)*] $min:literal $max:literal),+;)+) => {
        const PLANS: &[Plan] = &[$(Plan {
            code: &[$($code),+],
            trunk: $trunk,
            leads: &[$((&[$($lead),*], $min, $max)),+],
        }),+];
        #[cfg(test)]
        const REGIONS: &[&str] = &[$(stringify!($region)),+];
    };
}

const SIX: &[u8] = &[0, 6];
const EIGHT: &[u8] = &[8];
const ONE: &[u8] = &[1];

plans! {
    GB [4 4] ZERO: [1] 9 10, [2] 10 10, [3] 10 10, [5] 10 10, [7] 10 10, [8] 9 10, [9] 10 10;
    FR [3 3] ZERO: [1] 9 9, [2] 9 9, [3] 9 9, [4] 9 9, [5] 9 9, [6] 9 9, [7] 9 9, [8] 9 9, [9] 9 9;
    DE [4 9] ZERO: [1 5] 10 11, [1 6] 10 11, [1 7] 10 11, [2] 7 11, [3] 7 11, [4] 7 11, [5] 7 11, [6] 7 11, [7] 7 11, [8] 7 11, [9] 7 11;
    ES [3 4] NONE: [5] 9 9, [6] 9 9, [7] 9 9, [8] 9 9, [9] 9 9;
    IT [3 9] NONE: [0] 8 11, [3] 9 10, [8] 8 10;
    PT [3 5 1] NONE: [2] 9 9, [3] 9 9, [6] 9 9, [7] 9 9, [8] 9 9, [9] 9 9;
    NL [3 1] ZERO: [1] 9 9, [2] 9 9, [3] 9 9, [4] 9 9, [5] 9 9, [6] 9 9, [7] 9 9, [8] 7 10, [9] 7 10;
    BE [3 2] ZERO: [4] 8 9, [1] 8 8, [2] 8 8, [3] 8 8, [5] 8 8, [6] 8 8, [7] 8 8, [8] 8 8, [9] 8 8;
    CH [4 1] ZERO: [2] 9 9, [3] 9 9, [4] 9 9, [5] 9 9, [6] 9 9, [7] 9 9, [8] 9 9, [9] 9 9;
    AT [4 3] ZERO: [1] 7 12, [2] 7 12, [3] 7 12, [4] 7 12, [5] 7 12, [6] 9 13, [7] 7 12, [8] 7 12, [9] 8 12;
    SE [4 6] ZERO: [1] 7 9, [2] 7 9, [3] 7 9, [4] 7 9, [5] 7 9, [6] 7 9, [7] 9 9, [8] 7 10, [9] 7 9;
    NO [4 7] NONE: [2] 8 8, [3] 8 8, [4] 8 8, [5] 8 8, [6] 8 8, [7] 8 8, [8] 8 8, [9] 8 8;
    DK [4 5] NONE: [2] 8 8, [3] 8 8, [4] 8 8, [5] 8 8, [6] 8 8, [7] 8 8, [8] 8 8, [9] 8 8;
    FI [3 5 8] ZERO: [1] 7 10, [2] 7 10, [3] 7 10, [4] 7 10, [5] 7 10, [6] 7 10, [8] 7 10, [9] 7 10;
    IS [3 5 4] NONE: [4] 7 7, [5] 7 7, [6] 7 7, [7] 7 7, [8] 7 7, [3] 9 9;
    PL [4 8] NONE: [1] 9 9, [2] 9 9, [3] 9 9, [4] 9 9, [5] 9 9, [6] 9 9, [7] 9 9, [8] 9 9, [9] 9 9;
    CZ [4 2 0] NONE: [2] 9 9, [3] 9 9, [4] 9 9, [5] 9 9, [6] 9 9, [7] 9 9, [8] 9 9, [9] 9 9;
    SK [4 2 1] ZERO: [2] 9 9, [3] 9 9, [4] 9 9, [5] 9 9, [9] 9 9;
    HU [3 6] SIX: [1] 8 8, [2] 8 9, [3] 8 9, [4] 8 8, [5] 8 9, [6] 8 8, [7] 8 9, [8] 8 8, [9] 8 8;
    RO [4 0] ZERO: [2] 9 9, [3] 9 9, [7] 9 9, [8] 9 9;
    IE [3 5 3] ZERO: [1] 8 8, [2] 7 9, [4] 7 9, [5] 7 9, [6] 7 9, [7] 7 9, [8] 9 9, [9] 7 9;
    SI [3 8 6] ZERO: [1] 8 8, [2] 8 8, [3] 8 8, [4] 8 8, [5] 8 8, [6] 8 8, [7] 8 8;
    HR [3 8 5] ZERO: [1] 8 8, [2] 8 9, [3] 8 9, [4] 8 9, [5] 8 9, [9] 8 9;
    GR [3 0] NONE: [2] 10 10, [6] 10 10, [8] 10 10;
    BG [3 5 9] ZERO: [2] 7 8, [3] 7 8, [4] 7 8, [5] 7 8, [6] 7 8, [7] 7 8, [8] 8 9, [9] 8 9;
    EE [3 7 2] NONE: [3] 7 7, [4] 7 7, [5] 7 8, [6] 7 7, [7] 7 8;
    LV [3 7 1] NONE: [2] 8 8, [6] 8 8;
    LT [3 7 0] EIGHT: [3] 8 8, [4] 8 8, [5] 8 8, [6] 8 8;
    UA [3 8 0] ZERO: [3] 9 9, [4] 9 9, [5] 9 9, [6] 9 9, [7] 9 9, [9] 9 9;
    RU [7] EIGHT: [3] 10 10, [4] 10 10, [8] 10 10, [9] 10 10;
    TR [9 0] ZERO: [2] 10 10, [3] 10 10, [4] 10 10, [5] 10 10;
    IL [9 7 2] ZERO: [2] 8 8, [3] 8 8, [4] 8 8, [5] 9 9, [7] 9 9, [8] 8 8, [9] 8 8;
    AE [9 7 1] ZERO: [2] 8 8, [3] 8 8, [4] 8 8, [5] 9 9, [6] 8 8, [7] 8 8, [9] 8 8;
    SA [9 6 6] ZERO: [1] 9 9, [5] 9 9;
    ZA [2 7] ZERO: [1] 9 9, [2] 9 9, [3] 9 9, [4] 9 9, [5] 9 9, [6] 9 9, [7] 9 9, [8] 9 9;
    NG [2 3 4] ZERO: [7] 10 10, [8] 10 10, [9] 10 10;
    KE [2 5 4] ZERO: [1] 9 9, [7] 9 9;
    EG [2 0] ZERO: [1] 10 10, [2] 9 9;
    IN [9 1] ZERO: [1] 10 10, [2] 10 10, [3] 10 10, [4] 10 10, [5] 10 10, [6] 10 10, [7] 10 10, [8] 10 10, [9] 10 10;
    PK [9 2] ZERO: [3] 10 10, [2] 9 10, [4] 9 10, [5] 9 10;
    CN [8 6] ZERO: [1 3] 11 11, [1 4] 11 11, [1 5] 11 11, [1 6] 11 11, [1 7] 11 11, [1 8] 11 11, [1 9] 11 11, [1 0] 10 10, [2] 10 10, [3] 10 11, [4] 10 11, [5] 10 11, [7] 10 11, [8] 10 11;
    JP [8 1] ZERO: [7 0] 10 10, [8 0] 10 10, [9 0] 10 10, [1] 9 9, [2] 9 9, [3] 9 9, [4] 9 9, [5] 9 10, [6] 9 9, [7] 9 9, [8] 9 9, [9] 9 9;
    KR [8 2] ZERO: [1 0] 9 10, [2] 8 9, [3] 9 9, [4] 9 9, [5] 9 9, [6] 9 9, [7] 10 10;
    SG [6 5] NONE: [3] 8 8, [6] 8 8, [8] 8 8, [9] 8 8;
    HK [8 5 2] NONE: [2] 8 8, [3] 8 8, [5] 8 8, [6] 8 8, [7] 8 8, [9] 8 8;
    PH [6 3] ZERO: [2] 8 9, [9] 10 10, [3] 9 9, [4] 9 9;
    MY [6 0] ZERO: [1] 9 10, [3] 9 9, [4] 8 8, [5] 8 8, [6] 8 8, [7] 8 8, [8] 8 8, [9] 8 8;
    ID [6 2] ZERO: [8] 9 12, [2] 8 10, [3] 8 10;
    AU [6 1] ZERO: [2] 9 9, [3] 9 9, [4] 9 9, [7] 9 9, [8] 9 9, [1 3 0 0] 10 10, [1 8 0 0] 10 10;
    NZ [6 4] ZERO: [2] 8 10, [3] 8 8, [4] 8 8, [6] 8 8, [7] 8 8, [9] 8 8, [8 0 0] 9 10;
    BR [5 5] ZERO: [1] 10 11, [2] 10 11, [3] 10 11, [4] 10 11, [5] 10 11, [6] 10 11, [7] 10 11, [8] 10 11, [9] 10 11;
    MX [5 2] NONE: [2] 10 10, [3] 10 10, [4] 10 10, [5] 10 10, [6] 10 10, [7] 10 10, [8] 10 10, [9] 10 10;
    AR [5 4] ZERO: [1 1] 10 10, [2] 10 10, [3] 10 10, [9] 11 11;
    CL [5 6] NONE: [2] 9 9, [9] 9 9;
    CO [5 7] NONE: [3] 10 10, [6] 10 10;
    US [1] ONE: [2] 10 10, [3] 10 10, [4] 10 10, [5] 10 10, [6] 10 10, [7] 10 10, [8] 10 10, [9] 10 10;
}

impl Plan {
    fn has(&self, number: &[u8]) -> bool {
        let fits = |&(lead, min, max): &(&[u8], usize, usize)| {
            (min..=max).contains(&number.len()) && without(lead, number).is_some()
        };
        self.leads.iter().any(fits) && (self.code != [1] || is_north_american(number))
    }
}

/// The digits after some first ones; these are few, and comparing them one by one is faster than in one.
fn without<'d>(first: &[u8], digits: &'d [u8]) -> Option<&'d [u8]> {
    let (begin, rest) = digits.split_at_checked(first.len())?;
    begin.iter().eq(first).then_some(rest)
}

/// Whether it is a number with its country's code; a (0) that was written between the two does no harm.
pub(super) fn is_international(digits: &[u8]) -> bool {
    PLANS.iter().any(|plan| {
        let rest = without(plan.code, digits);
        rest.is_some_and(|rest| {
            let without_trunk = without(plan.trunk, rest).filter(|_| !plan.trunk.is_empty());
            plan.has(rest) || without_trunk.is_some_and(|rest| plan.has(rest))
        })
    })
}

/// Whether it begins with the code of a country that is listed here.
pub(super) fn has_country_code(digits: &[u8]) -> bool {
    PLANS.iter().any(|plan| without(plan.code, digits).is_some())
}

/// Whether it is a number of any region as it is dialled there.
pub(super) fn is_national(digits: &[u8]) -> bool {
    PLANS.iter().any(|plan| without(plan.trunk, digits).is_some_and(|number| plan.has(number)))
        || is_north_american(digits)
}

/// The plan of North America: neither the area nor the exchange begins with 0 or 1, nor is it 911 and the like.
pub(super) fn is_north_american(digits: &[u8]) -> bool {
    digits.len() == 10 && digits[0] >= 2 && digits[3] >= 2 && digits[1..3] != [1, 1] && digits[4..6] != [1, 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digits(text: &str) -> Vec<u8> {
        text.bytes().filter(u8::is_ascii_digit).map(|byte| byte - b'0').collect()
    }

    #[test]
    fn the_regions_are_many_and_each_once() {
        let mut regions = REGIONS.to_vec();
        regions.sort_unstable();
        regions.dedup();
        assert!(regions.len() == PLANS.len() && regions.len() >= 12);
    }

    /// Numbers that regulators reserve for films and documents, and libphonenumber's examples.
    #[test]
    fn published_example_numbers_are_known() {
        for number in [
            "+1 201 555 0123",
            "+44 20 7946 0018",
            "+44 7700 900123",
            "+33 1 99 00 12 34",
            "+49 30 23125 123",
            "+34 810 12 34 56",
            "+39 02 1234 5678",
            "+31 20 123 4567",
            "+46 8 465 004 12",
            "+47 21 23 45 67",
            "+45 32 12 34 56",
            "+358 41 2345678",
            "+48 12 345 67 89",
            "+41 21 234 56 78",
            "+61 2 5550 1234",
            "+55 11 96123 4567",
            "+91 81234 56789",
            "+81 90 1234 5678",
            "+353 20 910 1234",
            "+52 200 123 4567",
        ] {
            assert!(is_international(&digits(number)), "{number}");
        }
        for number in ["+999 12 34 56", "+44 20 7946", "+1 123 456 7890", "+33 1 99 00 12"] {
            assert!(!is_international(&digits(number)), "{number}");
        }
        assert!(is_national(&digits("020 7946 0018")) && is_national(&digits("0199001234")));
        assert!(is_national(&digits("06 20 123 4567")) && !is_national(&digits("999999")));
    }
}
