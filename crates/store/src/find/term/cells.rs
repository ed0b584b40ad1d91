//! Numbers of metadata as terms, and ranges of them.
//!
//! A number of very many values has a set for each. So a number is written as its cell, too, and a range is the cells that
//! lie within it with the numbers on either side.

use super::{Field, Term, Terms, beginning, name};

/// Bits of a number, as it stands in order, that all numbers of one cell have in common: 256 cells from a power of two to
/// the next.
const CELL_BITS: u32 = 20;
const CELL_SHIFT: u32 = u64::BITS - CELL_BITS;

impl Term {
    /// The cell in which a number lies, so that a range need not go over each value in it.
    pub(super) fn metadata_cell(key: &str, number: f64) -> Self {
        let mut bytes = name(Field::MetadataCell, key);
        bytes.extend(cell_bytes(cell(in_order(number))));
        Self(bytes)
    }
}

/// The numbers of a metadata key within bounds, both inclusive: the cells that lie within them, and the numbers on either
/// side of these.
pub(crate) fn numbers(key: &str, min: Option<f64>, max: Option<f64>) -> Vec<Terms> {
    let (min, max) = (min.map_or(0, in_order), max.map_or(u64::MAX, in_order));
    let (first, end) = (cell(min) + 1, cell(max));
    if first >= end {
        return vec![exactly(key, min, max)];
    }
    let cells = name(Field::MetadataCell, key);
    let bound = |cell: u64| [cells.as_slice(), &cell_bytes(cell)].concat();
    vec![
        exactly(key, min, (first << CELL_SHIFT) - 1),
        bound(first)..bound(end),
        exactly(key, end << CELL_SHIFT, max),
    ]
}

/// The numbers of a metadata key from one on up to another, as they stand in order.
fn exactly(key: &str, min: u64, max: u64) -> Terms {
    let bytes = name(Field::MetadataNumber, key);
    let bound = |number: u64| [bytes.as_slice(), &number.to_be_bytes()].concat();
    bound(min)..beginning(bound(max)).end
}

fn cell(in_order: u64) -> u64 {
    in_order >> CELL_SHIFT
}

/// As many as hold the bits of a cell.
fn cell_bytes(cell: u64) -> [u8; 3] {
    let [.., high, middle, low] = cell.to_be_bytes();
    [high, middle, low]
}

/// A number as one that sorts as numbers do.
pub(super) fn in_order(number: f64) -> u64 {
    // The two zeros are equal.
    let bits = if number == 0.0 { 0 } else { number.to_bits() };
    let sign = 1 << 63;
    if bits & sign == 0 { bits | sign } else { !bits }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hansard_domain::metadata::MetadataValue;

    fn number(value: f64) -> Term {
        Term::metadata("n", &MetadataValue::Number(value))
    }

    fn within(terms: &Terms, term: &Term) -> bool {
        terms.contains(&term.0)
    }

    #[test]
    fn numbers_sort_as_numbers() {
        let numbers = [f64::MIN, -2.5, -1.0, 0.0, f64::MIN_POSITIVE, 0.1, 1.0, 1e300];
        let terms: Vec<Term> = numbers.into_iter().map(number).collect();
        assert!(terms.is_sorted_by(|one, other| one < other));
        assert_eq!(number(0.0), number(-0.0));
    }

    /// Whether a number of a key is found by a range of another, once.
    fn is_found(range: &[Terms], key: &str, value: f64) -> bool {
        let terms = [Term::metadata(key, &MetadataValue::Number(value)), Term::metadata_cell(key, value)];
        let found = range.iter().filter(|range| terms.iter().any(|term| within(range, term))).count();
        assert!(found <= 1, "{value}");
        found == 1
    }

    #[test]
    fn bounds_are_inclusive_and_stay_with_their_key() {
        let range = numbers("n", Some(-1.0), Some(1.0));
        for (value, expected) in [(-1.1, false), (-1.0, true), (0.0, true), (1.0, true), (1.1, false)] {
            assert_eq!(is_found(&range, "n", value), expected, "{value}");
        }
        let all = numbers("n", None, None);
        assert!(is_found(&all, "n", f64::MAX) && is_found(&all, "n", f64::MIN));
        assert!(!is_found(&all, "n2", 0.0) && !is_found(&range, "n2", 0.0));
    }

    #[test]
    fn each_number_within_bounds_is_found_by_its_cell_or_by_itself() {
        let values = [-1e9, -64.3, -64.0, -1.0, 0.0, 1e-9, 0.99, 1.0, 63.99, 64.0, 64.01, 64.25, 70.5, 1e9];
        for (min, max) in values.iter().flat_map(|min| values.map(|max| (*min, max))) {
            let range = numbers("n", Some(min), Some(max));
            for value in values {
                assert_eq!(is_found(&range, "n", value), min <= value && value <= max, "{min} {value} {max}");
            }
        }
        let wide = numbers("n", Some(64.1), Some(70.1));
        assert!(within(&wide[1], &Term::metadata_cell("n", 67.0)), "a cell stands for its numbers");
    }
}
