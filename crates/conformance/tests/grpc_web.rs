//! gRPC-Web on the same port: both versions of HTTP, binary and text, unary and streaming; and CORS as configured.

use hansard_conformance::client::Client;
use hansard_conformance::grpc_web::{Frame, MODES, Mode, call, open};
use hansard_conformance::house::{House, house, unique};
use hansard_conformance::server::Server;
use hansard_proto::v1::conversation::Channel;
use hansard_proto::v1::{
    Change, Conversation, ConversationArchive, ConversationMessage, CreateConversationMessageRequest,
    CreateConversationMessageResponse, ExportConversationsRequest, GetConversationRequest, GetProfileRequest,
    ListTagsRequest, ListTagsResponse, Profile, StartConversationRequest, StartConversationResponse,
    WatchChangesRequest,
};
use prost::Message;
use serde_json::json;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};

const SERVICE: &str = "hansard.v1.ConversationService";
const BINARY: Mode = Mode { text: false, http2: false };
const ORIGIN: &str = "https://desk.example.com";

#[test]
fn unary_calls_go_there_and_back_in_every_mode() {
    for mode in MODES {
        let desk = house().desk();
        let send = |method: &str, message: &dyn Fn() -> Vec<u8>| {
            let authorization = format!("ApiKey {}", house().keys.admin);
            let method = format!("{SERVICE}/{method}");
            open(house().server.address(), mode, &method, &message(), &[("authorization", &authorization)])
                .finish()
        };
        let start = StartConversationRequest {
            parent: desk.profile.clone(),
            conversation_id: "c".into(),
            conversation: Some(Conversation { channel: Channel::Chat.into(), ..Default::default() }),
            ..Default::default()
        };
        let started: StartConversationResponse = send("StartConversation", &|| start.encode_to_vec()).ok();
        assert_eq!(started.conversation.unwrap().name, desk.name("c"));
        let text = "Grüße \u{1F600} ".repeat(1000);
        let append = CreateConversationMessageRequest {
            parent: desk.name("c"),
            message_id: "m".into(),
            conversation_message: Some(ConversationMessage { text: text.clone(), ..Default::default() }),
            ..Default::default()
        };
        let reply = send("CreateConversationMessage", &|| append.encode_to_vec());
        let appended: CreateConversationMessageResponse = reply.ok();
        assert_eq!(appended.conversation_message.unwrap().text, text, "{mode:?}");
        assert_eq!(desk.messages("c")[0]["text"], text.as_str(), "the same record as JSON shows");
        let media = if mode.text { "application/grpc-web-text+proto" } else { "application/grpc-web+proto" };
        assert_eq!(reply.head.headers["content-type"], media, "answered as it asked");
        assert!(reply.head.headers.contains_key("x-request-id"));
    }
}

#[test]
fn every_service_is_there() {
    let (address, key) = (house().server.address(), &house().keys.admin);
    let name = house().desk().profile;
    let profile: Profile = call(
        address,
        BINARY,
        "hansard.v1.AdminService/GetProfile",
        &GetProfileRequest { name: name.clone() },
        key,
    )
    .ok();
    assert_eq!(profile.name, name);
    let list = ListTagsRequest { parent: name, ..Default::default() };
    let tags: ListTagsResponse = call(address, BINARY, "hansard.v1.TagService/ListTags", &list, key).ok();
    assert!(tags.tags.is_empty());
    let health = open(
        address,
        BINARY,
        "grpc.health.v1.Health/Check",
        &HealthCheckRequest::default().encode_to_vec(),
        &[],
    );
    let health: HealthCheckResponse = health.finish().ok();
    assert_eq!(health.status, 1, "open without a key, as in gRPC");
}

#[test]
fn a_stream_comes_as_it_happens() {
    for mode in MODES {
        let desk = house().desk();
        let authorization = format!("ApiKey {}", house().keys.admin);
        let watch = WatchChangesRequest { parent: desk.profile.clone(), ..Default::default() };
        let mut stream = open(
            house().server.address(),
            mode,
            &format!("{SERVICE}/WatchChanges"),
            &watch.encode_to_vec(),
            &[("authorization", &authorization)],
        );
        for id in ["a", "b", "c"] {
            desk.start(id, &json!({}));
            loop {
                let Some(Frame::Message(message)) = stream.next_frame() else {
                    panic!("{mode:?}: the stream ended")
                };
                if Change::decode(message).unwrap().conversation == desk.name(id) {
                    break;
                }
            }
        }
    }
}

#[test]
fn a_stream_ends_with_its_trailers() {
    for mode in MODES {
        let desk = house().desk();
        for id in ["a", "b"] {
            desk.start(id, &json!({}));
            (0..50).for_each(|index| drop(desk.append(id, &format!("m{index}"), "text of some length")));
        }
        let request = ExportConversationsRequest { parent: desk.profile.clone(), ..Default::default() };
        let method = format!("{SERVICE}/ExportConversations");
        let reply = call(house().server.address(), mode, &method, &request, &house().keys.admin);
        let names: Vec<String> = reply
            .messages
            .iter()
            .map(|message| ConversationArchive::decode(message.clone()).unwrap().conversation.unwrap().name)
            .collect();
        assert_eq!(names, [desk.name("a"), desk.name("b")]);
        assert_eq!(reply.trailers["grpc-status"], "0", "{mode:?}");
    }
}

