//! What will be asked next, guessed: what follows in the direction in which it was asked so far, ever more of it.

use std::cell::Cell;

const FIRST: usize = 4;
pub(super) const GROWTH: usize = 4;
/// A run, a chunk of times, or the texts of a conversation take as long to read as so many sets, about.
pub(super) const LONGER: usize = 16;

#[derive(Debug)]
pub(super) struct Ahead {
    max: usize,
    length: Cell<usize>,
    last: Cell<Option<i64>>,
}

impl Ahead {
    /// Never reads more than so many together.
    pub(super) fn up_to(max: usize) -> Self {
        Self { max, length: Cell::new(FIRST.min(max)), last: Cell::new(None) }
    }

    /// The place that is asked and those to read with it. At first what is older is next, as in most lists.
    pub(super) fn from(&self, place: i64) -> impl Iterator<Item = i64> + use<> {
        let goes_up = self.last.replace(Some(place)).is_some_and(|last| place > last);
        let length = self.length.replace((self.length.get() * GROWTH).min(self.max));
        let step = if goes_up { 1 } else { -1 };
        std::iter::successors(Some(place), move |place| Some(place + step)).take(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(ahead: &Ahead, place: i64) -> Vec<i64> {
        ahead.from(place).collect()
    }

    #[test]
    fn ever_more_is_read_in_the_direction_of_asking() {
        let ahead = Ahead::up_to(6);
        assert_eq!(read(&ahead, 50), [50, 49, 48, 47]);
        assert_eq!(read(&ahead, 46), [46, 45, 44, 43, 42, 41]);
        assert_eq!(read(&ahead, 51), [51, 52, 53, 54, 55, 56]);
        assert_eq!(read(&ahead, 57), [57, 58, 59, 60, 61, 62]);
    }

    #[test]
    fn where_a_way_is_cheap_nothing_is_read_ahead() {
        let ahead = Ahead::up_to(1);
        assert_eq!(read(&ahead, 9), [9]);
        assert_eq!(read(&ahead, 8), [8]);
    }
}
