//! One cluster for all test processes of a user, and a new database for each test.
//!
//! The first process makes and starts it, each holds a lock on it while it lives, and it is stopped and removed when
//! nobody has held the lock for a while. It listens on a socket in its folder alone.

use std::{
    collections::hash_map::DefaultHasher,
    env, fs,
    fs::{File, OpenOptions},
    hash::{Hash, Hasher},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};

use crate::programs::{MAKE_OWNER, OWNER, ROLE, bin, command, give, init, psql, user};

const STARTED_WITHIN: Duration = Duration::from_secs(60);
const PORT: u16 = 5432;
/// Makes databases, and holds nothing.
const FIRST: &str = "postgres";

/// Runs the server until nobody has held the lock for ten looks.
const SUPERVISOR: &str = r#"
cd "$1" || exit 1
exec 9>>in-use
"$2" -D data -k "$1" -c listen_addresses= -c fsync=off -c full_page_writes=off \
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

/// A database of the shared cluster.
#[derive(Debug)]
pub struct Database {
    name: String,
    /// Dropped with this.
    is_own: bool,
}

impl Database {
    /// A new database, dropped with this.
    #[allow(clippy::new_without_default, reason = "it does a great deal")]
    pub fn new() -> Self {
        let name = format!("t{}", uuid::Uuid::now_v7().simple());
        admin(&[&format!("create database {name} owner {OWNER}")]).unwrap();
        Self { name, is_own: true }
    }

    /// The database that stands for a folder, made when absent. It goes some time after the folder has gone.
    pub fn of_folder(folder: &Path) -> Self {
        fs::create_dir_all(folder).unwrap();
        let mut hasher = DefaultHasher::new();
        folder.hash(&mut hasher);
        let name = format!("f{:016x}", hasher.finish());
        let named = admin(&[ALL_OF_FOLDERS]).unwrap();
        let all = named.lines().filter_map(|line| line.split_once('|'));
        if all.clone().all(|(known, _)| known != name) {
            let (make, note) =
                (format!("create database {name} owner {OWNER}"), format!("comment on database {name} is "));
            admin(&[&make, &format!("{note}'{}'", folder.display())]).unwrap();
        }
        for (gone, _) in all.filter(|(_, folder)| !Path::new(folder).exists()) {
            // Another process may be about it, too.
            let _ = admin(&[&format!("drop database if exists {gone} with (force)")]);
        }
        Self { name, is_own: false }
    }

    /// Its address for its owner, as a server's options and PostgreSQL's own programs take it.
    pub fn url(&self) -> String {
        self.url_of(OWNER)
    }

    /// Its address for a role that sees and may do everything.
    pub fn url_of_superuser(&self) -> String {
        self.url_of(ROLE)
    }

    fn url_of(&self, role: &str) -> String {
        let folder = cluster().folder.display().to_string().replace('/', "%2F");
        format!("postgres://{role}@{folder}/{}", self.name)
    }

    /// Everything in it, as statements that make it anew.
    pub fn dump(&self) -> Vec<u8> {
        let dumped = Command::new(bin("pg_dump")).arg(self.url_of_superuser()).output().unwrap();
        assert!(dumped.status.success(), "pg_dump: {}", String::from_utf8_lossy(&dumped.stderr));
        dumped.stdout
    }

    /// Runs statements, and answers their rows, columns parted by `|`.
    pub fn run(&self, statements: &[&str]) -> Result<String, String> {
        psql(&host(), PORT, &self.name, statements)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if !self.is_own {
            return;
        }
        // A test that failed may have left connections open.
        let dropped = admin(&[&format!("drop database {} with (force)", self.name)]);
        if !thread::panicking() {
            dropped.unwrap();
        }
    }
}

const ALL_OF_FOLDERS: &str = "select datname, shobj_description(oid, 'pg_database') from pg_database
    where datname like 'f%' and shobj_description(oid, 'pg_database') is not null";

fn admin(statements: &[&str]) -> Result<String, String> {
    psql(&host(), PORT, FIRST, statements)
}

fn host() -> String {
    cluster().folder.display().to_string()
}

fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(start)
}

fn start() -> Cluster {
    let folder = env::temp_dir().join(format!("hansard-postgres-of-tests-{}", user()));
    fs::create_dir_all(&folder).unwrap();
    give(&folder);
    let starting = shared_file(&folder.join("starting"));
    starting.lock().unwrap();
    // Waits here while the server is being stopped.
    let in_use = shared_file(&folder.join("in-use"));
    in_use.lock_shared().unwrap();
    if !answers(&folder) {
        make(&folder);
    }
    psql(&folder.display().to_string(), PORT, FIRST, &[MAKE_OWNER]).unwrap();
    Cluster { folder, _in_use: in_use }
}

fn answers(folder: &Path) -> bool {
    psql(&folder.display().to_string(), PORT, FIRST, &["select 1"]).is_ok()
}

/// A file that the server's account may lock, too.
fn shared_file(path: &Path) -> File {
    let file = OpenOptions::new().create(true).append(true).open(path).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o666)).unwrap();
    file
}

fn make(folder: &Path) {
    let remains = folder.join("data");
    if remains.exists() {
        fs::remove_dir_all(&remains).unwrap();
    }
    init(folder);
    let supervised = command("setsid".as_ref(), folder)
        .args(["--fork", "sh", "-c", SUPERVISOR, "supervisor"])
        .arg(folder)
        .arg(bin("postgres"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(supervised.success(), "setsid: {supervised}");
    let until = Instant::now() + STARTED_WITHIN;
    while !answers(folder) {
        assert!(Instant::now() < until, "the server does not start: see {}/server.log", folder.display());
        thread::sleep(Duration::from_millis(20));
    }
}
