//! Reads of a whole conversation of 50 messages against a server that parses and echoes one.
//!
//! The contract's GetConversation answers no messages; they are read with ListConversationMessages.

use anyhow::Result;

use super::Benchmark;
use crate::{
    Setup, disk,
    figure::Figure,
    hansard::{CONVERSATIONS, Hansard},
    http::{Http, Post},
    load::block_on,
    random::Random,
    rounds::Rounds,
    yardstick::{Bare, Mode, hload},
};

pub(super) const GET: Benchmark = Benchmark { name: "get", run };
const CLIENTS: u32 = 16;
const MESSAGES: usize = 50;

fn run(setup: &Setup) -> Result<Vec<Figure>> {
    let mut rounds =
        Rounds::begin("reads of a conversation's 50 messages over JSON, 16 clients, 256 conversations");
    let path =
        format!("conversations/bench-{{rnd:{CONVERSATIONS}}}/conversationMessages?pageSize={MESSAGES}");
    for _ in 0..setup.rounds {
        let disk = disk::appends_per_second(setup)?;
        let ours = {
            let server = block_on(filled(setup))?;
            hload(setup, CLIENTS, &server.template(&path, ""))?
        };
        let echo = {
            let server = Bare::start(setup, Mode::Echo)?;
            hload(setup, CLIENTS, &server.append_template())?
        };
        rounds.push(&[
            ("fdatasync/s", disk),
            ("| reads/s", ours.per_second),
            ("p50 ms", ours.p50_ms),
            ("p99 ms", ours.p99_ms),
            ("| echo/s", echo.per_second),
            ("its p99 ms", echo.p99_ms),
            ("| ratio", ours.per_second / echo.per_second),
        ]);
    }
    rounds.finish();
    Ok(vec![Figure::at_least(0.3, "reads, of bare echo", rounds.median("| ratio"))])
}

/// Serves conversations of 50 messages each, and sees that a read answers them.
async fn filled(setup: &Setup) -> Result<Hansard> {
    let server = Hansard::with_conversations(setup).await?;
    let mut http = Http::connect(server.target()).await?;
    let mut random = Random::new(0);
    for number in 0..CONVERSATIONS {
        let message =
            |random: &mut Random| format!(r#"{{"speaker": "VISITOR", "text": "{}"}}"#, random.text());
        let messages: Vec<String> = (0..MESSAGES).map(|_| message(&mut random)).collect();
        let path = format!("/v1/{}/messages:batchCreate", Hansard::conversation(number));
        let body = format!(r#"{{"messages": [{}]}}"#, messages.join(","));
        http.post(Post { path, body, idempotency_key: None }).await?;
    }
    let path = format!("/v1/{}/conversationMessages?pageSize={MESSAGES}", Hansard::conversation(0));
    let answer = http.get(&path).await?;
    let answered = String::from_utf8_lossy(&answer).matches("\"sequencePosition\"").count();
    anyhow::ensure!(answered == MESSAGES, "a read answered {answered} messages");
    Ok(server)
}
