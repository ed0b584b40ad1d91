//! The server's programs: where they are, and the account that they run under.

use std::{
    env,
    ffi::OsStr,
    fs,
    os::unix::fs::{MetadataExt, chown},
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// The account that the server runs under where the tests run as root, which it refuses.
const ACCOUNT: &str = "postgres";
/// The role that owns the cluster, and may do everything.
pub(crate) const ROLE: &str = "hansard";
/// The role that owns every database, as a careful operator has it: it is held to row-level security.
pub(crate) const OWNER: &str = "clerk";
pub(crate) const MAKE_OWNER: &str = "do $$ begin
    if not exists (select 1 from pg_roles where rolname = 'clerk') then create role clerk login; end if;
end $$";

/// Who runs the tests.
pub(crate) fn user() -> u32 {
    fs::metadata("/proc/self").unwrap().uid()
}

/// A program of the server, run in a folder under an account that it takes.
pub(crate) fn command(program: &OsStr, folder: &Path) -> Command {
    let mut command = if user() == 0 {
        let mut command = Command::new("setpriv");
        command.args(["--reuid", ACCOUNT, "--regid", ACCOUNT, "--clear-groups"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir(folder);
    command
}

/// Lets the server's account have a file or folder.
pub(crate) fn give(path: &Path) {
    if user() == 0 {
        chown(path, Some(number("-u")), Some(number("-g"))).unwrap();
    }
}

fn number(which: &str) -> u32 {
    let told = Command::new("id").args([which, ACCOUNT]).output().unwrap();
    let text = String::from_utf8(told.stdout).unwrap();
    text.trim().parse().unwrap_or_else(|_| panic!("there is no account {ACCOUNT}, and the tests run as root"))
}

/// Makes a cluster in `data`, whose own order of texts is not that of their bytes.
pub(crate) fn init(folder: &Path) {
    let mut made = command(bin("initdb").as_os_str(), folder);
    made.args(["-D", "data", "-U", ROLE, "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"]);
    made.args(["--locale-provider=icu", "--icu-locale=en"]);
    demand(&mut made);
}

/// Runs a command that must succeed, and answers what it printed.
pub(crate) fn demand(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();
    assert!(status.success(), "{command:?}: {status}: {}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

/// Runs statements, each in a transaction of its own; answers the rows, columns parted by `|`.
pub(crate) fn psql(host: &str, port: u16, database: &str, statements: &[&str]) -> Result<String, String> {
    let mut psql = Command::new(bin("psql"));
    psql.args(["-X", "-q", "-A", "-t", "-w", "-v", "ON_ERROR_STOP=1", "-U", ROLE, "-h", host]);
    psql.args(["-p", &port.to_string(), "-d", database]);
    for statement in statements {
        psql.args(["-c", statement]);
    }
    let Output { status, stdout, stderr } = psql.output().unwrap();
    if status.success() {
        Ok(String::from_utf8(stdout).unwrap())
    } else {
        Err(String::from_utf8_lossy(&stderr).into_owned())
    }
}

/// A program by its name: where Debian puts them, or in the path.
pub(crate) fn bin(name: &str) -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut places: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    places.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    let found = places.into_iter().find(|place| place.join("initdb").is_file());
    let found = found.expect(
        "PostgreSQL's server is not installed: `cargo xtask test` installs it, or apt-get install postgresql",
    );
    found.join(name)
}
