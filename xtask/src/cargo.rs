//! Runs cargo, and knows where the workspace and what cargo builds are.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, ExitCode, ExitStatus},
};

use anyhow::{Context, bail};

/// The workspace's folder.
pub(crate) fn workspace() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().map(Path::to_owned).unwrap_or_default()
}

/// Returns a cargo command that runs in the workspace.
pub(crate) fn cargo(subcommand: &str) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.arg(subcommand).current_dir(workspace());
    command
}

/// Runs a command that must succeed.
pub(crate) fn must_succeed(command: &mut Command) -> anyhow::Result<()> {
    let status = status(command)?;
    if !status.success() {
        bail!("{} failed: {status}", shown(command));
    }
    Ok(())
}

/// Runs a command, and answers whether it succeeded.
pub(crate) fn succeeds(command: &mut Command) -> anyhow::Result<bool> {
    status(command).map(|status| status.success())
}

/// Runs a command as the last act: its outcome is ours, and nothing is printed after it.
pub(crate) fn finish_with(command: &mut Command) -> anyhow::Result<ExitCode> {
    let status = status(command)?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Builds the `hansard` binary and returns its path.
pub(crate) fn build_hansard(release: bool) -> anyhow::Result<PathBuf> {
    let mut build = cargo("build");
    build.args(["--package", "hansard"]);
    if release {
        build.arg("--release");
    }
    must_succeed(&mut build)?;
    Ok(target_dir()?.join(if release { "release" } else { "debug" }).join("hansard"))
}

/// The folder that cargo builds in: the one this program was built in.
pub(crate) fn target_dir() -> anyhow::Result<PathBuf> {
    let this = env::current_exe()?;
    this.ancestors().nth(2).map(Path::to_owned).context("xtask does not run from a target folder")
}

fn status(command: &mut Command) -> anyhow::Result<ExitStatus> {
    command.status().with_context(|| format!("cannot run {}", shown(command)))
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
