//! Finding conversations among a million: every field of the filter, fields combined, keywords and counts.
//!
//! The data is made up from real dialogs, the same for the same number of conversations, loaded once and kept. Each
//! question draws its values from a conversation of the data and its page from anywhere in the list.

mod archive;
mod catalogue;
mod corpus;
mod directory;
mod facts;
mod folder;
mod loading;
mod measure;
mod pool;
mod question;
mod raw;
mod report;
mod tenant;
mod told;

use catalogue::{COMBINED, FIELDS, KEYWORD, SELECTIVE, WHOLE};
use folder::Loaded;
use measure::{Bench, Found};
use question::Question;
use report::{HEAD, Row, figures_told, warm_p99, worst};

use crate::{Setup, figure::Figure};

/// What is asked of a store; milliseconds for one client, of single fields for sixteen as well.
struct Asked {
    messages_per_second: f64,
    fields_ms: [f64; 2],
    combined_ms: f64,
    keyword_ms: f64,
}

const OF_A_FOLDER: Asked =
    Asked { messages_per_second: 20_000.0, fields_ms: [3.0, 15.0], combined_ms: 10.0, keyword_ms: 10.0 };
const OF_A_DATABASE: Asked =
    Asked { messages_per_second: 10_000.0, fields_ms: [10.0, 40.0], combined_ms: 30.0, keyword_ms: 50.0 };

impl Asked {
    fn of(setup: &Setup) -> &'static Self {
        if setup.database { &OF_A_DATABASE } else { &OF_A_FOLDER }
    }
}

/// Loads the data anew.
pub(crate) fn load(setup: &Setup) -> anyhow::Result<Vec<Figure>> {
    Ok(figures_of_load(Asked::of(setup), &Loaded::anew(setup)?))
}

/// Tells what the load was like of what is kept; it is loaded where it is not.
pub(crate) fn loaded(setup: &Setup) -> anyhow::Result<Vec<Figure>> {
    Ok(figures_of_load(Asked::of(setup), &Loaded::kept(setup)?))
}

/// Each field on its own, a page of 50.
pub(crate) fn fields(setup: &Setup) -> anyhow::Result<Vec<Figure>> {
    let rows = measure(setup, "single fields, a page of 50", FIELDS)?;
    let [one, many] = Asked::of(setup).fields_ms;
    let mut figures = vec![
        Figure::at_most(
            one,
            "worst p99 of a field, 1 client, ms",
            worst(&rows, |row| warm_p99(&row.found, 0)),
        ),
        Figure::at_most(
            many,
            "worst p99 of a field, 16 clients, ms",
            worst(&rows, |row| warm_p99(&row.found, 1)),
        ),
        Figure::at_most(
            one,
            "cold: worst p99 of a field, 1 client, ms",
            worst(&rows, |row| cold_p99(&row.found, 0)),
        ),
        Figure::at_most(
            many,
            "cold: worst p99 of a field, 16 clients, ms",
            worst(&rows, |row| cold_p99(&row.found, 1)),
        ),
        Figure::told("fields over what is asked at 1 client", over(&rows, one)),
    ];
    figures.extend(figures_told(&rows));
    Ok(figures)
}

/// Two to four fields together.
pub(crate) fn combined(setup: &Setup) -> anyhow::Result<Vec<Figure>> {
    let rows = measure(setup, "two to four fields, a page of 50", COMBINED)?;
    Ok(figures_within(
        Asked::of(setup).combined_ms,
        &rows,
        [
            "worst p99 of fields combined, 1 client, ms",
            "cold: worst p99 of fields combined, 1 client, ms",
            "combinations over what is asked at 1 client",
        ],
    ))
}

/// Words in messages.
pub(crate) fn keyword(setup: &Setup) -> anyhow::Result<Vec<Figure>> {
    let rows = measure(setup, "keywords, the newest 20 of a tenant", KEYWORD)?;
    Ok(figures_within(
        Asked::of(setup).keyword_ms,
        &rows,
        [
            "worst p99 of a keyword, 1 client, ms",
            "cold: worst p99 of a keyword, 1 client, ms",
            "keywords over what is asked at 1 client",
        ],
    ))
}

/// Exact counts.
pub(crate) fn counts(setup: &Setup) -> anyhow::Result<Vec<Figure>> {
    let selective = measure(setup, "exact counts of what few match", SELECTIVE)?;
    let whole = measure(setup, "exact counts of whole tenants", WHOLE)?;
    let mut figures = figures_within(
        50.0,
        &selective,
        [
            "worst p99 of a selective count, 1 client, ms",
            "cold: worst p99 of a selective count, 1 client, ms",
            "selective counts over 50 ms at 1 client",
        ],
    );
    figures.extend(figures_within(
        300.0,
        &whole,
        [
            "worst p99 of a tenant's count, 1 client, ms",
            "cold: worst p99 of a tenant's count, 1 client, ms",
            "tenants' counts over 300 ms at 1 client",
        ],
    ));
    Ok(figures)
}

fn figures_of_load(asked: &Asked, loaded: &Loaded) -> Vec<Figure> {
    let load = loaded.load;
    let messages = load.messages as f64;
    vec![
        Figure::at_least(asked.messages_per_second, "messages/s loaded", messages / load.seconds),
        Figure::at_least(
            asked.messages_per_second,
            "messages/s until all is indexed",
            messages / load.rested_seconds,
        ),
        Figure::at_most(650.0, "bytes on disk a message", load.disk_bytes as f64 / messages),
        Figure::told("bytes of text a message", load.text_bytes as f64 / messages),
        Figure::told("messages", messages),
    ]
}

fn measure(setup: &Setup, title: &str, questions: &[Question]) -> anyhow::Result<Vec<Row>> {
    let loaded = Loaded::kept(setup)?;
    let bench = Bench::open(setup, &loaded)?;
    println!("{title}: p50 and p99 in ms, {} conversations\n{HEAD}", loaded.tenants.conversations());
    let rows = bench.measure(questions)?;
    for row in &rows {
        if let Some(measured) = row.outcome.as_ref().ok().filter(|measured| !measured.plan.is_empty()) {
            println!("plan of raw SQLite, {}: {}", row.name, measured.plan);
        }
    }
    Ok(rows)
}

fn figures_within(asked_ms: f64, rows: &[Row], [warm, cold, beyond]: [&'static str; 3]) -> Vec<Figure> {
    let mut figures = vec![
        Figure::at_most(asked_ms, warm, worst(rows, |row| warm_p99(&row.found, 0))),
        Figure::at_most(asked_ms, cold, worst(rows, |row| cold_p99(&row.found, 0))),
        Figure::told(beyond, over(rows, asked_ms)),
    ];
    figures.extend(figures_told(rows));
    figures
}

fn cold_p99(found: &Found, clients: usize) -> f64 {
    found.cold[clients].p99_ms
}

/// How many questions were not answered in time, or not at all.
fn over(rows: &[Row], asked_ms: f64) -> f64 {
    let is_over = |row: &&Row| row.outcome.as_ref().map_or(true, |row| warm_p99(&row.found, 0) > asked_ms);
    rows.iter().filter(is_over).count() as f64
}
