//! Servers that share a database, each on a part of a processor, as if on a small machine of its own: what one more brings.
//!
//! Database and load have the rest of the machine. The more servers there are, the more of it the database takes, until it is
//! the limit.

use std::thread;

use anyhow::Context;
use hansard_cluster::Own;

use super::{Benchmark, database::cluster};
use crate::{
    Setup,
    figure::Figure,
    hansard::{Hansard, Place, run_on},
    http::{Http, Post},
    load::block_on,
    process::cpu_seconds_named,
    rounds::Rounds,
    share::Share,
    yardstick::{Template, hload},
};

pub(super) const REPLICAS: Benchmark = Benchmark { name: "replicas", run };
/// Each has as many profiles as there are servers at most.
const SERVERS: usize = 4;
const CONVERSATIONS: usize = 16;
/// Of each server.
const CLIENTS: u32 = 32;
const PERCENT: u64 = 30;

/// Which profiles a server is asked about.
#[derive(Debug, Clone, Copy)]
enum Spread {
    /// Its own, as a balancer does that goes by the path.
    ByProfile,
    /// Any, so that servers wait for each other.
    AtRandom,
}

fn run(setup: &Setup) -> anyhow::Result<Vec<Figure>> {
    let cluster = cluster()?;
    let key = fill(setup, &cluster.url())?;
    let apart = rounds(setup, &cluster, &key, Spread::ByProfile)?;
    let together = rounds(setup, &cluster, &key, Spread::AtRandom)?;
    Ok(vec![
        Figure::at_least(1.6, "two servers, each with profiles of its own, of one", apart[1]),
        Figure::told("three of one", apart[2]),
        Figure::told("four of one", apart[3]),
        Figure::told("two servers, each asked about all profiles, of one", together[1]),
    ])
}

/// Makes the profiles and their conversations; returns a key for all.
fn fill(setup: &Setup, url: &str) -> anyhow::Result<String> {
    let place = Place::Database(url);
    for profile in profiles() {
        run_on(
            setup,
            place,
            &format!("profile create --customer acme --profile {profile} --language en-US"),
        )?;
    }
    let key = run_on(setup, place, "key create --customer acme --role writer")?;
    let server = Hansard::serve(setup, place, Some(key.clone()))?;
    block_on(async {
        let mut http = Http::connect(server.target()).await?;
        for profile in profiles() {
            for number in 0..CONVERSATIONS {
                let path = format!("/v1/customers/acme/profiles/{profile}/conversations/c{number}:start");
                http.post(Post { path, body: "{}".to_owned(), ..Post::default() }).await?;
            }
        }
        anyhow::Ok(())
    })?;
    server.stop()?;
    Ok(key)
}

fn profiles() -> impl Iterator<Item = String> {
    (0..SERVERS * SERVERS).map(|number| format!("p{}{}", number / SERVERS, number % SERVERS))
}

/// Medians by the number of servers, each of what one brings.
fn rounds(setup: &Setup, cluster: &Own, key: &str, spread: Spread) -> anyhow::Result<[f64; SERVERS]> {
    const COLUMNS: [[&str; 3]; SERVERS] = [
        ["1 server/s", "of one", "database's processors"],
        ["| 2 servers/s", "2 of one", "database's"],
        ["| 3 servers/s", "3 of one", "of 3"],
        ["| 4 servers/s", "4 of one", "of 4"],
    ];
    let mut rounds = Rounds::begin(&format!(
        "single appends on PostgreSQL, servers of {PERCENT} % of a processor, {CLIENTS} clients each, {spread:?}"
    ));
    for _ in 0..setup.rounds {
        let mut line = Vec::new();
        let mut one = f64::NAN;
        for (servers, names) in (1..).zip(COLUMNS) {
            let (rate, processors) = measure(setup, cluster, key, (servers, spread))?;
            one = if servers == 1 { rate } else { one };
            line.extend(names.into_iter().zip([rate, rate / one, processors]));
        }
        rounds.push(&line);
    }
    rounds.finish();
    Ok(COLUMNS.map(|[_, of_one, _]| rounds.median(of_one)))
}

/// Appends a second of all servers together, and how many processors the database used meanwhile.
fn measure(
    setup: &Setup,
    cluster: &Own,
    key: &str,
    (servers, spread): (usize, Spread),
) -> anyhow::Result<(f64, f64)> {
    let url = cluster.url();
    let shares = (0..servers).map(|_| Share::of(PERCENT)).collect::<anyhow::Result<Vec<_>>>()?;
    let serve = |share| Hansard::serve_within(share, setup, Place::Database(&url), Some(key.to_owned()));
    let serving = shares.iter().map(serve).collect::<anyhow::Result<Vec<_>>>()?;
    serving.iter().try_for_each(|server| block_on(server.await_ready()))?;
    let before = cpu_seconds_named("postgres")?;
    let rates = thread::scope(|scope| {
        let load = |(number, server): (usize, &Hansard)| {
            let template = template(server, number, spread);
            scope.spawn(move || hload(setup, CLIENTS, &template))
        };
        let loads: Vec<_> = serving.iter().enumerate().map(load).collect();
        let joined = loads.into_iter().map(|load| load.join().ok().context("a load panicked")?);
        joined.map(|load| Ok(load?.per_second)).collect::<anyhow::Result<Vec<f64>>>()
    })?;
    // The load warms for a second before it counts.
    let processors = (cpu_seconds_named("postgres")? - before) / f64::from(setup.seconds + 1);
    serving.into_iter().try_for_each(Hansard::stop)?;
    Ok((rates.iter().sum(), processors))
}

fn template(server: &Hansard, number: usize, spread: Spread) -> Template {
    let first = match spread {
        Spread::ByProfile => number.to_string(),
        Spread::AtRandom => format!("{{rnd:{SERVERS}}}"),
    };
    let profile = format!("p{first}{{rnd:{SERVERS}}}");
    let path = format!("customers/acme/profiles/{profile}/conversations/c{{rnd:{CONVERSATIONS}}}/messages");
    server.template_at(&path, r#"{"speaker": "VISITOR", "text": "{text}"}"#)
}
