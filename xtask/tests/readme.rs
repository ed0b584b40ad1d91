//! Runs the README's first five minutes as they are printed there, on a folder and a port of their own.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use std::{
    env, fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
};

const MARK: &str = "<!-- run by xtask/tests/readme.rs -->";
const PRINTED_ADDRESS: &str = "127.0.0.1:8080";

/// A served folder that ends with its value.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(folder: &Path) -> Self {
        let mut serve = hansard(folder);
        serve.args(["serve", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = serve.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let address =
            lines.find_map(|line| Some(line.split_once("http://")?.1.split([' ', '/']).next()?.to_owned()));
        thread::spawn(move || lines.for_each(drop));
        Self { child, address: address.unwrap() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn binary() -> PathBuf {
    if let Some(binary) = env::var_os("HANSARD_BIN") {
        return binary.into();
    }
    let built =
        Command::new(env!("CARGO")).args(["build", "--quiet", "--package", "hansard"]).status().unwrap();
    assert!(built.success(), "the binary does not build");
    env::current_exe().unwrap().ancestors().nth(2).unwrap().join("hansard")
}

/// The binary, working in a folder of its own and free of the variables of this run.
fn hansard(folder: &Path) -> Command {
    let mut command = Command::new(binary());
    command.current_dir(folder).env_remove("HANSARD_BIN").env_remove("HANSARD_CRASH_KILLS");
    command
}

/// The commands of the README's shell blocks that stand under the mark.
fn marked_blocks(text: &str) -> Vec<String> {
    let block =
        |after: &str| Some(after.trim_start().strip_prefix("```sh\n")?.split("```").next()?.to_owned());
    text.split(MARK).skip(1).filter_map(block).collect()
}

/// Runs a block in bash; a command that the service refuses fails it.
fn run(block: &str, server: &Server, key: &str) -> String {
    let strict = "set -euo pipefail; curl() { command curl --fail-with-body \"$@\"; echo; }\n";
    let script = format!("{strict}{}", block.replace(PRINTED_ADDRESS, &server.address));
    let exported = format!("export HOST={} PROFILE=customers/acme/profiles/support", server.address);
    let output = Command::new("bash")
        .args(["-c", &format!("{exported}\n{script}")])
        .env("KEY", key)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let (answered, complained) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{block}\nanswered: {answered}\n{complained}");
    answered.into_owned()
}

/// Runs the lines of the README's set-up that work on the folder, and returns the key.
fn set_up(folder: &Path, text: &str) -> String {
    let line = |start: &str| {
        text.lines().find_map(|line| line.strip_prefix(start)).unwrap().trim_end_matches(')').to_owned()
    };
    let output = |arguments: String| {
        let output = hansard(folder).args(arguments.split(' ')).output().unwrap();
        assert!(output.status.success(), "hansard {arguments}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    };
    output(line("hansard "));
    output(line("export KEY=$(hansard "))
}

#[test]
fn the_first_five_minutes_work_as_printed() {
    let text = fs::read_to_string(workspace().join("README.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let key = set_up(folder.path(), &text);
    let server = Server::start(folder.path());
    let blocks = marked_blocks(&text);
    assert!(blocks.len() >= 5, "the README shows {} blocks", blocks.len());
    let mut answered = String::new();
    for block in blocks {
        if block.contains("grpcurl") && Command::new("grpcurl").arg("--version").output().is_err() {
            println!("NOT TESTED: grpcurl is not installed, its block of the README is left out");
            continue;
        }
        answered += &run(&block, &server, &key);
    }
    for expected in
        ["CREATED", "My parcel has not come.", "CONVERSATION_STARTED", "\"filteredConversations\""]
    {
        assert!(answered.contains(expected), "{expected} is not in: {answered}");
    }
}
