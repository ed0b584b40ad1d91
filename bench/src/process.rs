//! A child process that ends with its value, and what the kernel tells of it.

use std::{
    fs,
    process::{Child, Command, ExitStatus},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};

/// Linux counts processor time in hundredths of a second, whatever its clock does.
const TICKS_PER_SECOND: f64 = 100.0;
const POLL: Duration = Duration::from_millis(5);

/// A child of this process.
#[derive(Debug)]
pub(crate) struct Process(Child);

impl Process {
    pub(crate) fn spawn(command: &mut Command) -> anyhow::Result<Self> {
        let program = command.get_program().to_string_lossy().into_owned();
        Ok(Self(command.spawn().with_context(|| format!("cannot run {program}"))?))
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.0
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(&mut self) -> anyhow::Result<()> {
        self.0.kill()?;
        self.0.wait()?;
        Ok(())
    }

    /// Asks it to leave, and waits until it has.
    pub(crate) fn terminate(&mut self, patience: Duration) -> anyhow::Result<ExitStatus> {
        let asked = Command::new("kill").arg("-TERM").arg(self.0.id().to_string()).status()?;
        anyhow::ensure!(asked.success(), "cannot end process {}", self.0.id());
        self.wait(patience)
    }

    pub(crate) fn wait(&mut self, patience: Duration) -> anyhow::Result<ExitStatus> {
        let deadline = Instant::now() + patience;
        while Instant::now() < deadline {
            if let Some(status) = self.0.try_wait()? {
                return Ok(status);
            }
            thread::sleep(POLL);
        }
        bail!("process {} did not end within {patience:?}", self.0.id())
    }

    /// Processor time of all its threads so far, in seconds.
    pub(crate) fn cpu_seconds(&self) -> anyhow::Result<f64> {
        cpu_seconds_of(&self.proc("stat")?).context("an unknown form of stat")
    }

    /// A value of its memory in megabytes, by the name that the kernel gives it, such as VmRSS.
    pub(crate) fn memory_mb(&self, name: &str) -> anyhow::Result<f64> {
        memory_mb_of(&self.proc("status")?, name).with_context(|| format!("the kernel tells no {name}"))
    }

    fn proc(&self, file: &str) -> anyhow::Result<String> {
        Ok(fs::read_to_string(format!("/proc/{}/{file}", self.0.id()))?)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Processor time so far of all processes of a name, in seconds.
pub(crate) fn cpu_seconds_named(name: &str) -> anyhow::Result<f64> {
    let wanted = format!("({name})");
    let stats = fs::read_dir("/proc")?.flatten().map(|entry| fs::read_to_string(entry.path().join("stat")));
    let named = stats.flatten().filter(|stat| stat.contains(&wanted));
    Ok(named.filter_map(|stat| cpu_seconds_of(&stat)).sum())
}

fn cpu_seconds_of(stat: &str) -> Option<f64> {
    // The name in brackets may hold spaces; utime and stime are the 12th and 13th after it.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    Some((ticks()? + ticks()?) / TICKS_PER_SECOND)
}

fn memory_mb_of(status: &str, name: &str) -> Option<f64> {
    let value = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    let kib: f64 = value.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024.0 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_files_are_understood() {
        let stat = "42 (a (b) c) S 1 42 42 0 -1 4194560 900 0 3 0 150 50 0 0 20 0 5 0 777 1000 200";
        assert!(cpu_seconds_of(stat).is_some_and(|seconds| (seconds - 2.0).abs() < 1e-9));
        let status = "Name:\tx\nVmHWM:\t   20000 kB\nVmRSS:\t   10000 kB\n";
        assert!(memory_mb_of(status, "VmRSS").is_some_and(|mb| (mb - 10.24).abs() < 1e-9));
        assert!(memory_mb_of(status, "VmSwap").is_none());
    }

    #[test]
    fn a_process_that_stays_is_told_and_ended() {
        let mut process = Process::spawn(Command::new("sleep").arg("60")).unwrap();
        assert!(process.memory_mb("VmRSS").unwrap() > 0.0 && process.cpu_seconds().unwrap() < 1.0);
        assert!(process.wait(Duration::from_millis(20)).is_err());
        process.kill().unwrap();
    }
}
