//! What a process asked the disk for, read from strace's lines: what of it is not durable at the end.
//!
//! A name is durable when its folder is synced after it was given; content when its file is synced after
//! the last write. A rename of a file with unsynced content is a fault at once: after a power cut the
//! name could stand for an empty file.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

/// What a power cut could take back, and what went wrong on the way.
#[derive(Debug, Default)]
pub(crate) struct Durability {
    unsynced_names: BTreeSet<PathBuf>,
    unsynced_content: BTreeSet<PathBuf>,
    seen: BTreeSet<PathBuf>,
    pub(crate) faults: Vec<String>,
}

impl Durability {
    /// Follows the calls that succeeded.
    pub(crate) fn of(calls: &str) -> Self {
        let mut durability = Self::default();
        let mut unfinished = HashMap::new();
        for line in calls.lines() {
            let (pid, call) = line.split_once(' ').unwrap();
            let call = call.trim_start();
            if let Some(begun) = call.strip_suffix(" <unfinished ...>") {
                unfinished.insert(pid, begun);
            } else if let Some((_, rest)) =
                call.strip_prefix("<... ").and_then(|call| call.split_once(" resumed>"))
            {
                let begun = unfinished.remove(pid).unwrap_or_default();
                durability.follow(&format!("{begun}{rest}"));
            } else {
                durability.follow(call);
            }
        }
        durability
    }

    fn follow(&mut self, call: &str) {
        let Some((name, arguments)) = call.split_once('(') else { return };
        let Some((arguments, result)) = arguments.rsplit_once(" = ") else { return };
        if result.starts_with('-') {
            return;
        }
        match name {
            "mkdir" | "mkdirat" => self.name(quoted(arguments).remove(0)),
            "open" | "openat" | "creat" if arguments.contains("O_CREAT") => {
                let path = quoted(arguments).remove(0);
                if self.seen.insert(path.clone()) {
                    self.name(path);
                }
            }
            // A truncation that is lost leaves what was durable before.
            "write" | "writev" | "pwrite64" | "pwritev" | "fallocate" => {
                self.unsynced_content.extend(descriptor(arguments));
            }
            "fsync" | "fdatasync" => self.sync(descriptor(arguments)),
            "rename" | "renameat" | "renameat2" => {
                let paths = quoted(arguments);
                if self.unsynced_content.contains(&paths[0]) {
                    self.faults.push(format!("renamed before it was synced: {call}"));
                }
                self.unsynced_names.remove(&paths[0]);
                self.name(paths[1].clone());
            }
            "unlink" | "unlinkat" => {
                let path = quoted(arguments).remove(0);
                self.unsynced_content.remove(&path);
                self.unsynced_names.remove(&path);
                self.seen.remove(&path);
            }
            _ => {}
        }
    }

    fn name(&mut self, path: PathBuf) {
        self.unsynced_names.insert(path);
    }

    fn sync(&mut self, path: Option<PathBuf>) {
        let Some(path) = path else { return };
        self.unsynced_content.remove(&path);
        self.unsynced_names.retain(|name| name.parent() != Some(&path));
    }

    /// What is wanted of a path that must survive a power cut with its content and all folders above.
    pub(crate) fn lacks(&self, path: &Path) -> Vec<String> {
        let names = path.ancestors().filter(|path| self.unsynced_names.contains(*path));
        let content = self.unsynced_content.contains(path).then(|| format!("content of {}", path.display()));
        names.map(|path| format!("name of {}", path.display())).chain(content).collect()
    }
}

/// The strings among the arguments.
fn quoted(arguments: &str) -> Vec<PathBuf> {
    arguments.split('"').skip(1).step_by(2).map(PathBuf::from).collect()
}

/// The path of the first argument, a descriptor: `3</path>`.
fn descriptor(arguments: &str) -> Option<PathBuf> {
    let (_, rest) = arguments.split_once('<')?;
    rest.split_once('>').map(|(path, _)| PathBuf::from(path))
}

#[test]
fn what_is_not_synced_is_found() {
    let lacks = |calls: &str| Durability::of(calls).lacks(Path::new("/d/new/a"));
    let made = "7 mkdir(\"/d/new\", 0700) = 0\n7 openat(AT_FDCWD</>, \"/d/new/a\", O_RDWR|O_CREAT, 0600) = 3</d/new/a>\n\
                7 write(3</d/new/a>, \"x\", 1) = 1\n";
    assert_eq!(lacks(made).len(), 3);
    let synced = format!("{made}7 fsync(3</d/new/a>) = 0\n7 fsync(4</d/new>) = 0\n");
    assert_eq!(lacks(&synced), ["name of /d/new"]);
    assert!(lacks(&format!("{synced}7 fsync(5</d>) = 0")).is_empty());
    assert_eq!(lacks(&format!("{synced}7 fsync(5</d>) = -1 EIO (Input/output error)")), ["name of /d/new"]);
    let late = format!(
        "{synced}7 write(3</d/new/a>, \"y\", 1 <unfinished ...>\n8 fsync(5</d>) = 0\n7 <... write resumed>) = 1"
    );
    assert_eq!(lacks(&late), ["content of /d/new/a"]);
    let renamed = format!("{made}7 rename(\"/d/new/a\", \"/d/new/b\") = 0\n");
    assert_eq!(Durability::of(&renamed).faults.len(), 1);
}
