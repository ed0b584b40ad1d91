//! The disk under a folder: its file system, its free space, how long it takes to flush.

use std::{
    fs,
    io::{self, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use rustix::fs::statvfs;

use crate::cli::finding::Finding;

const FREE_BYTES_MIN: u64 = 64 << 20;
const FREE_BYTES_LOW: u64 = 1 << 30;
const FREE_FILES_MIN: u64 = 100;

const FLUSHES: usize = 40;
const FLUSH_BYTES: usize = 4096;
const FLUSHES_TIME_MAX: Duration = Duration::from_secs(2);
/// Slower than this and single appends are slow.
const FLUSH_SLOW: Duration = Duration::from_millis(20);
/// No disk that keeps its word is so fast.
const FLUSH_TOO_FAST: Duration = Duration::from_micros(8);

/// File systems whose locks or flushes are those of another machine.
const NETWORK: [&str; 14] = [
    "9p",
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "davfs",
    "fuse.sshfs",
    "gfs2",
    "glusterfs",
    "lustre",
    "nfs",
    "nfs4",
    "ocfs2",
    "smb3",
];
/// File systems that a restart empties.
const MEMORY: [&str; 2] = ["ramfs", "tmpfs"];

/// Judges the file system of a folder.
pub(super) fn file_system(folder: &Path) -> Finding {
    const CHECK: &str = "file system";
    let mounts = fs::read_to_string("/proc/self/mountinfo");
    let found =
        mounts.ok().zip(folder.canonicalize().ok()).and_then(|(mounts, path)| kind_of(&path, &mounts));
    let Some(kind) = found else { return Finding::ok(CHECK, "this system does not tell") };
    let local = "move the folder to a local disk, such as ext4 or xfs";
    match kind.as_str() {
        kind if NETWORK.contains(&kind) || kind.starts_with("fuse.gluster") => Finding::fail(
            CHECK,
            format_args!("{kind} is a network file system: its locks and flushes are not to be relied on"),
            local,
        ),
        kind if MEMORY.contains(&kind) => Finding::fail(
            CHECK,
            format_args!("{kind} is memory: a restart of the machine loses everything"),
            local,
        ),
        kind if kind == "overlay" || kind.starts_with("fuse") => {
            let remedy = "mount a volume there, so that the folder outlives the container";
            Finding::warn(CHECK, format_args!("{kind} is a layer over other file systems"), remedy)
        }
        kind => Finding::ok(CHECK, kind),
    }
}

/// The kind of the mount that holds a path, by the lines of mountinfo: the longest mount point, of equals the last.
fn kind_of(path: &Path, mounts: &str) -> Option<String> {
    let mount = |line: &str| {
        let (place, source) = line.split_once(" - ")?;
        let point = PathBuf::from(unescaped(place.split(' ').nth(4)?));
        let kind = source.split(' ').next()?.to_owned();
        path.starts_with(&point).then(|| (point.components().count(), kind))
    };
    mounts.lines().filter_map(mount).max_by_key(|(depth, _)| *depth).map(|(_, kind)| kind)
}

/// The kernel writes blanks of a path as octal numbers.
fn unescaped(path: &str) -> String {
    [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")]
        .into_iter()
        .fold(path.to_owned(), |path, (escape, character)| path.replace(escape, character))
}

/// Judges how much room is left.
pub(super) fn space(folder: &Path) -> Finding {
    const CHECK: &str = "disk space";
    let remedy = "make room, or move the folder to a larger disk; without space writes answer 503";
    let found = match statvfs(folder) {
        Ok(found) => found,
        Err(error) => return Finding::fail(CHECK, error, "look at the disk (dmesg)"),
    };
    let free = found.f_bavail.saturating_mul(found.f_frsize);
    let percent = found.f_bavail.saturating_mul(100).checked_div(found.f_blocks).unwrap_or(100);
    let detail = format!("{} free, {percent} %", size(free));
    // Some file systems count no files: they say 0 of 0.
    let few_files = found.f_files > 0 && found.f_favail < FREE_FILES_MIN;
    match free {
        _ if few_files => Finding::fail(CHECK, format_args!("no more files can be made ({detail})"), remedy),
        free if free < FREE_BYTES_MIN => Finding::fail(CHECK, detail, remedy),
        free if free < FREE_BYTES_LOW => Finding::warn(CHECK, detail, remedy),
        _ => Finding::ok(CHECK, detail),
    }
}

/// Measures how long a small write takes until it is on the disk.
pub(super) fn flush(folder: &Path) -> Finding {
    const CHECK: &str = "flush";
    match median_flush(folder) {
        Ok(median) => judge_flush(median),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            let remedy = "run it as the user that owns the folder";
            Finding::warn(CHECK, "not measured: this user may not write there", remedy)
        }
        Err(error) => {
            Finding::fail(CHECK, format_args!("a write or flush failed: {error}"), "look at the disk (dmesg)")
        }
    }
}

fn judge_flush(median: Duration) -> Finding {
    const CHECK: &str = "flush";
    let detail =
        format!("{:.3} ms, {:.0} a second", median.as_secs_f64() * 1e3, 1.0 / median.as_secs_f64().max(1e-9));
    if median > FLUSH_SLOW {
        return Finding::warn(
            CHECK,
            detail,
            "each single append waits for one; a disk with a protected cache is faster",
        );
    }
    if median < FLUSH_TOO_FAST {
        let detail = format!("{detail}: the disk does not seem to flush at all");
        return Finding::warn(
            CHECK,
            detail,
            "look for a volatile cache or a mount option that ignores flushes",
        );
    }
    Finding::ok(CHECK, detail)
}

fn median_flush(folder: &Path) -> io::Result<Duration> {
    let mut file = tempfile::tempfile_in(folder)?;
    let block = [0x5A; FLUSH_BYTES];
    let began = Instant::now();
    let mut times = Vec::with_capacity(FLUSHES);
    while times.len() < FLUSHES && began.elapsed() < FLUSHES_TIME_MAX {
        let at = Instant::now();
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&block)?;
        file.sync_data()?;
        times.push(at.elapsed());
    }
    times.sort_unstable();
    Ok(times.get(times.len() / 2).copied().unwrap_or_default())
}

/// Bytes for people.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let unit = (0..UNITS.len() - 1).find(|unit| bytes >> (10 * (unit + 1)) == 0).unwrap_or(UNITS.len() - 1);
    let scaled = bytes as f64 / (1_u64 << (10 * unit)) as f64;
    if unit == 0 { format!("{bytes} B") } else { format!("{scaled:.1} {}", UNITS[unit]) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::finding::Level;

    #[test]
    fn the_nearest_mount_is_found() {
        let mounts = "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n\
            30 22 0:26 / /mnt/my\\040disk rw shared:1 - nfs4 host:/x rw\n\
            31 22 0:27 / /mnt rw - xfs /dev/sdb rw";
        let kind = |path: &str| kind_of(Path::new(path), mounts);
        assert_eq!(kind("/var/lib").as_deref(), Some("ext4"));
        assert_eq!(kind("/mnt/my disk/hansard").as_deref(), Some("nfs4"));
        assert_eq!(kind("/mnt/my").as_deref(), Some("xfs"));
        assert_eq!(kind_of(Path::new("/x"), "nonsense"), None);
    }

    #[test]
    fn flushes_are_judged() {
        let level = |micros| judge_flush(Duration::from_micros(micros)).level;
        assert_eq!([level(1), level(900), level(50_000)], [Level::Warn, Level::Ok, Level::Warn]);
    }

    #[test]
    fn sizes_read_well() {
        assert_eq!(
            [size(0), size(1023), size(1 << 20), size(3 << 29)],
            ["0 B", "1023 B", "1.0 MiB", "1.5 GiB"]
        );
    }
}
