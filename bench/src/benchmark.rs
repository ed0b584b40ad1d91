//! The benchmarks, a file each, and which of them a command runs.

mod append;
mod batch;
mod database;
mod fan_out;
mod get;
mod grpc;
mod import;
mod memory;

mod ready;
mod redaction;
mod replicas;
mod single;
mod start;
mod watch;

use clap::{Subcommand, ValueEnum};

use crate::{Setup, figure::Figure, find};

/// What the command line asks for.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum Selection {
    /// Durable single appends over JSON, 64 clients, against bare SQLite with FTS5 and a bare log
    Append {
        /// Sends an Idempotency-Key of its own with each request
        #[arg(long)]
        idempotency: bool,
    },
    /// One client: an append's median against the disk's fdatasync
    Single,
    /// Batches of 100 messages against raw SQLite rows, 1000 a transaction
    Batch,
    /// Single appends over gRPC against the same over JSON
    Grpc,
    /// Appends that are searched for personal data against appends that are not
    Redaction,
    /// Starts of new conversations against appends
    Start,
    /// Reads of a conversation's 50 messages, 16 clients, against a server that echoes
    Get,
    /// From an append to its watcher, and what 100 watchers of one conversation cost
    Watch,
    /// hansard import of 200,000 messages, into a folder and into a running server
    Import,
    /// Appends on PostgreSQL against what pgbench inserts on the same cluster
    Database,
    /// One to four servers on one PostgreSQL database, each on a part of a processor
    Replicas,
    /// Resident memory: idle, idle on 1 GiB, and its peak under the append load
    Memory,
    /// From start to ready on 1 GiB, after an orderly end and after kill -9
    Ready,
    /// Filters, keywords and counts over a million conversations, cold and warm, 1 and 16 clients
    Find {
        #[arg(value_enum)]
        section: Option<FindSection>,
    },
    /// All of them but find
    All,
}

/// A part of `find`; without one, all of them on what is loaded.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum FindSection {
    /// Loads the data anew
    Load,
    /// Each filter field on its own
    Fields,
    /// Two to four fields together
    Combined,
    /// Words in messages
    Keyword,
    /// Exact counts
    Counts,
}

impl Selection {
    pub(crate) fn benchmarks(self) -> &'static [Benchmark] {
        match self {
            Self::Append { idempotency: false } => &[append::APPEND],
            Self::Append { idempotency: true } => &[append::WITH_KEYS],
            Self::Single => &[single::SINGLE],
            Self::Batch => &[batch::BATCH],
            Self::Database => &[database::DATABASE],
            Self::Replicas => &[replicas::REPLICAS],
            Self::Grpc => &[grpc::GRPC],
            Self::Redaction => &[redaction::REDACTION],
            Self::Start => &[start::START],
            Self::Get => &[get::GET],
            Self::Watch => &[watch::WATCH, fan_out::FAN_OUT],
            Self::Import => &[import::IMPORT],
            Self::Memory => &[memory::MEMORY],
            Self::Ready => &[ready::READY],
            Self::Find { section: None } => &FIND,
            Self::Find { section: Some(section) } => section.benchmark(),
            Self::All => &ALL,
        }
    }
}

impl FindSection {
    fn benchmark(self) -> &'static [Benchmark] {
        match self {
            Self::Load => &[Benchmark { name: "find load", run: find::load }],
            Self::Fields => &FIND[1..2],
            Self::Combined => &FIND[2..3],
            Self::Keyword => &FIND[3..4],
            Self::Counts => &FIND[4..],
        }
    }
}

/// One measurement, which prints its rounds and returns what it found.
#[derive(Debug)]
pub(crate) struct Benchmark {
    pub(crate) name: &'static str,
    pub(crate) run: fn(&Setup) -> anyhow::Result<Vec<Figure>>,
}

const ALL: [Benchmark; 13] = [
    append::APPEND,
    append::WITH_KEYS,
    single::SINGLE,
    batch::BATCH,
    grpc::GRPC,
    redaction::REDACTION,
    start::START,
    get::GET,
    watch::WATCH,
    fan_out::FAN_OUT,
    import::IMPORT,
    memory::MEMORY,
    ready::READY,
];

const FIND: [Benchmark; 5] = [
    Benchmark { name: "find load", run: find::loaded },
    Benchmark { name: "find fields", run: find::fields },
    Benchmark { name: "find combined", run: find::combined },
    Benchmark { name: "find keyword", run: find::keyword },
    Benchmark { name: "find counts", run: find::counts },
];

#[cfg(test)]
mod tests {
    use clap::Subcommand;

    use super::Selection;

    /// Where a reader looks for the names.
    const LISTS: [&str; 2] =
        [include_str!("../../docs/benchmarks.md"), include_str!("../../xtask/src/bench.rs")];

    fn unnamed(list: &str) -> Vec<String> {
        let command = Selection::augment_subcommands(clap::Command::new("bench"));
        let names = command.get_subcommands().map(|one| format!("cargo xtask bench {}", one.get_name()));
        names.filter(|name| !list.contains(name)).collect()
    }

    #[test]
    fn every_benchmark_is_listed() {
        for list in LISTS {
            assert_eq!(unnamed(list), Vec::<String>::new());
        }
    }

    #[test]
    fn a_benchmark_that_a_list_lacks_is_found() {
        let list = LISTS[0].replace("cargo xtask bench watch", "");
        assert_eq!(unnamed(&list), ["cargo xtask bench watch"]);
    }
}
