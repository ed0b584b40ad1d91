//! What the documents must name: every RPC, every config key, every metric.

use std::collections::BTreeSet;

use crate::sources::Source;

/// Names that one document must hold.
pub(crate) struct Names {
    document: &'static str,
    names: BTreeSet<String>,
}

/// The RPCs of the protos.
pub(crate) fn rpcs(sources: &[Source]) -> Names {
    let protos = sources.iter().filter(|source| source.path.starts_with("proto/hansard/v1/"));
    let lines = protos.flat_map(|source| source.text.lines());
    let name = |line: &str| Some(line.trim().strip_prefix("rpc ")?.split('(').next()?.to_owned());
    Names { document: "docs/api.md", names: lines.filter_map(name).collect() }
}

/// The keys of the example config, which a test of the binary holds against the flags.
pub(crate) fn config_keys(sources: &[Source]) -> Names {
    let example = sources.iter().filter(|source| source.path == "hansard.example.toml");
    let key = |line: &str| {
        let (key, _) = line.trim_start_matches('#').split_once(" = ")?;
        let is_key = key.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        is_key.then(|| format!("`{key}`"))
    };
    let names = example.flat_map(|source| source.text.lines()).filter_map(key).collect();
    Names { document: "docs/operating.md", names }
}

/// The metrics that the sources emit or describe.
pub(crate) fn metrics(sources: &[Source]) -> Names {
    Names {
        document: "docs/operating.md",
        names: named_in_macros(sources, &["counter!(", "gauge!(", "histogram!("]),
    }
}

/// What the macros name, the quotes of the document around it.
fn named_in_macros(sources: &[Source], macros: &[&str]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for source in sources.iter().filter(|source| source.is_rust() && !source.is_test()) {
        for call in macros.iter().flat_map(|call| source.text.split(call).skip(1)) {
            if let Some(name) = call.trim_start().strip_prefix('"').and_then(|call| call.split('"').next()) {
                names.insert(format!("`{name}`"));
            }
        }
    }
    names
}

/// The names that their document lacks.
pub(crate) fn missing(sources: &[Source], collect: impl Fn(&[Source]) -> Names) -> Vec<String> {
    let Names { document, names } = collect(sources);
    let text = sources.iter().find(|source| source.path == document).map_or("", |source| &source.text);
    names
        .into_iter()
        .filter(|name| !text.contains(name))
        .map(|name| format!("{document} lacks {name}"))
        .collect()
}

#[test]
fn a_planted_gap_is_found() {
    let sources = [
        Source::planted(
            "proto/hansard/v1/a.proto",
            "  rpc GetTag(GetTagRequest) returns (Tag) {\n  rpc NewVerb(X) returns (Y) {",
        ),
        Source::planted("docs/api.md", "GetTag"),
        Source::planted("hansard.example.toml", "# text = prose\nlisten = 1\n#new-key = 2"),
        Source::planted("docs/operating.md", "`listen`"),
        Source::planted("crates/store/src/a.rs", "counter!(\n    \"hansard_new_total\", x)"),
    ];
    assert_eq!(missing(&sources, rpcs), ["docs/api.md lacks NewVerb"]);
    assert_eq!(missing(&sources, config_keys), ["docs/operating.md lacks `new-key`"]);
    assert_eq!(missing(&sources, metrics), ["docs/operating.md lacks `hansard_new_total`"]);
}
