//! Marks, words and values of a filter text; what they mean together is the parser's.

use super::Fault;

/// What stands between a field and its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Has,
}

/// The longer ones first, so that none is taken for its beginning.
const OPERATORS: [(&str, Operator); 7] = [
    ("!=", Operator::NotEqual),
    ("<=", Operator::LessOrEqual),
    (">=", Operator::GreaterOrEqual),
    ("<", Operator::Less),
    (">", Operator::Greater),
    ("=", Operator::Equal),
    (":", Operator::Has),
];

/// A value as it was written, without its quotes and escapes.
#[derive(Debug)]
pub(super) struct Value {
    pub(super) text: String,
    pub(super) is_quoted: bool,
    /// Stars that no backslash stands before.
    pub(super) stars: usize,
    /// Whether the last character is such a star.
    pub(super) ends_in_star: bool,
    pub(super) at: usize,
}

impl Value {
    /// A star alone and without quotes: whatever is there.
    pub(super) fn is_any(&self) -> bool {
        !self.is_quoted && self.text == "*"
    }
}

#[derive(Debug)]
pub(super) struct Scanner<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// The byte of the next character that is no space.
    pub(super) fn at(&mut self) -> usize {
        self.at = self.text.len() - self.rest().trim_start().len();
        self.at
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// The next character that is no space.
    pub(super) fn peek(&mut self) -> Option<char> {
        self.at();
        self.rest().chars().next()
    }

    /// Takes a mark where it comes next.
    pub(super) fn eat(&mut self, mark: char) -> bool {
        let is_next = self.peek() == Some(mark);
        if is_next {
            self.at += mark.len_utf8();
        }
        is_next
    }

    /// Takes a word such as AND where it comes next and ends there.
    pub(super) fn keyword(&mut self, word: &str) -> bool {
        self.at();
        let after = self.rest().strip_prefix(word);
        let is_next = after.is_some_and(|after| after.chars().next().is_none_or(ends_keyword));
        if is_next {
            self.at += word.len();
        }
        is_next
    }

    pub(super) fn operator(&mut self) -> Option<Operator> {
        self.at();
        let (mark, operator) = OPERATORS.iter().find(|(mark, _)| self.rest().starts_with(mark))?;
        self.at += mark.len();
        Some(*operator)
    }

    /// One part of a field's path; empty where none comes.
    pub(super) fn segment(&mut self) -> Result<String, Fault> {
        if let Some(quote @ ('"' | '\'')) = self.rest().chars().next() {
            return self.quoted(quote).map(|value| value.text);
        }
        Ok(self.take_while(|c| !c.is_whitespace() && !"()\"'=<>!:,.".contains(c)).to_owned())
    }

    /// Takes the dot that another part of the path follows.
    pub(super) fn dot(&mut self) -> bool {
        let is_next = self.rest().starts_with('.');
        self.at += usize::from(is_next);
        is_next
    }

    /// The value after an operator: in quotes, or all characters up to a space, a bracket or a comma.
    pub(super) fn value(&mut self) -> Result<Value, Fault> {
        let at = self.at();
        if let Some(quote @ ('"' | '\'')) = self.rest().chars().next() {
            let value = self.quoted(quote)?;
            return match self.rest().chars().next() {
                Some(next) if !ends_value(next) => {
                    Err(Fault::new(self.at, "a space or a bracket is missing after the closing quote"))
                }
                _ => Ok(value),
            };
        }
        let text = self.take_while(|c| !ends_value(c));
        if text.is_empty() || matches!(text, "AND" | "OR" | "NOT") {
            return Err(Fault::new(at, "a value is missing here"));
        }
        if text.starts_with(['=', '<', '>', '!', ':']) {
            return Err(Fault::new(
                at,
                "one operator is enough; a value with such a character goes in quotes",
            ));
        }
        let stars = text.matches('*').count();
        Ok(Value { text: text.to_owned(), is_quoted: false, stars, ends_in_star: text.ends_with('*'), at })
    }

    fn take_while(&mut self, is_part: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn quoted(&mut self, quote: char) -> Result<Value, Fault> {
        let at = self.at;
        let mut value = Value { text: String::new(), is_quoted: true, stars: 0, ends_in_star: false, at };
        let mut chars = self.rest().char_indices().skip(1);
        while let Some((offset, c)) = chars.next() {
            value.ends_in_star = c == '*' || (value.ends_in_star && c == quote);
            match c {
                '\\' => match chars.next().and_then(|(_, escaped)| unescaped(escaped)) {
                    Some(c) => value.text.push(c),
                    None => return Err(Fault::new(at + offset, UNKNOWN_ESCAPE)),
                },
                c if c == quote => {
                    self.at += offset + quote.len_utf8();
                    return Ok(value);
                }
                c => {
                    value.stars += usize::from(c == '*');
                    value.text.push(c);
                }
            }
        }
        Err(Fault::new(at, format!("the quote {quote} that opens here is not closed")))
    }
}

const UNKNOWN_ESCAPE: &str = r#"unknown escape; there are \\ \" \' \* \n \r and \t"#;

fn unescaped(c: char) -> Option<char> {
    match c {
        '\\' | '"' | '\'' | '*' => Some(c),
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        _ => None,
    }
}

fn ends_value(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | ')' | ',')
}

fn ends_keyword(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | ')' | '"' | '\'')
}
