use bytes::Bytes;
use hansard_proto::v1::{
    Change, GetConversationRequest, GetConversationResponse, StartConversationRequest,
    StartConversationResponse, WatchChangesRequest,
};
use tonic::{
    Code, Status,
    client::Grpc,
    codec::CompressionEncoding,
    metadata::MetadataMap,
    transport::{Channel, Endpoint},
};
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
use tonic_prost::ProstCodec;
use tonic_reflection::pb::v1::{
    ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
    server_reflection_request::MessageRequest,
};
use tonic_types::StatusExt;

use crate::fixture::{KEY, Server};

async fn channel(server: &Server) -> Channel {
    Endpoint::from_shared(format!("http://{}", server.address)).unwrap().connect().await.unwrap()
}

fn with_key<T>(message: T) -> tonic::Request<T> {
    let mut request = tonic::Request::new(message);
    request.metadata_mut().insert("authorization", KEY.parse().unwrap());
    request
}

async fn unary<I, O>(
    grpc: &mut Grpc<Channel>,
    method: &str,
    request: tonic::Request<I>,
) -> Result<(O, MetadataMap), Status>
where
    I: prost::Message + Send + Sync + 'static,
    O: prost::Message + Default + Send + Sync + 'static,
{
    grpc.ready().await.unwrap();
    let path = format!("/hansard.v1.ConversationService/{method}").parse().unwrap();
    let response = grpc.unary(request, path, ProstCodec::<I, O>::default()).await?;
    let metadata = response.metadata().clone();
    Ok((response.into_inner(), metadata))
}

fn get(id: &str) -> GetConversationRequest {
    GetConversationRequest { name: format!("customers/acme/profiles/support/conversations/{id}") }
}

#[tokio::test]
async fn the_same_port_speaks_grpc() {
    let server = Server::start().await;
    let mut grpc = Grpc::new(channel(&server).await);
    let (answer, metadata): (GetConversationResponse, _) =
        unary(&mut grpc, "GetConversation", with_key(get("c1"))).await.unwrap();
    assert!(answer.conversation.unwrap().display_name.starts_with("known=true"));
    assert_eq!(metadata.get("x-request-id").unwrap().len(), 36);
}

#[tokio::test]
async fn refusals_are_grpc_statuses() {
    let server = Server::start().await;
    let mut grpc = Grpc::new(channel(&server).await);
    for (request, code) in [
        (tonic::Request::new(get("c1")), Code::Unauthenticated),
        (with_key(get("missing")), Code::NotFound),
        (with_key(get("panics")), Code::Internal),
        (with_key(get("\0")), Code::InvalidArgument),
        (with_key(get(&"x".repeat(8 << 20))), Code::ResourceExhausted),
    ] {
        let refused =
            unary::<_, GetConversationResponse>(&mut grpc, "GetConversation", request).await.unwrap_err();
        assert_eq!(refused.code(), code, "{refused}");
    }
    let refused =
        unary::<_, GetConversationResponse>(&mut grpc, "GetConversation", with_key(get("\0"))).await;
    let details = refused.unwrap_err().get_details_bad_request().unwrap();
    assert_eq!(details.field_violations[0].field, "name");
    let refused = unary::<_, GetConversationResponse>(&mut grpc, "Nonsense", with_key(get("c1"))).await;
    assert_eq!(refused.unwrap_err().code(), Code::Unimplemented);
}

#[tokio::test]
async fn compressed_and_malformed_messages_are_refused() {
    let server = Server::start().await;
    let mut grpc = Grpc::new(channel(&server).await).send_compressed(CompressionEncoding::Gzip);
    let refused =
        unary::<_, GetConversationResponse>(&mut grpc, "GetConversation", with_key(get("c1"))).await;
    assert_eq!(refused.unwrap_err().code(), Code::Unimplemented);
    // Groups, a million deep: the decoder would follow them to the end of its stack.
    for path in ["hansard.v1.ConversationService/GetConversation", "grpc.health.v1.Health/Check"] {
        let groups = vec![0x5b; 1 << 20];
        let mut frame = vec![0, 0, 0x10, 0, 0];
        frame.extend(groups);
        let request = server.request("POST", &format!("/{path}")).header("content-type", "application/grpc");
        let answer = server.send(request, Bytes::from(frame)).await;
        assert_eq!(
            answer.headers.get("grpc-status").map(|value| value.to_str().unwrap()),
            Some("3"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn deep_free_json_reaches_the_service_by_either_door() {
    let server = Server::start().await;
    let value = format!("{}{}", "[".repeat(61), "]".repeat(61));
    let body = format!(r#"{{"platformInfo":{{"originalEventData":{{"a":{value}}}}}}}"#);
    let request = server.request("POST", "/v1/customers/a/profiles/p/conversations/c:start");
    let answer = server.send(request, body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let mut grpc = Grpc::new(channel(&server).await);
    let start = StartConversationRequest { conversation_id: "c".into(), ..Default::default() };
    unary::<_, StartConversationResponse>(&mut grpc, "StartConversation", with_key(start)).await.unwrap();
}

#[tokio::test]
async fn streams_end_with_their_status() {
    let server = Server::start().await;
    let mut grpc = Grpc::new(channel(&server).await);
    // What a panic interrupts in the encoder is lost with it.
    for (profile, code, before) in [("broken", Code::Unavailable, 2), ("panics", Code::Internal, 0)] {
        grpc.ready().await.unwrap();
        let parent = format!("customers/acme/profiles/{profile}");
        let request = with_key(WatchChangesRequest { parent, ..Default::default() });
        let path = "/hansard.v1.ConversationService/WatchChanges".parse().unwrap();
        let codec = ProstCodec::<WatchChangesRequest, Change>::default();
        let mut changes = grpc.server_streaming(request, path, codec).await.unwrap().into_inner();
        let mut cursors = Vec::new();
        let status = loop {
            match changes.message().await {
                Ok(Some(change)) => cursors.push(change.cursor),
                Ok(None) => panic!("no status"),
                Err(status) => break status,
            }
        };
        assert_eq!((cursors.len(), status.code()), (before, code));
    }
}

#[tokio::test]
async fn health_and_reflection_need_no_key() {
    let server = Server::start().await;
    let channel = channel(&server).await;
    let health =
        HealthClient::new(channel.clone()).check(HealthCheckRequest { service: String::new() }).await;
    assert_eq!(health.unwrap().into_inner().status, 1);
    let list = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let mut client = ServerReflectionClient::new(channel);
    let mut answers = client.server_reflection_info(tokio_stream::once(list)).await.unwrap().into_inner();
    let services = format!("{:?}", answers.message().await.unwrap().unwrap());
    for service in ["hansard.v1.ConversationService", "hansard.v1.AdminService", "grpc.health.v1.Health"] {
        assert!(services.contains(service), "{services}");
    }
}
