//! A flush that fails once under load: the server ends, and its restart has all that was acknowledged.

use std::thread;

use hansard_conformance::binary::{create_key, run_on};
use hansard_conformance::client::Client;
use hansard_conformance::desk::{Desk, column, id_of};
use hansard_conformance::server::Server;
use serde_json::json;

use crate::strace::{arguments, failing_flush, works};

const WRITERS: usize = 8;
/// The start needs fewer of any thread, and a second of load more.
const FAILING: usize = 40;

/// Appends until something else than success is answered; says which messages were acknowledged.
fn append_until_failure(desk: &Desk, writer: usize) -> Vec<String> {
    let mut acknowledged = Vec::new();
    loop {
        let id = format!("w{writer}-{}", acknowledged.len());
        let path = desk.path("a", &format!("/messages?messageId={id}"));
        let call = desk.client.call("POST", &path).json(&json!({"text": id, "speaker": "VISITOR"}));
        match call.try_send() {
            Ok(answer) if answer.status == 200 => acknowledged.push(id),
            Ok(answer) => {
                assert_eq!((answer.status, answer.code()), (503, "UNAVAILABLE"), "{answer}");
                return acknowledged;
            }
            Err(_) => return acknowledged,
        }
    }
}

#[test]
fn a_failed_flush_ends_the_server_and_the_next_start_has_everything() {
    if !works() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    run_on(folder.path(), "profile create --customer acme --profile support --language en-US").ok();
    let key = create_key(folder.path(), "--customer acme --role admin");
    let serve = arguments("serve --listen 127.0.0.1:0", &[("--data-dir", folder.path())]);
    let server = Server::spawn(failing_flush(FAILING, &serve));
    let desk =
        |server: &Server| Desk::new(Client::new(server.address(), &key), "customers/acme/profiles/support");
    let failing = desk(&server);
    failing.start("a", &json!({}));
    let acknowledged: Vec<String> = thread::scope(|scope| {
        let writers = (0..WRITERS).map(|writer| {
            let desk = &failing;
            scope.spawn(move || append_until_failure(desk, writer))
        });
        let writers: Vec<_> = writers.collect();
        writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
    });
    assert!(acknowledged.len() > WRITERS, "there was load: {acknowledged:?}");
    let ended = server.await_end();
    assert!(ended.code().is_some_and(|code| code != 0), "{ended}");

    let server = Server::start(folder.path());
    let messages = desk(&server).messages("a");
    assert_eq!(column(&messages, "sequencePosition"), (1..=messages.len()).collect::<Vec<_>>());
    let ids: Vec<String> = messages.iter().map(id_of).collect();
    let lost: Vec<_> = acknowledged.iter().filter(|id| !ids.contains(id)).collect();
    assert!(lost.is_empty(), "lost {lost:?}");
    desk(&server).append("a", "again", "writes go on");
}
