//! What must hold for any input, one module a surface: each takes bytes and panics where a property does not hold.
//!
//! A fuzzer searches with them (`targets/`, `cargo xtask fuzz`), the tests replay what is known (`tests/replay.rs`).
//! Nothing here knows which of the two calls.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a property that fails is a panic"
)]

pub mod config;
pub mod cursor;
pub mod filter_text;
pub mod json_transcoder;
pub mod page_token;
pub mod path_template;
pub mod pii;
pub mod query_binding;
mod reference;
pub mod resource_name;
pub mod vcon_import;

use std::sync::LazyLock;

use hansard::dialect::transcode::Contract;

/// A surface: its name, which is that of its corpus, and its properties.
pub struct Target {
    pub name: &'static str,
    pub check: fn(&[u8]),
}

/// Every surface that is fuzzed.
pub const TARGETS: [Target; 10] = [
    Target { name: "config", check: config::check },
    Target { name: "cursor", check: cursor::check },
    Target { name: "filter_text", check: filter_text::check },
    Target { name: "json_transcoder", check: json_transcoder::check },
    Target { name: "page_token", check: page_token::check },
    Target { name: "path_template", check: path_template::check },
    Target { name: "pii", check: pii::check },
    Target { name: "query_binding", check: query_binding::check },
    Target { name: "resource_name", check: resource_name::check },
    Target { name: "vcon_import", check: vcon_import::check },
];

static CONTRACT: LazyLock<Contract> = LazyLock::new(|| Contract::load().expect("the contract is sound"));
