//! Requests with bodies as large as they may be, many at once.

use std::sync::{Arc, Mutex};

use tokio::task::JoinSet;

use super::Target;

/// The largest body that the contract allows.
const BODY_BYTES: usize = 8 << 20;
const TEXT_BYTES: usize = 64 * 1024 - 200;
/// In one free JSON field, which they nearly fill.
const NUMBERS: usize = 130_000;
/// Messages full of numbers: as many as the limit on what is decoded lets in, and no more.
const SWELLING: usize = 8;

/// What the uploads were answered, in the order of the answers; 0 is none.
pub type Answers = Arc<Mutex<Vec<u16>>>;

/// Sends one body to each of these conversations at once.
pub async fn upload(target: Target, conversations: Vec<String>, answers: Answers) {
    let mut all = JoinSet::new();
    for conversation in conversations {
        let (target, answers) = (target.clone(), Arc::clone(&answers));
        all.spawn(async move {
            let body = body();
            let head = format!(
                "POST /v1/{}/conversations/{conversation}/messages:batchCreate HTTP/1.1\r\nhost: x\r\n\
                 authorization: {}\r\nconnection: close\r\ncontent-type: application/json\r\n\
                 content-length: {}\r\n\r\n",
                target.profile,
                target.authorization,
                body.len()
            );
            let status = match target.connect().await {
                Ok(mut stream) => target.ask(&mut stream, &head, body.as_bytes()).await,
                Err(_) => 0,
            };
            answers.lock().unwrap().push(status);
        });
    }
    all.join_all().await;
}

/// Returns a batch of messages that fills the limit to its last byte, half of it with numbers, which take many times
/// their size once they are decoded.
fn body() -> String {
    let numbers = format!("{}1", "1,".repeat(NUMBERS));
    let swelling = format!(r#"{{"text":"x","originalEventData":{{"a":[{numbers}]}}}},"#);
    let plain = format!(r#"{{"text":"{}"}},"#, "x".repeat(TEXT_BYTES));
    let mut body = String::with_capacity(BODY_BYTES);
    body.push_str(r#"{"messages":["#);
    body.push_str(&swelling.repeat(SWELLING));
    while body.len() + plain.len() + 2 < BODY_BYTES {
        body.push_str(&plain);
    }
    body.pop();
    body.push_str("]}");
    body.extend(std::iter::repeat_n(' ', BODY_BYTES - body.len()));
    body
}
