//! What the documents must name: every RPC, every config key, every metric.

use std::collections::BTreeSet;

use crate::sources::Source;

/// Names that one document must hold.
pub(crate) struct Names {
    document: &'static str,
    names: BTreeSet<String>,
}

/// The RPCs of the protos. Of AnnotationService the document names the whole.
pub(crate) fn rpcs(sources: &[Source]) -> Names {
    let protos = sources.iter().filter(|source| source.path.starts_with("proto/hansard/v1/"));
    let lines = protos
        .filter(|source| !source.path.ends_with("annotation_service.proto"))
        .flat_map(|s| s.text.lines());
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

/// The metrics of the binary: whatever string begins like one.
pub(crate) fn metrics(sources: &[Source]) -> Names {
    let rust = sources
        .iter()
        .filter(|source| source.is_rust() && source.path.contains("/src/") && !source.is_test());
    let quoted = rust.flat_map(|source| source.text.split('"'));
    let is_metric = |word: &&str| {
        let kinds = ["_total", "_seconds", "_bytes", "_size", "_open", "_depth"];
        word.starts_with("hansard_")
            && kinds.iter().any(|kind| word.ends_with(kind))
            && word.chars().all(|c| c.is_ascii_lowercase() || c == '_')
    };
    let names = quoted.filter(is_metric).map(|name| format!("`{name}`")).collect();
    Names { document: "docs/operating.md", names }
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
        Source::planted("crates/store/src/a.rs", "counter!(\"hansard_new_total\")"),
    ];
    assert_eq!(missing(&sources, rpcs), ["docs/api.md lacks NewVerb"]);
    assert_eq!(missing(&sources, config_keys), ["docs/operating.md lacks `new-key`"]);
    assert_eq!(missing(&sources, metrics), ["docs/operating.md lacks `hansard_new_total`"]);
}
