//! Every place that takes text, and every way to read it back.

use std::path::Path;

use hansard_conformance::client::{escape, runtime};
use hansard_conformance::desk::Desk;
use hansard_conformance::grpc;
use hansard_conformance::secret::{Kind, Secrets, holds};
use hansard_conformance::sse::Stream;
use hansard_conformance::story;
use hansard_proto::v1::{ExportConversationsRequest, ListConversationMessagesRequest};
use serde_json::json;

use super::{configure, desk_with};
use crate::ground::Ground;

/// Told in a place of its own; the sentence around it stays.
const ORDER: &str = "told: your order number is 83920174 you know";

/// Fills every place that has a verb of its own.
fn tell_by_verbs(desk: &Desk, id: &str, say: &mut story::Say) {
    let body = json!({"displayName": say("updateDisplayName")});
    desk.verb(id, "updateDisplayName", &body).ok();
    let patch = desk.path(id, "?updateMask=summary");
    desk.client.patch(&patch, &json!({"summary": story::summary(say)})).ok();
    let patch = desk.path(id, "/messages/rich?updateMask=textHtml,metadata,transcriptionInfo");
    let later = json!({
        "textHtml": say("PATCH textHtml"),
        "metadata": {"later": say("PATCH metadata")},
        "transcriptionInfo": {"words": say("PATCH words").split(' ').map(|word| json!({"word": word})).collect::<Vec<_>>()},
    });
    desk.client.patch(&patch, &later).ok();
    desk.client.patch(&desk.path(id, "/comments/told"), &json!({"text": say("PATCH comment")})).ok();
}

/// Reads what JSON answers do not show: the stream of changes and two gRPC calls.
fn read_streams(ground: &Ground, id: &str) -> Vec<(&'static str, String)> {
    let desk = &ground.desk;
    let mut stream = Stream::open(desk.client.call("GET", &desk.at("/changes")));
    let changes = stream.take(desk.changes().len());
    let mut client = grpc::conversations(desk.client.address(), &ground.key);
    let (listed, exported) = runtime().block_on(async {
        let list = ListConversationMessagesRequest { parent: desk.name(id), ..Default::default() };
        let listed = client.list_conversation_messages(list).await.unwrap().into_inner();
        let export = ExportConversationsRequest { parent: desk.profile.clone(), ..Default::default() };
        let mut stream = client.export_conversations(export).await.unwrap().into_inner();
        let mut exported = Vec::new();
        while let Some(archive) = stream.message().await.unwrap() {
            exported.push(format!("{archive:?}"));
        }
        (format!("{listed:?}"), exported.join("\n"))
    });
    vec![("WatchChanges", format!("{changes:?}")), ("gRPC list", listed), ("gRPC export", exported)]
}

/// Returns the places whose values a search still answers to.
fn found_by_searching(desk: &Desk, secrets: &Secrets) -> Vec<String> {
    let mut found = Vec::new();
    for (place, value) in secrets.given() {
        let keyword = format!("/conversations:count?filter.messageKeyword={}", escape(value));
        let written = json!({"filterText": format!("display_name:\"{value}\"")});
        let counts = [
            desk.client.get(&desk.at(&keyword)),
            desk.client.post(&desk.at("/conversations:count"), &written),
        ];
        if counts.iter().any(|count| count.ok()["count"] != "0") {
            found.push(place.clone());
        }
    }
    found
}

