//! Cuts one stream into items: JSON lines, one JSON document, or one text.
//!
//! By content: a stream whose first line is a whole JSON value, or whose second line is one, is of lines; else what
//! begins with a bracket is one document, an array being a list of items; anything else is one text.

use std::io::{self, BufRead};

use serde::de::IgnoredAny;
use serde_json::Value;

use super::{
    format,
    item::{Context, Item, Malformed},
    lines::{ITEM_BYTES_MAX, Line, Lines},
};

/// What the file's name says about its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hint {
    Lines,
    Unknown,
}

/// One item, or why there is none, at the line where it begins or goes wrong.
pub(super) type Found = (u64, Result<Item, Malformed>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Lines,
    Document,
    Text,
    Empty,
}

/// Reads every item of a stream and hands it to `take`; `name` is the file's name without its extension.
pub(super) fn read<R: BufRead>(
    reader: R,
    name: &str,
    hint: Hint,
    context: &Context,
    mut take: impl FnMut(Found) -> io::Result<()>,
) -> io::Result<()> {
    let mut lines = Lines::new(reader);
    match shape(&mut lines, hint)? {
        Shape::Lines => read_lines(lines, context, take),
        Shape::Document => read_document(lines, context, take),
        Shape::Text => read_text(lines, name, context, take),
        Shape::Empty => take((1, Err(Malformed::new("it is empty")))),
    }
}

/// Looks at the first lines that hold something, and puts them back.
fn shape<R: BufRead>(lines: &mut Lines<R>, hint: Hint) -> io::Result<Shape> {
    let Some(first) = lines.next_filled()? else {
        return Ok(Shape::Empty);
    };
    let shape = match &first {
        _ if hint == Hint::Lines => Shape::Lines,
        Line::TooLong { .. } => Shape::Text,
        Line::Text { bytes, .. } if is_whole_object(bytes) => Shape::Lines,
        Line::Text { bytes, .. } if !opens_document(bytes) => Shape::Text,
        Line::Text { bytes, .. } => {
            let second = if bytes.trim_ascii().len() > 1 { lines.next_filled()? } else { None };
            let whole = matches!(&second, Some(Line::Text { bytes, .. }) if is_whole_object(bytes));
            lines.give_back(first);
            second.into_iter().for_each(|line| lines.give_back(line));
            return Ok(if whole { Shape::Lines } else { Shape::Document });
        }
    };
    lines.give_back(first);
    Ok(shape)
}

/// A brace, or a bracket that is not the beginning of a note such as `[Phone rings]`.
fn opens_document(line: &[u8]) -> bool {
    match line.trim_ascii() {
        [b'{', ..] => true,
        [b'[', rest @ ..] => matches!(rest.trim_ascii_start().first(), None | Some(b'{' | b']')),
        _ => false,
    }
}

fn is_whole_object(line: &[u8]) -> bool {
    matches!(line.trim_ascii(), [b'{', .., b'}']) && serde_json::from_slice::<IgnoredAny>(line).is_ok()
}

fn too_long(what: &str) -> Malformed {
    Malformed::new(format!("the {what} is longer than {} MiB", ITEM_BYTES_MAX >> 20))
}

fn read_lines<R: BufRead>(
    mut lines: Lines<R>,
    context: &Context,
    mut take: impl FnMut(Found) -> io::Result<()>,
) -> io::Result<()> {
    while let Some(line) = lines.next_filled()? {
        take(match line {
            Line::Text { number, bytes } => (number, format::parse_json(&bytes, context)),
            Line::TooLong { number } => (number, Err(too_long("line"))),
        })?;
    }
    Ok(())
}

fn read_document<R: BufRead>(
    mut lines: Lines<R>,
    context: &Context,
    mut take: impl FnMut(Found) -> io::Result<()>,
) -> io::Result<()> {
    let Some(text) = whole(&mut lines)? else {
        return take((1, Err(too_long("document"))));
    };
    match serde_json::from_slice::<Value>(&text) {
        Ok(Value::Array(values)) => values.into_iter().enumerate().try_for_each(|(index, value)| {
            let parsed = format::parse_value(value, context);
            take((1, parsed.map_err(|error| Malformed::field(format!("[{index}]"), error.reason()))))
        }),
        Ok(value) => take((1, format::parse_value(value, context))),
        Err(_) => take(placed(format::parse_json(&text, context))),
    }
}

fn read_text<R: BufRead>(
    mut lines: Lines<R>,
    name: &str,
    context: &Context,
    mut take: impl FnMut(Found) -> io::Result<()>,
) -> io::Result<()> {
    match whole(&mut lines)? {
        Some(text) => take(placed(format::parse_text(&text, name, context))),
        None => take((1, Err(too_long("text")))),
    }
}

/// The whole stream, each line at its place; `None` where it is longer than an item may be.
fn whole<R: BufRead>(lines: &mut Lines<R>) -> io::Result<Option<Vec<u8>>> {
    let mut text = Vec::new();
    let mut at = 1;
    while let Some(line) = lines.next()? {
        let Line::Text { number, bytes } = line else { return Ok(None) };
        text.extend((at..number).map(|_| b'\n'));
        at = number;
        if text.len() + bytes.len() > ITEM_BYTES_MAX {
            return Ok(None);
        }
        text.extend_from_slice(&bytes);
    }
    Ok(Some(text))
}

/// An item that is the whole stream is at fault where its own line is.
fn placed(parsed: Result<Item, Malformed>) -> Found {
    (parsed.as_ref().err().map_or(1, Malformed::line), parsed)
}
