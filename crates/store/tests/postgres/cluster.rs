//! A PostgreSQL cluster of the tests' own, and a new database for each test.
//!
//! It runs on the server programs that are installed; without them the tests fail. All test processes of a user share
//! it: the first one makes and starts it, each holds a lock on it while it lives, and it is stopped and removed when
//! nobody has held the lock for a while. It listens on a socket in its folder alone.

use postgres::{Client, NoTls};
use std::{
    env, fs,
    fs::{File, OpenOptions},
    os::unix::fs::{MetadataExt, PermissionsExt, chown},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};

/// The account that the server runs under where the tests run as root, which it refuses.
const ACCOUNT: &str = "postgres";
const STARTED_WITHIN: Duration = Duration::from_secs(60);

/// Runs the server until nobody has held the lock for ten looks.
const SUPERVISOR: &str = r#"
cd "$1" || exit 1
exec 9>>in-use
"$2/postgres" -D data -k "$1" -c listen_addresses= -c fsync=off -c full_page_writes=off \
    -c max_connections=300 -c shared_buffers=64MB -c deadlock_timeout=200ms >server.log 2>&1 9>&- &
server=$!
idle=0
while kill -0 $server 2>/dev/null; do
    sleep 1
    if flock -n -x 9; then
        idle=$((idle + 1))
        [ $idle -ge 10 ] && break
        flock -u 9
    else
        idle=0
    fi
done
kill -INT $server 2>/dev/null
wait $server
rm -rf data
"#;

/// The cluster as long as this process lives.
struct Cluster {
    folder: PathBuf,
    _in_use: File,
}

/// A new database, dropped with this.
pub(crate) struct Database {
    name: String,
}

impl Database {
    pub(crate) fn new() -> Self {
        let name = format!("t{}", uuid::Uuid::now_v7().simple());
        admin().batch_execute(&format!("create database {name}")).unwrap();
        Self { name }
    }

    /// Its address, as a server's options and PostgreSQL's own programs take it.
    pub(crate) fn url(&self) -> String {
        let folder = cluster().folder.display().to_string().replace('/', "%2F");
        format!("postgres://hansard@{folder}/{}", self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A test that failed may have left connections open.
        let dropped = admin().batch_execute(&format!("drop database {} with (force)", self.name));
        if !thread::panicking() {
            dropped.unwrap();
        }
    }
}

fn connect(folder: &Path, database: &str) -> Result<Client, postgres::Error> {
    let mut config = Client::configure();
    config.host_path(folder).user("hansard").dbname(database).connect(NoTls)
}

fn admin() -> Client {
    connect(&cluster().folder, "postgres").unwrap()
}

fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(start)
}

fn start() -> Cluster {
    let programs = programs();
    let owner = fs::metadata("/proc/self").unwrap().uid();
    let folder = env::temp_dir().join(format!("hansard-postgres-of-tests-{owner}"));
    let runs_as = (owner == 0).then(account);
    fs::create_dir_all(&folder).unwrap();
    if let Some((user, group)) = runs_as {
        chown(&folder, Some(user), Some(group)).unwrap();
    }
    let starting = shared_file(&folder.join("starting"));
    starting.lock().unwrap();
    // Waits here while the server is being stopped.
    let in_use = shared_file(&folder.join("in-use"));
    in_use.lock_shared().unwrap();
    if connect(&folder, "postgres").is_err() {
        make(&folder, &programs, runs_as.is_some());
    }
    Cluster { folder, _in_use: in_use }
}

/// A file that the server's account may lock, too.
fn shared_file(path: &Path) -> File {
    let file = OpenOptions::new().create(true).append(true).open(path).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o666)).unwrap();
    file
}

/// Makes a cluster whose own order of texts is not that of their bytes, and starts it.
fn make(folder: &Path, programs: &Path, as_account: bool) {
    let remains = folder.join("data");
    if remains.exists() {
        fs::remove_dir_all(&remains).unwrap();
    }
    let made = command(programs.join("initdb").as_os_str(), as_account)
        .current_dir(folder)
        .args([
            "-D",
            "data",
            "-U",
            "hansard",
            "--auth=trust",
            "--no-sync",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
        ])
        .args(["--locale-provider=icu", "--icu-locale=en"])
        .output()
        .unwrap();
    assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
    let supervised = command("setsid".as_ref(), as_account)
        .args(["--fork", "sh", "-c", SUPERVISOR, "supervisor"])
        .arg(folder)
        .arg(programs)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(supervised.success(), "setsid: {supervised}");
    let until = Instant::now() + STARTED_WITHIN;
    while let Err(error) = connect(folder, "postgres") {
        assert!(
            Instant::now() < until,
            "the server does not start: {error}; see {}/server.log",
            folder.display()
        );
        thread::sleep(Duration::from_millis(20));
    }
}

fn command(program: &std::ffi::OsStr, as_account: bool) -> Command {
    if !as_account {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid", ACCOUNT, "--regid", ACCOUNT, "--clear-groups"]).arg(program);
    command
}

fn account() -> (u32, u32) {
    let number = |which: &str| {
        let told = Command::new("id").args([which, ACCOUNT]).output().unwrap();
        let text = String::from_utf8(told.stdout).unwrap();
        text.trim()
            .parse()
            .unwrap_or_else(|_| panic!("there is no account {ACCOUNT}, and the tests run as root"))
    };
    (number("-u"), number("-g"))
}

/// Where the server's programs are: where Debian puts them, or in the path.
fn programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut places: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    places.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    let found = places.into_iter().find(|place| place.join("initdb").is_file());
    found.expect(
        "PostgreSQL's server is not installed: `cargo xtask test` installs it, or apt-get install postgresql",
    )
}