#[test]
fn refusals_keys_and_limits_are_those_of_grpc() {
    let desk = house().desk();
    let address = house().server.address();
    for mode in MODES {
        let get = |name: String, key: &str| {
            call(address, mode, &format!("{SERVICE}/GetConversation"), &GetConversationRequest { name }, key)
        };
        assert_eq!(get(desk.name("absent"), &house().keys.admin).status(), 5, "NOT_FOUND");
        assert_eq!(get("nonsense".into(), &house().keys.admin).status(), 3, "INVALID_ARGUMENT");
        assert_eq!(get(desk.name("absent"), "hsk_wrong").status(), 16, "UNAUTHENTICATED");
        assert_eq!(get(desk.name("absent"), &house().keys.operator).status(), 7, "PERMISSION_DENIED");
        let text = "x".repeat(9 << 20);
        let large = CreateConversationMessageRequest {
            parent: desk.name("absent"),
            conversation_message: Some(ConversationMessage { text, ..Default::default() }),
            ..Default::default()
        };
        let method = format!("{SERVICE}/CreateConversationMessage");
        assert_eq!(
            call(address, mode, &method, &large, &house().keys.admin).status(),
            8,
            "RESOURCE_EXHAUSTED"
        );
        let unknown = call(address, mode, &format!("{SERVICE}/Nonsense"), &large, &house().keys.admin);
        assert!(unknown.head.status != 200 || unknown.status() == 12, "UNIMPLEMENTED: {unknown:?}");
    }
    let client = Client::new(address, &house().keys.admin);
    let answer = client.call("GET", &format!("/{SERVICE}/GetConversation"));
    assert_eq!(answer.header("content-type", "application/grpc-web+proto").send().status, 405);
}

#[test]
fn a_body_that_is_no_frame_is_refused() {
    let client = house().admin();
    let method = format!("/{SERVICE}/GetConversation");
    for (media, body) in [
        ("application/grpc-web-text", &b"!!! not base64 !!!"[..]),
        ("application/grpc-web+proto", b"\0\0\0\0\x10cut"),
        ("application/grpc-web+proto", b"\x01\0\0\0\0"),
        ("application/grpc-web+proto", b"\0\0\0\0\x03\xff\xff\xff"),
        ("application/grpc-web+proto", b""),
    ] {
        let answer = client.call("POST", &method).header("content-type", media).bytes(body).send();
        let refused = answer.header("grpc-status").is_some_and(|status| status != "0")
            || answer.body.windows(12).any(|part| part == b"grpc-status:")
            || answer.text().starts_with("gAAAA");
        assert!(refused && !answer.text().contains("grpc-status:0"), "{media}: {answer}");
    }
    client.get("/v1/customers/acme").ok();
}

fn preflight(client: &Client, origin: &str) -> hansard_conformance::answer::Answer {
    client
        .call("OPTIONS", &format!("/{SERVICE}/GetConversation"))
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization,content-type,x-grpc-web")
        .send()
}

#[test]
fn no_page_of_another_origin_may_read_unless_configured() {
    let anonymous = Client::anonymous(house().server.address());
    let answer = preflight(&anonymous, ORIGIN);
    assert_eq!(answer.header("access-control-allow-origin"), None, "{answer}");
    let answer = house().admin().call("GET", "/v1/customers/acme").header("origin", ORIGIN).send();
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, None));
}

#[test]
fn configured_origins_may_read() {
    let house = House::build();
    let keys = house.keys.clone();
    let folder = house.folder;
    assert!(house.server.terminate().success());
    let server =
        Server::start_with(folder.path(), &["--cors-origins", &format!("{ORIGIN},http://localhost:3000")]);
    let client = Client::new(server.address(), &keys.admin);
    let anonymous = Client::anonymous(server.address());
    let allowed = preflight(&anonymous, ORIGIN);
    assert_eq!(allowed.status, 200, "before any key is asked for: {allowed}");
    assert_eq!(allowed.header("access-control-allow-origin"), Some(ORIGIN));
    assert!(allowed.header("access-control-allow-headers").unwrap().contains("x-grpc-web"));
    assert_eq!(allowed.header("access-control-allow-credentials"), None, "no cookies");
    assert_eq!(preflight(&anonymous, "https://evil.example.com").header("access-control-allow-origin"), None);

    let authorization = format!("ApiKey {}", keys.admin);
    let get = GetConversationRequest {
        name: format!("customers/acme/profiles/support/conversations/{}", unique("x")),
    };
    let headers = [("origin", ORIGIN), ("authorization", authorization.as_str())];
    let method = format!("{SERVICE}/GetConversation");
    let reply = open(server.address(), BINARY, &method, &get.encode_to_vec(), &headers).finish();
    assert_eq!(reply.status(), 5);
    assert_eq!(reply.head.headers["access-control-allow-origin"], ORIGIN);
    assert!(reply.head.headers["access-control-expose-headers"].to_str().unwrap().contains("grpc-status"));
    let json = client.call("GET", "/v1/customers/acme").header("origin", ORIGIN).send();
    assert_eq!(json.header("access-control-allow-origin"), Some(ORIGIN), "JSON too");
    let refused = anonymous.call("GET", "/v1/customers/acme").header("origin", ORIGIN).send();
    assert_eq!((refused.status, refused.header("access-control-allow-origin")), (401, Some(ORIGIN)));
}
