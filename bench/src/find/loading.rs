//! The load: one `hansard import` for each tenant into one running server, all at the same time, each fed with its
//! conversations in the order of their arrival.

use std::{
    fs::{self, File},
    io::{BufWriter, Read, Seek, Write},
    process::{ChildStdin, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};

use super::{
    archive,
    corpus::Corpus,
    directory,
    facts::{Facts, LANGUAGES},
    folder::Load,
    tenant::{Tenant, Tenants},
    told,
};
use crate::{
    Setup,
    hansard::{Hansard, Place, run_on},
    load::block_on,
    process::Process,
    random::Random,
};

/// A server that uses less than this part of one processor for so long has nothing left to do.
const REST: Duration = Duration::from_secs(3);
const BUSY_PART: f64 = 0.05;
const REST_PATIENCE: Duration = Duration::from_secs(3600);
const PATIENCE: Duration = Duration::from_secs(600);
const REPORT_BYTES_MAX: u64 = 500;
const PIPE_BYTES: usize = 64 * 1024;

/// Fills a store; returns a key for each tenant and what the load was like.
pub(super) fn load(
    setup: &Setup,
    place: Place<'_>,
    tenants: &Tenants,
) -> anyhow::Result<(Vec<String>, Load)> {
    println!("loading {} conversations, once for this form of the store", tenants.conversations());
    let corpus = Corpus::read(&setup.dialogs)?;
    if let Place::Folder(folder) = place {
        fs::create_dir_all(folder)?;
    }
    let keys: Vec<String> =
        tenants.list().iter().map(|tenant| prepare(setup, place, *tenant)).collect::<anyhow::Result<_>>()?;
    let mut server = Hansard::serve(setup, place, None)?;
    block_on(server.await_ready())?;
    directory::create(server.target(), tenants, &keys)?;
    let begun = Instant::now();
    let mut feeds = Vec::new();
    for (tenant, key) in tenants.list().iter().zip(&keys) {
        feeds.push(Feed::start(setup, &server, *tenant, key)?);
    }
    let written = feed(&mut feeds, tenants, &corpus)?;
    feeds.into_iter().try_for_each(Feed::finish)?;
    let seconds = begun.elapsed().as_secs_f64();
    let rested_seconds = await_rest(&mut server)?.duration_since(begun).as_secs_f64();
    server.stop()?;
    Ok((keys, Load { seconds, rested_seconds, ..written }))
}

/// Waits until the server has done what it does after its answers, such as indexing; returns when that was. One that waits for
/// its database is idle, too: it tells itself what it has not indexed.
fn await_rest(server: &mut Hansard) -> anyhow::Result<Instant> {
    let deadline = Instant::now() + REST_PATIENCE;
    while Instant::now() < deadline {
        let (begun, before) = (Instant::now(), server.process().cpu_seconds()?);
        sleep(REST);
        let is_idle = server.process().cpu_seconds()? - before < REST.as_secs_f64() * BUSY_PART;
        if is_idle && block_on(told::unindexed(server.target()))? == 0.0 {
            return Ok(begun);
        }
    }
    bail!("the server was still busy {REST_PATIENCE:?} after the last answer")
}

/// Makes a tenant's profile and its key.
fn prepare(setup: &Setup, place: Place<'_>, tenant: Tenant) -> anyhow::Result<String> {
    let (customer, profile, languages) = (tenant.customer_id(), Tenant::PROFILE, LANGUAGES.join(","));
    run_on(
        setup,
        place,
        &format!("profile create --customer {customer} --profile {profile} --language {languages}"),
    )?;
    run_on(setup, place, &format!("key create --customer {customer} --role admin"))
}

/// Hands out the conversations as they arrive, each tenant's at its own pace until all have theirs.
fn feed(feeds: &mut [Feed], tenants: &Tenants, corpus: &Corpus) -> anyhow::Result<Load> {
    let mut load = Load { messages: 0, text_bytes: 0, seconds: 0.0, rested_seconds: 0.0, disk_bytes: 0 };
    let mut arrivals = Random::new(0);
    for _ in 0..tenants.conversations() {
        let mut number = tenants.weighted(&mut arrivals).number as usize;
        while feeds[number].is_fed() {
            number = (number + 1) % feeds.len();
        }
        feeds[number].write_next(corpus, &mut load)?;
    }
    Ok(load)
}

/// An import that reads what is written to it.
struct Feed {
    tenant: Tenant,
    process: Process,
    input: BufWriter<ChildStdin>,
    /// What it says.
    report: File,
    written: u32,
}

impl Feed {
    fn start(setup: &Setup, server: &Hansard, tenant: Tenant, key: &str) -> anyhow::Result<Self> {
        let mut import = Command::new(&setup.hansard);
        let url = format!("http://{}", server.target().address);
        import.args(["import", "--customer", &tenant.customer_id(), "--profile", Tenant::PROFILE]);
        import.args(["--server", &url, "-"]).env("HANSARD_KEY", key);
        let report = tempfile::tempfile_in(&setup.scratch)?;
        import.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(report.try_clone()?);
        let mut process = Process::spawn(&mut import)?;
        let input = process.child().stdin.take().context("an import has no input")?;
        Ok(Self { tenant, process, input: BufWriter::with_capacity(PIPE_BYTES, input), report, written: 0 })
    }

    fn is_fed(&self) -> bool {
        self.written == self.tenant.conversations
    }

    fn write_next(&mut self, corpus: &Corpus, load: &mut Load) -> anyhow::Result<()> {
        let facts = Facts::of(self.tenant, self.written);
        let messages = facts.messages(corpus);
        load.messages += messages.len() as u64;
        load.text_bytes += messages.iter().map(|text| text.len() as u64).sum::<u64>();
        archive::write(&mut self.input, self.tenant, &facts, &messages, corpus)?;
        self.written += 1;
        Ok(())
    }

    /// Ends the input and waits until everything is in.
    fn finish(mut self) -> anyhow::Result<()> {
        self.input.flush()?;
        drop(self.input);
        let status = self.process.wait(PATIENCE)?;
        if !status.success() {
            let mut report = String::new();
            self.report.rewind()?;
            self.report.take(REPORT_BYTES_MAX).read_to_string(&mut report)?;
            bail!("the import of {} ended with {status}: {report}", self.tenant.customer_id());
        }
        Ok(())
    }
}
