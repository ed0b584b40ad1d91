//! Lines of a stream, each at most so long, with their numbers.
//!
//! A longer line is skipped without being held in memory.

use std::{
    collections::VecDeque,
    io::{self, BufRead, Read},
};

/// The largest item of an input: a line, a JSON document or a text.
pub(super) const ITEM_BYTES_MAX: usize = 64 * 1024 * 1024;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    Text { number: u64, bytes: Vec<u8> },
    TooLong { number: u64 },
}

/// Reads lines without their line feed, carriage return and byte order mark.
pub(super) struct Lines<R> {
    reader: R,
    number: u64,
    given_back: VecDeque<Line>,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, number: 0, given_back: VecDeque::new() }
    }

    /// Puts back a line, behind those put back before.
    pub(super) fn give_back(&mut self, line: Line) {
        self.given_back.push_back(line);
    }

    /// The next line that is more than blanks.
    pub(super) fn next_filled(&mut self) -> io::Result<Option<Line>> {
        loop {
            match self.next()? {
                Some(Line::Text { bytes, .. }) if bytes.trim_ascii().is_empty() => {}
                line => return Ok(line),
            }
        }
    }

    pub(super) fn next(&mut self) -> io::Result<Option<Line>> {
        if let Some(line) = self.given_back.pop_front() {
            return Ok(Some(line));
        }
        let mut bytes = Vec::new();
        let limit = ITEM_BYTES_MAX as u64 + 1;
        let read = self.reader.by_ref().take(limit).read_until(b'\n', &mut bytes)?;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        let number = self.number;
        if bytes.last() == Some(&b'\n') {
            bytes.pop();
        } else if bytes.len() > ITEM_BYTES_MAX {
            self.skip_line()?;
            return Ok(Some(Line::TooLong { number }));
        }
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        if number == 1 && bytes.starts_with(b"\xEF\xBB\xBF") {
            bytes.drain(..3);
        }
        Ok(Some(Line::Text { number, bytes }))
    }

    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.reader.fill_buf()?;
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let used = end.map_or(buffer.len(), |end| end + 1);
            let finished = end.is_some() || buffer.is_empty();
            self.reader.consume(used);
            if finished {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn lines(bytes: &[u8]) -> Vec<Line> {
        let mut lines = Lines::new(bytes);
        std::iter::from_fn(|| lines.next().unwrap()).collect()
    }

    #[test]
    fn ends_and_marks_of_all_systems_are_taken_off() {
        let text = |number, bytes: &[u8]| Line::Text { number, bytes: bytes.to_vec() };
        assert_eq!(
            lines(b"\xEF\xBB\xBFone\r\n\ntwo\nlast"),
            [text(1, b"one"), text(2, b""), text(3, b"two"), text(4, b"last")]
        );
        assert_eq!(lines(b""), []);
    }

    #[test]
    fn a_line_beyond_the_limit_is_skipped() {
        let mut bytes = vec![b'x'; ITEM_BYTES_MAX + 10];
        bytes.extend_from_slice(b"\nnext");
        assert_eq!(
            lines(&bytes),
            [Line::TooLong { number: 1 }, Line::Text { number: 2, bytes: b"next".to_vec() }]
        );
    }
}
