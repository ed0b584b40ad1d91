//! What a check found, each with its remedy: lines for people, or one JSON document for machines.

use std::{fmt, process::ExitCode};

use serde::Serialize;

use super::print;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Level {
    Ok,
    Warn,
    Fail,
}

/// The outcome of one check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    pub(super) check: &'static str,
    pub(super) level: Level,
    pub(super) detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) remedy: Option<String>,
}

impl Finding {
    pub(super) fn ok(check: &'static str, detail: impl fmt::Display) -> Self {
        Self { check, level: Level::Ok, detail: detail.to_string(), remedy: None }
    }

    pub(super) fn warn(check: &'static str, detail: impl fmt::Display, remedy: impl fmt::Display) -> Self {
        Self { check, level: Level::Warn, detail: detail.to_string(), remedy: Some(remedy.to_string()) }
    }

    pub(super) fn fail(check: &'static str, detail: impl fmt::Display, remedy: impl fmt::Display) -> Self {
        Self { check, level: Level::Fail, detail: detail.to_string(), remedy: Some(remedy.to_string()) }
    }
}

/// All that was found, in the order of the checks.
#[derive(Debug, Default, Serialize)]
#[serde(transparent)]
pub(super) struct Findings(pub(super) Vec<Finding>);

impl Findings {
    pub(super) fn push(&mut self, finding: Finding) {
        self.0.push(finding);
    }

    pub(super) fn has_failed(&self) -> bool {
        self.count(Level::Fail) > 0
    }

    fn count(&self, level: Level) -> usize {
        self.0.iter().filter(|finding| finding.level == level).count()
    }

    /// 0 when nothing failed, 1 otherwise.
    pub(super) fn exit_code(&self) -> ExitCode {
        if self.has_failed() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
    }

    /// Prints them on standard output and answers the exit status.
    pub(super) fn report(&self, json: bool) -> anyhow::Result<ExitCode> {
        if json {
            let document = serde_json::json!({"ok": !self.has_failed(), "findings": self});
            print(serde_json::to_string_pretty(&document)?)?;
        } else {
            print(self)?;
        }
        Ok(self.exit_code())
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.0.iter().map(|finding| finding.check.len()).max().unwrap_or_default();
        for Finding { check, level, detail, remedy } in &self.0 {
            let level = match level {
                Level::Ok => "ok",
                Level::Warn => "warn",
                Level::Fail => "FAIL",
            };
            writeln!(f, "{level:4}  {check:width$}  {detail}")?;
            if let Some(remedy) = remedy {
                writeln!(f, "{:4}  {:width$}  -> {remedy}", "", "")?;
            }
        }
        match (self.count(Level::Fail), self.count(Level::Warn)) {
            (0, 0) => write!(f, "all is well"),
            (0, warned) => write!(f, "nothing failed, {warned} to look at"),
            (failed, _) => write!(f, "{failed} failed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_read_as_a_table_and_decide_the_exit() {
        let mut findings = Findings::default();
        findings.push(Finding::ok("lock", "free"));
        findings.push(Finding::warn("disk space", "1 GiB", "make room"));
        assert_eq!(
            findings.to_string(),
            "ok    lock        free\nwarn  disk space  1 GiB\n                  -> make room\nnothing failed, 1 to look at"
        );
        assert!(!findings.has_failed());
        findings.push(Finding::fail("x", "broken", "mend"));
        assert!(findings.has_failed() && findings.to_string().ends_with("1 failed"));
    }
}
