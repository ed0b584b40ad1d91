//! Scripts that both engines run, each what is meant for it.

/// What a script has for one engine: without what stands for another between a line such as `/*sqlite` and a line `*/`.
pub(super) fn part_for(engine: &str, script: &str) -> String {
    let mut part = String::with_capacity(script.len());
    let mut only: Option<&str> = None;
    for line in script.lines() {
        match (only, line.strip_prefix("/*").filter(|word| ["sqlite", "postgres"].contains(word))) {
            (None, Some(word)) => only = Some(word),
            (Some(_), None) if line == "*/" => only = None,
            (None, None) => part.extend([line, "\n"]),
            (Some(word), _) if word == engine => part.extend([line, "\n"]),
            (Some(_), _) => {}
        }
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_engine_has_its_part() {
        let script = "a;\n/*postgres\nb; /* c */\n*/\n/*sqlite\nd;\n\n*/\ne /*clustered*/;\n";
        assert_eq!(part_for("postgres", script), "a;\nb; /* c */\ne /*clustered*/;\n");
        assert_eq!(part_for("sqlite", script), "a;\nd;\n\ne /*clustered*/;\n");
    }
}
