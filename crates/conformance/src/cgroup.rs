//! A memory cgroup for one server: what it may use, and whether it ran into that.
//!
//! It works with version 1 and 2 of cgroups, below the group of this process, and needs the right to make one there.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

const MOUNT: &str = "/sys/fs/cgroup";

/// A cgroup that is removed when it is dropped; whoever was in it has ended then.
pub struct Cgroup {
    folder: PathBuf,
    version: Version,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    One,
    Two,
}

impl Cgroup {
    /// Makes a cgroup with this limit and without swap.
    pub fn with_memory(bytes: u64) -> io::Result<Self> {
        let (parent, version) = own_group()?;
        let folder = parent.join(format!("hansard-load-{}", std::process::id()));
        fs::create_dir(&folder)?;
        let group = Self { folder, version };
        match version {
            Version::One => {
                group.write("memory.limit_in_bytes", bytes)?;
                // Absent where the kernel does not account for swap; then there is none to be used.
                let _ = group.write("memory.memsw.limit_in_bytes", bytes);
            }
            Version::Two => {
                group.write("memory.max", bytes)?;
                group.write("memory.swap.max", 0)?;
            }
        }
        Ok(group)
    }

    /// Returns a command that runs another one inside.
    pub fn wrap(&self, command: &Command) -> Command {
        let mut wrapped = Command::new("sh");
        wrapped.args(["-c", "echo $$ > \"$0\" && exec \"$@\""]).arg(self.folder.join("cgroup.procs"));
        wrapped.arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => wrapped.env(name, value),
                None => wrapped.env_remove(name),
            };
        }
        wrapped
    }

    /// Returns how often the kernel ended a process for want of memory.
    pub fn kills(&self) -> u64 {
        let file = match self.version {
            Version::One => "memory.oom_control",
            Version::Two => "memory.events",
        };
        let text = fs::read_to_string(self.folder.join(file)).unwrap();
        let count = text.lines().find_map(|line| line.strip_prefix("oom_kill "));
        count.map_or(0, |count| count.parse().unwrap())
    }

    fn write(&self, file: &str, value: u64) -> io::Result<()> {
        fs::write(self.folder.join(file), value.to_string())
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        // A process that has just ended may be counted for a moment.
        for _ in 0..50 {
            if fs::remove_dir(&self.folder).is_ok() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        println!("the cgroup {} was not removed", self.folder.display());
    }
}

/// Returns the folder of the memory cgroup of this process.
fn own_group() -> io::Result<(PathBuf, Version)> {
    let groups = fs::read_to_string("/proc/self/cgroup")?;
    for line in groups.lines() {
        let mut fields = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (fields.next(), fields.next()) else { continue };
        let path = path.trim_start_matches('/');
        if controllers.split(',').any(|controller| controller == "memory") {
            return Ok((Path::new(MOUNT).join("memory").join(path), Version::One));
        }
        let folder = Path::new(MOUNT).join(path);
        if controllers.is_empty() && folder.join("cgroup.controllers").exists() {
            return Ok((delegating(&folder), Version::Two));
        }
    }
    Err(io::Error::new(io::ErrorKind::NotFound, "there is no memory cgroup"))
}

/// Returns the nearest group above that hands the memory controller on to its children.
fn delegating(folder: &Path) -> PathBuf {
    let hands_on = |folder: &&Path| {
        let control = fs::read_to_string(folder.join("cgroup.subtree_control")).unwrap_or_default();
        control.split_whitespace().any(|controller| controller == "memory")
    };
    folder.ancestors().find(hands_on).unwrap_or(folder).to_owned()
}
