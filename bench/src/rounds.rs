//! What the rounds found, a line each as they come, and the medians.

use std::fmt::Write as _;

/// The lines of one benchmark, printed while it runs.
#[derive(Debug)]
pub(crate) struct Rounds {
    lines: Vec<Vec<(&'static str, f64)>>,
}

impl Rounds {
    /// Begins a report with what is measured.
    pub(crate) fn begin(title: &str) -> Self {
        println!("{title}");
        Self { lines: Vec::new() }
    }

    /// Prints and keeps one round: a name and a value for each column.
    pub(crate) fn push(&mut self, line: &[(&'static str, f64)]) {
        if self.lines.is_empty() {
            println!("{}", header(line));
        }
        self.lines.push(line.to_vec());
        println!("{:>6}{}", self.lines.len(), values(line));
    }

    /// Returns the median of a column; no number where there is no such column.
    pub(crate) fn median(&self, column: &str) -> f64 {
        let value =
            |line: &Vec<(&str, f64)>| line.iter().find(|(name, _)| *name == column).map(|&(_, value)| value);
        middle(self.lines.iter().filter_map(value).collect())
    }

    /// Prints the line of medians that ends the report.
    pub(crate) fn finish(&self) {
        if let Some(first) = self.lines.first() {
            let medians: Vec<_> = first.iter().map(|&(name, _)| (name, self.median(name))).collect();
            println!("median{}", values(&medians));
        }
    }
}

fn header(line: &[(&'static str, f64)]) -> String {
    line.iter().fold("round ".to_owned(), |header, (name, _)| header + "  " + name)
}

fn values(line: &[(&'static str, f64)]) -> String {
    line.iter().fold(String::new(), |mut text, &(name, value)| {
        let _ = write!(text, "  {:>width$}", number(value), width = name.chars().count());
        text
    })
}

/// A value with as many digits as tell something.
pub(crate) fn number(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 0.1 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

/// The middle value; of an even number the lower of the two in the middle.
fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len().saturating_sub(1) / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle_of_its_column() {
        let mut rounds = Rounds::begin("a test");
        for ratio in [3.0, 1.0, 2.0, 4.0] {
            rounds.push(&[("other", 9.0), ("ratio", ratio)]);
        }
        assert!((rounds.median("ratio") - 2.0).abs() < f64::EPSILON);
        assert!(rounds.median("none").is_nan());
    }

    #[test]
    fn columns_stand_under_their_names() {
        let line = [("ours/s", 12345.6), ("ratio", 0.123)];
        assert_eq!(header(&line), "round   ours/s  ratio");
        assert_eq!(format!("{:>6}{}", 1, values(&line)), "     1   12346   0.12");
    }
}
