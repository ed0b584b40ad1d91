//! The same appends over gRPC and over JSON, from the same generator.

use anyhow::Result;

use super::{Benchmark, append::CLIENTS};
use crate::{
    Setup, disk,
    figure::Figure,
    grpc::Grpc,
    hansard::{CONVERSATIONS, Hansard},
    http::Json,
    load::{Client, Load, Plan, block_on, drive},
    rounds::Rounds,
};

pub(super) const GRPC: Benchmark = Benchmark { name: "grpc", run };
/// A gRPC client shares a connection; JSON over HTTP/1.1 has one each.
const CONNECTIONS: u32 = 4;

fn run(setup: &Setup) -> Result<Vec<Figure>> {
    let mut rounds =
        Rounds::begin("durable single appends, 64 clients: gRPC over 4 connections, JSON over 64");
    for _ in 0..setup.rounds {
        let disk = disk::appends_per_second(setup)?;
        let (grpc, grpc_cpu) = block_on(async {
            let server = Hansard::with_conversations(setup).await?;
            let clients = Grpc::connect(CLIENTS, CONNECTIONS, &server, CONVERSATIONS).await?;
            measure(setup, server, clients).await
        })?;
        let (json, json_cpu) = block_on(async {
            let server = Hansard::with_conversations(setup).await?;
            let clients = Json::connect(CLIENTS, server.target(), Hansard::append).await?;
            measure(setup, server, clients).await
        })?;
        rounds.push(&[
            ("fdatasync/s", disk),
            ("| gRPC/s", grpc.per_second),
            ("p99 ms", grpc.p99_ms),
            ("server us/call", grpc_cpu),
            ("| JSON/s", json.per_second),
            ("its p99 ms", json.p99_ms),
            ("its server us/call", json_cpu),
            ("| ratio", grpc.per_second / json.per_second),
            ("ratio of server time", grpc_cpu / json_cpu),
        ]);
    }
    rounds.finish();
    Ok(vec![
        Figure::at_least(1.0, "rate over gRPC, of that over JSON", rounds.median("| ratio")),
        Figure::told("server time over gRPC, of that over JSON", rounds.median("ratio of server time")),
    ])
}

/// Returns the load and the microseconds of processor time that the server spent on a call.
async fn measure<C: Client>(setup: &Setup, mut server: Hansard, clients: Vec<C>) -> Result<(Load, f64)> {
    let before = server.process().cpu_seconds()?;
    let samples = drive(clients, Plan::full(setup.seconds)).await?;
    let spent = server.process().cpu_seconds()? - before;
    Ok((samples.load(), spent * 1e6 / samples.answered() as f64))
}
