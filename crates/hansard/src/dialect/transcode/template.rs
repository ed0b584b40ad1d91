//! Path templates of `google.api.http`: literals, `*`, variables and a verb.
//!
//! `**` is not supported: no path of the contract has one.

use std::ops::Range;

use anyhow::{Context, Result, bail};

/// What one segment of a path must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    Literal(String),
    Any,
}

/// A field that takes a run of the path's segments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// The field's path in the request message, in proto names.
    pub field: String,
    pub segments: Range<usize>,
}

/// A path as the contract writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    pub segments: Vec<Segment>,
    pub variables: Vec<Variable>,
    pub verb: Option<String>,
}

impl Template {
    /// Reads a template such as `/v1/{name=customers/*}:close`.
    pub fn parse(text: &str) -> Result<Self> {
        let mut template = Self { segments: Vec::new(), variables: Vec::new(), verb: None };
        let mut rest = text.strip_prefix('/').context("a path starts with '/'")?;
        while !rest.is_empty() {
            rest = match rest.strip_prefix('{') {
                Some(inner) => template.take_variable(inner)?,
                None => template.take_segment(rest)?,
            };
            if let Some(verb) = rest.strip_prefix(':') {
                template.verb = Some(verb.to_owned());
                break;
            }
            rest = match rest.strip_prefix('/') {
                Some("") => bail!("a path does not end with '/'"),
                Some(next) => next,
                None if rest.is_empty() => rest,
                None => bail!("expected '/' before {rest:?}"),
            };
        }
        Ok(template)
    }

    fn take_variable<'a>(&mut self, text: &'a str) -> Result<&'a str> {
        let (inner, rest) = text.split_once('}').context("a variable ends with '}'")?;
        let (field, pattern) = inner.split_once('=').unwrap_or((inner, "*"));
        let start = self.segments.len();
        for segment in pattern.split('/') {
            self.push(segment)?;
        }
        self.variables.push(Variable { field: field.to_owned(), segments: start..self.segments.len() });
        Ok(rest)
    }

    fn take_segment<'a>(&mut self, text: &'a str) -> Result<&'a str> {
        let end = text.find(['/', ':']).unwrap_or(text.len());
        self.push(&text[..end])?;
        Ok(&text[end..])
    }

    fn push(&mut self, segment: &str) -> Result<()> {
        self.segments.push(match segment {
            "" => bail!("a segment is not empty"),
            "**" => bail!("'**' is not supported"),
            "*" => Segment::Any,
            literal => Segment::Literal(literal.to_owned()),
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn variables_span_their_segments() {
        let template = Template::parse("/v1/{parent=customers/*}/users/{user_id}:start").unwrap();
        assert_eq!(template.segments.len(), 5);
        assert_eq!(template.variables[0], Variable { field: "parent".into(), segments: 1..3 });
        assert_eq!(template.variables[1], Variable { field: "user_id".into(), segments: 4..5 });
        assert_eq!(template.verb.as_deref(), Some("start"));
    }

    #[test]
    fn wrong_templates_are_refused() {
        for bad in ["v1", "/v1/", "/v1//x", "/v1/{name", "/v1/{name=**}", "/v1/{a}{b}"] {
            Template::parse(bad).unwrap_err();
        }
    }
}
