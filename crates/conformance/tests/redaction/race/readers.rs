//! Who reads and writes while texts are removed. Each goes on until the last removal is acknowledged.

use std::time::Duration;

use hansard_conformance::client::{escape, runtime};
use hansard_conformance::desk::Desk;
use hansard_conformance::grpc;
use hansard_conformance::residue::Search;
use hansard_conformance::sse::Stream;
use hansard_conformance::store;
use hansard_proto::v1::WatchChangesRequest;
use serde_json::json;

use super::{CONVERSATIONS, Watch, conversation};
use crate::ground::Ground;

pub(crate) const ALL: [fn(&Ground, &Watch); 7] =
    [append, read_messages, search, export, listen, watch_over_grpc, back_up];

const PAUSE: Duration = Duration::from_millis(20);

fn append(ground: &Ground, watch: &Watch) {
    let mut number = 0;
    while !watch.is_done() {
        ground.desk.append(&conversation(number), &format!("n{number}"), "told nothing of note");
        number += 1;
        std::thread::sleep(PAUSE);
    }
}

fn read_messages(ground: &Ground, watch: &Watch) {
    let desk = &ground.desk;
    while !watch.is_done() {
        for index in 0..CONVERSATIONS {
            let path =
                desk.path(&conversation(index), "/conversationMessages?pageSize=1000&showDeleted=true");
            watch.ask("messages", || desk.client.get(&path).body.to_vec());
        }
        std::thread::sleep(PAUSE);
    }
}

/// Looks for what was removed last: it is not found, and no snippet shows it.
fn search(ground: &Ground, watch: &Watch) {
    let desk = &ground.desk;
    while !watch.is_done() {
        let last = watch.removed().pop();
        let Some(last) = last else { continue };
        let body = json!({"filter": {"messageKeyword": last.text}});
        watch.ask("list", || desk.try_list(&body).body.to_vec());
        let path = desk.at(&format!("/conversations:count?filter.messageKeyword={}", escape(&last.text)));
        let count = desk.client.get(&path).ok();
        if count["count"] != "0" {
            watch.leak([format!("count: {}", last.place)]);
        }
        std::thread::sleep(PAUSE);
    }
}

fn export(ground: &Ground, watch: &Watch) {
    let desk = &ground.desk;
    while !watch.is_done() {
        watch.ask("export", || desk.client.get(&desk.at("/conversations:export")).body.to_vec());
        std::thread::sleep(PAUSE);
    }
}

/// Fetches what each change names, as somebody would who follows the log.
fn listen(ground: &Ground, watch: &Watch) {
    let desk = &ground.desk;
    let mut stream = Stream::open(desk.client.call("GET", &desk.at("/changes")));
    while !watch.is_done() {
        let Some(event) = stream.next(Duration::from_millis(200)) else { continue };
        let resource = event.data["resource"].as_str().unwrap().to_owned();
        watch.ask("SSE", || [event.data.to_string().into_bytes(), fetch(desk, &resource)].concat());
    }
}

fn fetch(desk: &Desk, resource: &str) -> Vec<u8> {
    desk.client.get(&format!("/v1/{resource}")).body.to_vec()
}

fn watch_over_grpc(ground: &Ground, watch: &Watch) {
    let desk = &ground.desk;
    let mut client = grpc::conversations(desk.client.address(), &ground.key);
    let request = WatchChangesRequest { parent: desk.profile.clone(), ..Default::default() };
    let mut stream = runtime().block_on(client.watch_changes(request)).unwrap().into_inner();
    while !watch.is_done() {
        let next = runtime()
            .block_on(async { tokio::time::timeout(Duration::from_millis(200), stream.message()).await });
        let Ok(Ok(Some(change))) = next else { continue };
        watch.ask("gRPC watch", || {
            [format!("{change:?}").into_bytes(), fetch(desk, &change.resource)].concat()
        });
    }
}

fn back_up(ground: &Ground, watch: &Watch) {
    let file = ground.folder().join("backup");
    while !watch.is_done() {
        let removed = watch.removed();
        let mut backup = Vec::new();
        watch.ask("backup", || {
            backup = store::back_up(&ground.data(), &file);
            backup.clone()
        });
        let traces = Search::new(&removed).bytes(&file, &backup);
        watch.leak(traces.iter().map(|trace| format!("backup: {} as {:?}", trace.place, trace.form)));
    }
}
