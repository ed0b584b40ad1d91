//! What the server itself tells of its searches in `/metrics`, where it does: rows looked at, and the time of a page
//! and of its totals.

use std::collections::HashMap;

use anyhow::Context;

use crate::http::{Http, Target};

/// A histogram of the rows and index entries that one search looked at, with a bucket at the limit.
const ROWS: &str = "hansard_store_find_rows";
/// A histogram of the time of one part of a search, with the label `part`: `page` or `totals`.
const SECONDS: &str = "hansard_store_find_seconds";
pub(crate) const ROWS_MAX: &str = "50000";

/// Changes that the index of keywords does not cover yet.
const UNINDEXED: &str = "hansard_store_unindexed_changes";

/// How many changes the server has yet to index.
pub(crate) async fn unindexed(target: &Target) -> anyhow::Result<f64> {
    let text = metrics(target).await?;
    let value = text.lines().find_map(|line| line.strip_prefix(UNINDEXED)?.trim().parse().ok());
    value.context("the server does not tell what it has not indexed")
}

async fn metrics(target: &Target) -> anyhow::Result<String> {
    let text = Http::connect(target).await?.get("/metrics").await?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// The counters at one moment.
#[derive(Debug, Default)]
pub(crate) struct Told(HashMap<String, f64>);

/// What was counted between two moments; no number where the server tells nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Searches {
    pub(crate) mean_rows: f64,
    /// How many looked at more rows than allowed.
    pub(crate) beyond_limit: f64,
    /// The time of the totals, of that of the pages.
    pub(crate) totals_of_page: f64,
}

impl Told {
    pub(crate) async fn now(target: &Target) -> anyhow::Result<Self> {
        Ok(Self::parse(&metrics(target).await?))
    }

    fn parse(text: &str) -> Self {
        let sample = |line: &str| {
            let (series, value) = line.rsplit_once(' ')?;
            let concerns_us = series.starts_with(ROWS) || series.starts_with(SECONDS);
            concerns_us.then_some((series.to_owned(), value.parse().ok()?))
        };
        Self(text.lines().filter_map(sample).collect())
    }

    pub(crate) fn since(&self, before: &Self) -> Searches {
        let value = |told: &Self, series: &str| told.0.get(series).copied();
        let grown = |series: String| {
            value(self, &series).map_or(f64::NAN, |now| now - value(before, &series).unwrap_or(0.0))
        };
        let count = grown(format!("{ROWS}_count"));
        let part = |part: &str| grown(format!("{SECONDS}_sum{{part=\"{part}\"}}"));
        Searches {
            mean_rows: grown(format!("{ROWS}_sum")) / count,
            beyond_limit: count - grown(format!("{ROWS}_bucket{{le=\"{ROWS_MAX}\"}}")),
            totals_of_page: part("totals") / part("page"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_grew_between_two_moments_is_told() {
        let before = Told::parse("hansard_store_find_rows_sum 100\nhansard_store_find_rows_count 1\nother 3");
        let after = Told::parse(
            "# HELP x y\nhansard_store_find_rows_sum 160100\nhansard_store_find_rows_count 5\n\
             hansard_store_find_rows_bucket{le=\"50000\"} 3\n\
             hansard_store_find_seconds_sum{part=\"page\"} 2\nhansard_store_find_seconds_sum{part=\"totals\"} 3",
        );
        let searches = after.since(&before);
        assert!((searches.mean_rows - 40_000.0).abs() < 1e-9, "{searches:?}");
        assert!((searches.beyond_limit - 1.0).abs() < 1e-9, "{searches:?}");
        assert!((searches.totals_of_page - 1.5).abs() < 1e-9, "{searches:?}");
    }

    #[test]
    fn a_server_that_tells_nothing_has_no_numbers() {
        let searches = Told::parse("other 3").since(&Told::default());
        assert!(searches.mean_rows.is_nan() && searches.beyond_limit.is_nan());
        assert!(searches.totals_of_page.is_nan());
    }
}
