//! A figure: what was asked, what was measured, and whether that is enough.

use std::fmt::Write as _;

use crate::rounds::number;

/// What a figure is held against.
#[derive(Debug, Clone, Copy)]
enum Asked {
    AtLeast(f64),
    AtMost(f64),
    /// Nobody asked for a number; it is told because it explains others.
    Nothing,
}

/// One measured value and what was asked of it.
#[derive(Debug, Clone)]
pub(crate) struct Figure {
    name: &'static str,
    asked: Asked,
    measured: f64,
}

impl Figure {
    pub(crate) fn at_least(asked: f64, name: &'static str, measured: f64) -> Self {
        Self { name, asked: Asked::AtLeast(asked), measured }
    }

    pub(crate) fn at_most(asked: f64, name: &'static str, measured: f64) -> Self {
        Self { name, asked: Asked::AtMost(asked), measured }
    }

    pub(crate) fn told(name: &'static str, measured: f64) -> Self {
        Self { name, asked: Asked::Nothing, measured }
    }

    /// Whether there is a value.
    pub(crate) fn is_measured(&self) -> bool {
        !self.measured.is_nan()
    }

    /// None where nothing was asked. What was not measured is missed.
    fn is_met(&self) -> Option<bool> {
        match self.asked {
            Asked::AtLeast(asked) => Some(self.measured >= asked),
            Asked::AtMost(asked) => Some(self.measured <= asked),
            Asked::Nothing => None,
        }
    }

    fn asked(&self) -> String {
        match self.asked {
            Asked::AtLeast(asked) => format!(">= {}", number(asked)),
            Asked::AtMost(asked) => format!("<= {}", number(asked)),
            Asked::Nothing => String::new(),
        }
    }
}

/// Lays the figures out as a table of Markdown, each under its benchmark's name.
pub(crate) fn summary(figures: &[(&'static str, Figure)]) -> String {
    let mut table = "| benchmark | figure | asked | measured | |\n| --- | --- | --- | --- | --- |".to_owned();
    for (benchmark, figure) in figures {
        let outcome = figure.is_met().map_or("", |met| if met { "met" } else { "missed" });
        let (name, asked, measured) = (figure.name, figure.asked(), number(figure.measured));
        let _ = write!(table, "\n| {benchmark} | {name} | {asked} | {measured} | {outcome} |");
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_includes_its_own_value() {
        for (figure, met) in [
            (Figure::at_least(0.9, "rate", 0.9), Some(true)),
            (Figure::at_least(0.9, "rate", 0.89), Some(false)),
            (Figure::at_least(0.9, "rate", f64::NAN), Some(false)),
            (Figure::at_most(25.0, "MB", 25.0), Some(true)),
            (Figure::at_most(25.0, "MB", 25.1), Some(false)),
            (Figure::told("events/s", 7.0), None),
        ] {
            assert_eq!(figure.is_met(), met, "{figure:?}");
            assert_eq!(figure.is_measured(), !figure.measured.is_nan());
        }
    }

    #[test]
    fn the_summary_names_what_was_missed() {
        let table = summary(&[("append", Figure::at_least(0.9, "of bare sqlfts", 0.5))]);
        assert!(table.ends_with("\n| append | of bare sqlfts | >= 0.90 | 0.50 | missed |"), "{table}");
    }
}