#[test]
fn personal_data_told_in_any_place_is_masked_in_every_read() {
    let ground = Ground::open();
    let desk = &ground.desk;
    configure(desk, &json!({"maskDisplayNames": true}));
    let mut leaks = Vec::new();
    for kind in Kind::ALL {
        let id = kind.moment();
        let mut secrets = Secrets::of(kind);
        let mut say = |place: &str| secrets.tell(place);
        let body = story::conversation(&mut say);
        story::tell(desk, &id, "", &body, &mut say);
        let text = desk.client.get(&desk.path(&id, "/messages/rich")).ok();
        assert_eq!(text["conversationMessage"]["text"], kind.masked());
        let mut reads = story::read(desk, &id);
        tell_by_verbs(desk, &id, &mut |place| secrets.tell(place));
        reads.extend(story::read(desk, &id));
        reads.extend(read_streams(&ground, &id));
        for (surface, answer) in &reads {
            leaks.extend(
                secrets.leaks_in(answer).iter().map(|place| format!("{id} told in {place}: {surface}")),
            );
        }
        leaks.extend(
            found_by_searching(desk, &secrets).iter().map(|place| format!("{id} told in {place}: search")),
        );
        leaks.extend(left_on_disk(&ground, &secrets));
    }
    leaks.sort();
    leaks.dedup();
    assert!(leaks.is_empty(), "{} leaks:\n  {}", leaks.len(), leaks.join("\n  "));
}

/// Returns which values lie in the folder or the log as they were told: masked before it is stored.
fn left_on_disk(ground: &Ground, secrets: &Secrets) -> Vec<String> {
    let mut stored: Vec<(String, String)> = hansard_conformance::residue::files(ground.folder())
        .iter()
        .map(|file| {
            (name(file), String::from_utf8_lossy(&std::fs::read(file).unwrap_or_default()).into_owned())
        })
        .collect();
    stored.push(("log".to_owned(), ground.server.printed()));
    let mut left = Vec::new();
    for (place, value) in secrets.given() {
        let files = stored.iter().filter(|(_, content)| content.contains(value));
        left.extend(files.map(|(file, _)| format!("{value} told in {place}: {file}")));
    }
    left
}

fn name(file: &Path) -> String {
    file.file_name().unwrap().to_string_lossy().into_owned()
}

#[test]
fn a_look_alike_stays_in_any_place() {
    let desk = desk_with(&json!({"maskDisplayNames": true}));
    let mut places = Vec::new();
    let mut say = |place: &str| {
        places.push((place.to_owned(), format!("{ORDER} {}", places.len())));
        places.last().unwrap().1.clone()
    };
    let body = story::conversation(&mut say);
    story::tell(&desk, "a", "", &body, &mut say);
    let read: Vec<String> = story::read(&desk, "a").into_iter().map(|(_, answer)| answer).collect();
    let masked = places.iter().filter(|(_, text)| !read.iter().any(|answer| holds(answer, text)));
    let masked: Vec<&str> = masked.map(|(place, _)| place.as_str()).collect();
    assert!(masked.is_empty(), "an order's number is nobody's: {masked:?}");
    let count = desk.client.get(&desk.at("/conversations:count?filter.messageKeyword=83920174"));
    assert_eq!(count.ok()["count"], "1");
}

#[test]
fn persons_stay_in_display_names_unless_the_profile_masks_them() {
    for (mask, kept) in [(false, "Wanda Kowalski"), (true, "[PERSON]")] {
        let desk = desk_with(&json!({"maskDisplayNames": mask}));
        let name = json!({"displayName": "Wanda Kowalski"});
        let body = json!({"displayName": "Wanda Kowalski", "visitor": name, "agentInfo": name});
        desk.start("a", &body);
        desk.try_append("a", "m", &json!({"text": "hi", "speaker": "VISITOR", "speakerInfo": name})).ok();
        let shown = desk.conversation("a");
        for field in
            ["/displayName", "/visitor/displayName", "/agentInfo/displayName", "/participants/0/displayName"]
        {
            assert_eq!(shown.pointer(field).unwrap(), kept, "maskDisplayNames {mask}: {field}");
        }
        assert_eq!(desk.messages("a")[0]["speakerInfo"]["displayName"], kept);
        desk.verb("a", "updateDisplayName", &name).ok();
        assert_eq!(desk.conversation("a")["displayName"], kept);
    }
}
