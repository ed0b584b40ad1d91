//! A part of a processor for some processes, as if they had a small machine of their own.
//!
//! It is a cgroup of version 1 or 2 below the mount, which takes the right to make one there.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::Command,
    thread::sleep,
    time::Duration,
};

use anyhow::Context;

const MOUNT: &str = "/sys/fs/cgroup";
/// A short one, so that what is left of a share is not waited for long.
const PERIOD_US: u64 = 10_000;

/// A group of processes; it is removed when it is dropped, which is after they have ended.
#[derive(Debug)]
pub(crate) struct Share(PathBuf);

impl Share {
    /// A group with so many percent of one processor.
    pub(crate) fn of(percent: u64) -> anyhow::Result<Self> {
        Self::make(percent).context("a share of a processor takes the right to make a cgroup")
    }

    fn make(percent: u64) -> io::Result<Self> {
        let version_1 = Path::new(MOUNT).join("cpu");
        let is_version_1 = version_1.join("cpu.cfs_quota_us").exists();
        let mount = if is_version_1 { version_1.as_path() } else { Path::new(MOUNT) };
        let made = |number: &u32| {
            let folder = mount.join(format!("hansard-bench-{}-{number}", std::process::id()));
            fs::create_dir(&folder).map(|()| Self(folder))
        };
        let share = (0..u32::MAX).map(|number| made(&number)).find(|made| !is_taken(made)).transpose()?;
        let share = share.ok_or(io::ErrorKind::AlreadyExists)?;
        let quota = PERIOD_US * percent / 100;
        if is_version_1 {
            fs::write(share.0.join("cpu.cfs_period_us"), PERIOD_US.to_string())?;
            fs::write(share.0.join("cpu.cfs_quota_us"), quota.to_string())?;
        } else {
            fs::write(share.0.join("cpu.max"), format!("{quota} {PERIOD_US}"))?;
        }
        Ok(share)
    }

    /// A command that runs another one inside.
    pub(crate) fn wrap(&self, command: &Command) -> Command {
        let mut wrapped = Command::new("sh");
        wrapped.args(["-c", "echo $$ > \"$0\" && exec \"$@\""]).arg(self.0.join("cgroup.procs"));
        wrapped.arg(command.get_program()).args(command.get_args());
        wrapped
    }
}

fn is_taken(made: &io::Result<Share>) -> bool {
    made.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::AlreadyExists)
}

impl Drop for Share {
    fn drop(&mut self) {
        // A process that has just ended may be counted for a moment.
        for _ in 0..50 {
            if fs::remove_dir(&self.0).is_ok() {
                return;
            }
            sleep(Duration::from_millis(20));
        }
        println!("the cgroup {} was not removed", self.0.display());
    }
}
