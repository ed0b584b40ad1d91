//! Field masks: which fields an update is about.

use hansard_domain::{Error, Result, limits};
use prost_types::FieldMask;

/// The paths of a mask. Without one, the fields that the body sets; `*` is all of them.
pub(in super::super) fn paths(
    mask: Option<FieldMask>,
    all: impl IntoIterator<Item = &'static str>,
    is_set: impl Fn(&str) -> bool,
) -> Result<Vec<String>> {
    let paths = mask.map(|mask| mask.paths).unwrap_or_default();
    limits::items_at_most("updateMask", paths.len(), limits::LIST_ITEMS_MAX)?;
    if paths.iter().any(|path| path == "*") {
        if paths.len() > 1 {
            return Err(Error::invalid("updateMask", "* goes with no other path"));
        }
        return Ok(all.into_iter().map(str::to_owned).collect());
    }
    if paths.is_empty() {
        return Ok(all.into_iter().filter(|path| is_set(path)).map(str::to_owned).collect());
    }
    Ok(paths)
}
