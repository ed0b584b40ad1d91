//! The gRPC form: the same service, statuses with details, health and reflection.

use hansard_conformance::client::runtime;
use hansard_conformance::grpc;
use hansard_conformance::house::{house, unique};
use hansard_proto::v1::conversation::State;
use hansard_proto::v1::conversation_service_client::ConversationServiceClient;
use hansard_proto::v1::{
    Conversation, ConversationMessage, CreateConversationMessageRequest, GetConversationRequest,
    GetProfileRequest, ListConversationsRequest, StartConversationRequest,
    UpdateConversationDisplayNameRequest,
};
use serde_json::json;
use tonic::{Code, Request};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_types::StatusExt;

#[test]
fn what_one_form_writes_the_other_reads() {
    let desk = house().desk();
    let mut client = grpc::conversations(desk.client.address(), &house().keys.admin);
    let conversation =
        Conversation { display_name: "Refund".into(), state: State::Live.into(), ..Default::default() };
    let start = StartConversationRequest {
        parent: desk.profile.clone(),
        conversation_id: "a".into(),
        conversation: Some(conversation),
        ..Default::default()
    };
    runtime().block_on(async {
        let started = client.start_conversation(start).await.unwrap().into_inner();
        assert_eq!(started.outcome().as_str_name(), "CREATED");
        let message = CreateConversationMessageRequest {
            parent: started.conversation.unwrap().name,
            message_id: "m1".into(),
            conversation_message: Some(ConversationMessage { text: "hi".into(), ..Default::default() }),
            ..Default::default()
        };
        client.create_conversation_message(message).await.unwrap();
    });
    assert_eq!(desk.conversation("a")["displayName"], "Refund");
    assert_eq!(desk.messages("a")[0]["text"], "hi");
    desk.verb("a", "updateSkill", &json!({"skill": "billing"})).ok();
    runtime().block_on(async {
        let request = GetConversationRequest { name: desk.name("a") };
        let read = client.get_conversation(request).await.unwrap().into_inner().conversation.unwrap();
        assert_eq!([read.skill.as_str(), &read.agent_user_name], ["billing", ""]);
        let request = ListConversationsRequest { parent: desk.profile.clone(), ..Default::default() };
        assert_eq!(
            client.list_conversations(request).await.unwrap().into_inner().conversations[0].name,
            desk.name("a")
        );
    });
}

#[test]
fn the_other_services_answer_too() {
    let mut client = grpc::admin(house().server.address(), &house().keys.admin);
    let request = GetProfileRequest { name: "customers/acme/profiles/support".into() };
    let profile = runtime().block_on(client.get_profile(request)).unwrap().into_inner();
    assert_eq!(profile.language_codes, ["en-US", "de-DE"]);
    assert_eq!(profile.default_language_code, "en-US");
}

#[test]
fn statuses_carry_the_field_at_fault() {
    let desk = house().desk();
    desk.start("a", &json!({}));
    let mut client = grpc::conversations(desk.client.address(), &house().keys.admin);
    let request = UpdateConversationDisplayNameRequest { conversation: desk.name("a"), ..Default::default() };
    let status = runtime().block_on(client.update_conversation_display_name(request)).unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    assert_eq!(status.get_details_bad_request().unwrap().field_violations[0].field, "displayName");
    let status = runtime()
        .block_on(client.get_conversation(GetConversationRequest { name: desk.name("b") }))
        .unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
}

#[test]
fn a_call_without_a_key_is_unauthenticated() {
    let mut client = ConversationServiceClient::new(grpc::channel(house().server.address()));
    let request = GetConversationRequest { name: "customers/acme/profiles/support/conversations/a".into() };
    let status = runtime().block_on(client.get_conversation(request)).unwrap_err();
    assert_eq!(status.code(), Code::Unauthenticated);
}

#[test]
fn the_idempotency_key_is_metadata() {
    let desk = house().desk();
    desk.start("a", &json!({}));
    let mut client = grpc::conversations(desk.client.address(), &house().keys.admin);
    let key = unique("key");
    let mut append = |text: &str| {
        let mut request = Request::new(CreateConversationMessageRequest {
            parent: desk.name("a"),
            conversation_message: Some(ConversationMessage { text: text.into(), ..Default::default() }),
            ..Default::default()
        });
        request.metadata_mut().insert("idempotency-key", key.parse().unwrap());
        runtime().block_on(client.create_conversation_message(request))
    };
    let first = append("hi").unwrap().into_inner();
    assert_eq!(append("hi").unwrap().into_inner(), first);
    assert_eq!(append("ho").unwrap_err().code(), Code::Aborted);
    assert_eq!(desk.messages("a").len(), 1);
}

#[test]
fn health_is_open() {
    let mut client = HealthClient::new(grpc::channel(house().server.address()));
    let answer = runtime().block_on(client.check(HealthCheckRequest::default())).unwrap().into_inner();
    assert_eq!(answer.status().as_str_name(), "SERVING");
}

#[test]
fn reflection_is_open_and_lists_the_services() {
    let mut client = ServerReflectionClient::new(grpc::channel(house().server.address()));
    let request = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let names: Vec<String> = runtime().block_on(async {
        let mut answers =
            client.server_reflection_info(tokio_stream::once(request)).await.unwrap().into_inner();
        match answers.message().await.unwrap().unwrap().message_response.unwrap() {
            MessageResponse::ListServicesResponse(list) => {
                list.service.into_iter().map(|service| service.name).collect()
            }
            other => panic!("{other:?}"),
        }
    });
    for service in ["ConversationService", "AdminService", "TagService", "AnnotationService"] {
        assert!(names.contains(&format!("hansard.v1.{service}")), "{names:?}");
    }
}
