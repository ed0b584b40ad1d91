//! The table of a catalogue, and the figures that sum it up.

use std::fmt;

use super::{measure::Found, told::Searches};
use crate::{figure::Figure, load::Load, rounds::number};

/// The head of the table; times are in milliseconds, p50 and p99.
pub(crate) const HEAD: &str = "\
| question | answered | 1 client | 16 clients | largest tenant, 1 | largest tenant, 16 | cold, 1 | cold, 16 | rows looked at | raw SQLite |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |";

/// One question and what became of it.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) outcome: anyhow::Result<Measured>,
}

/// What was measured of one question.
#[derive(Debug)]
pub(crate) struct Measured {
    /// Conversations of an answer, or the count, in the largest tenant.
    pub(crate) answered: f64,
    pub(crate) found: Found,
    /// The same questions to the yardstick, where it has the columns.
    pub(crate) raw: Option<Load>,
    /// How the yardstick goes about it.
    pub(crate) plan: String,
    pub(crate) searches: Searches,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.outcome {
            Ok(Measured { answered, found, raw, searches, .. }) => {
                write!(f, "| {} | {} |", self.name, number(*answered))?;
                for load in [&found.weighted, &found.largest, &found.cold].into_iter().flatten() {
                    write!(f, " {} |", times(load))?;
                }
                write!(f, " {} | {} |", told(searches.mean_rows), raw.as_ref().map_or("-".to_owned(), times))
            }
            Err(error) => write!(f, "| {} | not measured: {error:#} |", self.name),
        }
    }
}

fn times(load: &Load) -> String {
    format!("{} {}", number(load.p50_ms), number(load.p99_ms))
}

fn told(value: f64) -> String {
    if value.is_nan() { "-".to_owned() } else { number(value) }
}

/// The worst value of the rows; none where any is missing, since what was not measured may be worse.
pub(crate) fn worst(rows: &[Row], of: impl Fn(&Measured) -> f64) -> f64 {
    let worse =
        |worst: f64, value: f64| if worst.is_nan() || value.is_nan() { f64::NAN } else { worst.max(value) };
    rows.iter().map(|row| row.outcome.as_ref().map_or(f64::NAN, &of)).fold(0.0, worse)
}

/// The worst p99 of warm requests, of a tenant by its size and of the largest.
pub(crate) fn warm_p99(found: &Found, clients: usize) -> f64 {
    found.weighted[clients].p99_ms.max(found.largest[clients].p99_ms)
}

/// The figures of what the server tells, where it does.
pub(crate) fn figures_told(rows: &[Row]) -> Vec<Figure> {
    let beyond = worst(rows, |row| row.searches.beyond_limit);
    let totals = worst(rows, |row| row.searches.totals_of_page);
    let figures = [
        Figure::at_most(0.0, "searches that looked at more than 50,000 rows", beyond),
        Figure::at_most(2.0, "capped totals, of the page itself", totals),
    ];
    figures.into_iter().filter(Figure::is_measured).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(p99_ms: f64) -> Row {
        let load = Load { per_second: 1.0, p50_ms: 0.5, p99_ms };
        let found = Found { weighted: [load; 2], largest: [load; 2], cold: [load; 2] };
        let searches = Searches { mean_rows: f64::NAN, beyond_limit: f64::NAN, totals_of_page: f64::NAN };
        let outcome = Ok(Measured { answered: 50.0, found, raw: None, plan: String::new(), searches });
        Row { name: "tags", outcome }
    }

    #[test]
    fn the_worst_of_all_is_what_counts() {
        let of = |rows: &[Row]| worst(rows, |row| warm_p99(&row.found, 0));
        assert!((of(&[row(1.0), row(3.0), row(2.0)]) - 3.0).abs() < f64::EPSILON);
        let failed = Row { name: "skills", outcome: Err(anyhow::anyhow!("501")) };
        assert!(of(&[row(1.0), failed, row(2.0)]).is_nan());
        assert!(figures_told(&[row(1.0)]).is_empty());
    }

    #[test]
    fn a_row_has_a_cell_for_each_column() {
        let cells = |line: &str| line.matches('|').count();
        let head = HEAD.lines().next().unwrap_or_default();
        assert_eq!(cells(&row(1.0).to_string()), cells(head));
        assert!(row(1.0).to_string().starts_with("| tags | 50.0 | 0.50 1.00 |"), "{}", row(1.0));
    }
}
