use http::header;

use crate::fixture::{PROFILE, Server};

#[tokio::test]
async fn a_call_goes_through_with_its_caller_id_and_key() {
    let server = Server::start().await;
    let request = server
        .request("GET", &format!("{PROFILE}/conversations/c1"))
        .header("x-request-id", "mine-1")
        .header("idempotency-key", "again");
    let answer = server.send(request, "").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["x-request-id"], "mine-1");
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/json");
    assert_eq!(
        answer.text(),
        concat!(
            r#"{"conversation":{"name":"customers/acme/profiles/support/conversations/c1","#,
            r#""displayName":"known=true id=Some(\"mine-1\") key=Some(\"again\")"}}"#
        )
    );
}

#[tokio::test]
async fn every_answer_has_a_request_id() {
    let server = Server::start().await;
    for given in ["", "with space", "\u{e9}", &"x".repeat(129)] {
        let request = server.stranger("GET", "/healthz").header("x-request-id", given);
        let answer = server.send(request, "").await;
        let id = answer.headers["x-request-id"].to_str().unwrap();
        assert_eq!(id.len(), 36, "{id}");
    }
}

#[tokio::test]
async fn unknown_paths_and_methods_are_told_in_json() {
    let server = Server::start().await;
    let answer = server.get("/v1/nonsense").await;
    assert_eq!((answer.status.as_u16(), answer.json()["code"].as_i64()), (404, Some(5)));
    let answer = server.send(server.request("PUT", &format!("{PROFILE}/conversations")), "{}").await;
    assert_eq!(answer.status, 405);
    assert_eq!(answer.headers[header::ALLOW], "POST");
    assert_eq!(answer.json()["code"], 12);
    let answer = server.send(server.stranger("POST", "/healthz"), "").await;
    assert_eq!(answer.status, 405);
    assert_eq!(answer.headers[header::ALLOW], "GET, HEAD");
    assert_eq!(answer.json()["code"], 12);
}

#[tokio::test]
async fn head_answers_as_get_without_the_body() {
    let server = Server::start().await;
    let path = format!("{PROFILE}/conversations/c1");
    let length = server.get(&path).await.body.len().to_string();
    let answer = server.send(server.request("HEAD", &path).header("x-request-id", "x".repeat(36)), "").await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (200, 0));
    assert_eq!(answer.headers[header::CONTENT_LENGTH].to_str().unwrap(), length);
}

#[tokio::test]
async fn errors_keep_their_code_and_details() {
    let server = Server::start().await;
    let answer = server.get(&format!("{PROFILE}/conversations/missing")).await;
    assert_eq!(answer.status, 404);
    assert_eq!(
        answer.text(),
        concat!(
            r#"{"code":5,"message":"customers/acme/profiles/support/conversations/missing was not found","#,
            r#""details":[]}"#
        )
    );
    assert_eq!(server.get(&format!("{PROFILE}/conversations/taken")).await.status, 409);
    let request = server.request("POST", &format!("{PROFILE}/conversations/c1:start"));
    let answer = server.send(request, r#"{"metadata":{"a.b":{"values":[{}, []]}}}"#).await;
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.json()["details"][0]["fieldViolations"][0]["field"],
        r#"conversation.metadata["a.b"].values[1]"#
    );
}

#[tokio::test]
async fn a_panic_is_an_answer() {
    let server = Server::start().await;
    let answer = server.get(&format!("{PROFILE}/conversations/panics")).await;
    assert_eq!(answer.status, 500);
    assert_eq!(answer.text(), r#"{"code":13,"message":"internal error","details":[]}"#);
}

#[tokio::test]
async fn nothing_but_the_open_paths_answers_without_a_key() {
    let server = Server::start().await;
    let mut bodies = Vec::new();
    for (method, path) in [
        ("GET", format!("{PROFILE}/conversations/c1")),
        ("POST", format!("{PROFILE}/conversations/c1:start")),
        ("GET", "/v1/nonsense".to_owned()),
        ("DELETE", "/".to_owned()),
    ] {
        let wrong = server.stranger(method, &path).header(header::AUTHORIZATION, "ApiKey wrong");
        for request in [server.stranger(method, &path), wrong] {
            let answer = server.send(request, "").await;
            assert_eq!(answer.status, 401);
            assert!(answer.headers.contains_key(header::WWW_AUTHENTICATE));
            bodies.push(answer.body);
        }
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1);
    assert_eq!(server.send(server.stranger("GET", "/healthz"), "").await.status, 200);
    let answer = server.send(server.stranger("GET", "/openapi.json"), "").await;
    assert_eq!(answer.json()["openapi"], "3.1.0");
    let answer = server.send(server.stranger("GET", "/readyz"), "").await;
    assert_eq!((answer.status.as_u16(), answer.json()["message"].as_str()), (503, Some("it only pretends")));
    // This client is on the loopback interface.
    assert_eq!(server.send(server.stranger("GET", "/metrics"), "").await.text(), "up 1\n");
}
