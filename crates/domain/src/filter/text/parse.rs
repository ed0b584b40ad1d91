//! The grammar of AIP-160: conditions joined by AND (or nothing), OR, which binds tighter, NOT (or a minus) and brackets.

use super::{
    DEPTH_MAX, Fault,
    field::Field,
    scan::{Operator, Scanner, Value},
};

/// A text as a tree.
#[derive(Debug)]
pub(super) enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    Is(Condition),
}

/// One field compared with one value.
#[derive(Debug)]
pub(super) struct Condition {
    pub(super) field: Field,
    /// What follows the field and a dot.
    pub(super) key: Option<String>,
    pub(super) operator: Operator,
    pub(super) value: Value,
    pub(super) at: usize,
}

/// A field and an operator that values are still to come for.
#[derive(Debug, Clone)]
struct Asked {
    field: Field,
    key: Option<String>,
    operator: Operator,
    at: usize,
}

/// The tree of a text; none where it is blank.
pub(super) fn parse(text: &str) -> Result<Option<Node>, Fault> {
    let mut parser = Parser { scanner: Scanner::new(text), depth: 0 };
    if parser.scanner.peek().is_none() {
        return Ok(None);
    }
    let node = parser.all(None)?;
    match parser.scanner.peek() {
        None => Ok(Some(node)),
        Some(mark) => Err(Fault::new(parser.scanner.at(), format!("'{mark}' is not expected here"))),
    }
}

struct Parser<'t> {
    scanner: Scanner<'t>,
    depth: usize,
}

impl Parser<'_> {
    /// Conditions, or with `asked` values, that must all hold.
    fn all(&mut self, asked: Option<&Asked>) -> Result<Node, Fault> {
        let mut all = vec![self.any(asked)?];
        while !matches!(self.scanner.peek(), None | Some(')' | ',')) {
            self.scanner.keyword("AND");
            all.push(self.any(asked)?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Node::All(all) })
    }

    fn any(&mut self, asked: Option<&Asked>) -> Result<Node, Fault> {
        let mut any = vec![self.term(asked)?];
        while self.scanner.keyword("OR") {
            any.push(self.term(asked)?);
        }
        Ok(if any.len() == 1 { any.remove(0) } else { Node::Any(any) })
    }

    fn term(&mut self, asked: Option<&Asked>) -> Result<Node, Fault> {
        let at = self.scanner.at();
        // A minus before a value is the value's own.
        if self.scanner.keyword("NOT") || (asked.is_none() && self.scanner.eat('-')) {
            return Ok(Node::Not(Box::new(self.deeper(at, |parser| parser.term(asked))?)));
        }
        if self.scanner.peek() == Some('(') {
            return self.brackets(asked);
        }
        match asked {
            None => self.condition(),
            Some(asked) => self.value(asked),
        }
    }

    fn brackets(&mut self, asked: Option<&Asked>) -> Result<Node, Fault> {
        let opened = self.scanner.at();
        self.scanner.eat('(');
        let node = self.deeper(opened, |parser| parser.all(asked))?;
        if self.scanner.eat(')') {
            return Ok(node);
        }
        match self.scanner.peek() {
            None => Err(Fault::new(opened, "the bracket that opens here is not closed")),
            Some(mark) => Err(Fault::new(self.scanner.at(), format!("'{mark}' is not expected here"))),
        }
    }

    fn deeper<T>(&mut self, at: usize, read: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            let text = format!("more than {DEPTH_MAX} brackets and negations inside one another");
            return Err(Fault::new(at, text));
        }
        let read = read(self);
        self.depth -= 1;
        read
    }

    fn condition(&mut self) -> Result<Node, Fault> {
        let at = self.scanner.at();
        let name = self.scanner.segment()?;
        let mut key: Option<String> = None;
        while self.scanner.dot() {
            let part = self.scanner.segment()?;
            key = Some(key.map_or(part.clone(), |key| format!("{key}.{part}")));
        }
        let Some(operator) = self.scanner.operator() else { return Err(alone(at, &name)) };
        let (field, key) = Field::find(at, &name, key)?;
        let asked = Asked { field, key, operator, at };
        let value_at = self.scanner.at();
        if self.scanner.peek() != Some('(') {
            return self.value(&asked);
        }
        if operator == Operator::NotEqual {
            return Err(Fault::new(value_at, format!("!= takes one value; write NOT {name} = (...)")));
        }
        self.brackets(Some(&asked))
    }

    fn value(&mut self, asked: &Asked) -> Result<Node, Fault> {
        let Asked { field, key, operator, at } = asked.clone();
        let value = self.scanner.value()?;
        Ok(Node::Is(Condition { field, key, operator, value, at }))
    }
}

/// A word that no operator follows.
fn alone(at: usize, word: &str) -> Fault {
    let upper = word.to_ascii_uppercase();
    let remedy = match upper.as_str() {
        "" => "a condition is missing here: FIELD OPERATOR VALUE, such as state = CLOSED".to_owned(),
        "AND" | "OR" | "NOT" if upper == word => format!("{word} needs a condition behind it"),
        "AND" | "OR" | "NOT" => format!("write {upper} in capitals"),
        _ => "a condition is FIELD OPERATOR VALUE; to find words in messages write text:\"...\"".to_owned(),
    };
    Fault::new(at, remedy)
}
