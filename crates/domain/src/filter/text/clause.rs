//! The one shape of what can be asked: clauses that must all hold, each with alternatives, of which one must.

use super::{
    CONDITIONS_MAX, Fault,
    parse::{Condition, Node},
};

/// A condition, or that it does not hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leaf<'n> {
    pub(super) condition: &'n Condition,
    pub(super) is_negated: bool,
}

/// Never empty, and neither is an alternative; what one alternative lists must all hold.
#[derive(Debug)]
pub(super) struct Clause<'n> {
    pub(super) alternatives: Vec<Vec<Leaf<'n>>>,
}

impl<'n> Clause<'n> {
    pub(super) fn leaves(&self) -> impl Iterator<Item = Leaf<'n>> {
        self.alternatives.iter().flatten().copied()
    }

    /// The condition where the clause is nothing else.
    pub(super) fn only(&self) -> Option<Leaf<'n>> {
        let mut leaves = self.leaves();
        leaves.next().filter(|_| leaves.next().is_none())
    }

    /// Where it begins in the text.
    pub(super) fn at(&self) -> usize {
        self.leaves().map(|leaf| leaf.condition.at).next().unwrap_or_default()
    }
}

/// Brings negations down to the conditions and takes the brackets out.
pub(super) fn clauses(node: &Node) -> Result<Vec<Clause<'_>>, Fault> {
    let mut clauses = Vec::new();
    collect(node, false, &mut clauses)?;
    Ok(clauses)
}

fn collect<'n>(node: &'n Node, is_negated: bool, clauses: &mut Vec<Clause<'n>>) -> Result<(), Fault> {
    match (node, is_negated) {
        (Node::Not(inner), _) => collect(inner, !is_negated, clauses),
        (Node::All(nodes), false) | (Node::Any(nodes), true) => {
            nodes.iter().try_for_each(|node| collect(node, is_negated, clauses))
        }
        _ => {
            clauses.push(Clause { alternatives: alternatives(node, is_negated)? });
            Ok(())
        }
    }
}

fn alternatives(node: &Node, is_negated: bool) -> Result<Vec<Vec<Leaf<'_>>>, Fault> {
    match (node, is_negated) {
        (Node::Is(condition), _) => Ok(vec![vec![Leaf { condition, is_negated }]]),
        (Node::Not(inner), _) => alternatives(inner, !is_negated),
        (Node::Any(nodes), false) | (Node::All(nodes), true) => {
            let each = nodes.iter().map(|node| alternatives(node, is_negated));
            Ok(each.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
        }
        (Node::All(nodes), false) | (Node::Any(nodes), true) => {
            let mut product = vec![Vec::new()];
            for node in nodes {
                product = times(&product, &alternatives(node, is_negated)?)?;
            }
            Ok(product)
        }
    }
}

/// Each of the one with each of the other.
fn times<'n>(left: &[Vec<Leaf<'n>>], right: &[Vec<Leaf<'n>>]) -> Result<Vec<Vec<Leaf<'n>>>, Fault> {
    let count = |side: &[Vec<Leaf<'_>>]| side.iter().map(Vec::len).sum::<usize>();
    let leaves = count(left) * right.len() + count(right) * left.len();
    if leaves > CONDITIONS_MAX {
        let at = right.iter().flatten().map(|leaf| leaf.condition.at).next().unwrap_or_default();
        return Err(Fault::new(at, "too many combinations of AND inside OR"));
    }
    let join = |one: &Vec<Leaf<'n>>, other: &Vec<Leaf<'n>>| [one.as_slice(), other].concat();
    Ok(left.iter().flat_map(|one| right.iter().map(move |other| join(one, other))).collect())
}
