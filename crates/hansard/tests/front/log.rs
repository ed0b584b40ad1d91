//! What the log and the metrics say of a request.

use std::{
    io,
    sync::{Arc, Mutex},
};

use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::runtime;

use crate::fixture::{PROFILE, call};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Makes calls and gives the log's JSON lines and the metrics' text.
fn observed(paths: &[&str]) -> (Vec<serde_json::Value>, String) {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber =
        tracing_subscriber::fmt().json().flatten_event(true).with_writer(move || writer.clone()).finish();
    let recorder = PrometheusBuilder::new().build_recorder();
    let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
    metrics::with_local_recorder(&recorder, || {
        tracing::subscriber::with_default(subscriber, || {
            for path in paths {
                runtime.block_on(async {
                    let response = call(path, "*/*", true).await;
                    axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
                });
            }
        });
    });
    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (lines, recorder.handle().render())
}

#[test]
fn one_line_tells_of_a_request_without_what_it_said() {
    let path = format!("{PROFILE}/conversations/secret-id?nonsense=secret-text");
    let (lines, _) = observed(&[&path]);
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(lines[0]["target"], "hansard::access");
    assert_eq!(lines[0]["method"], "GET");
    assert_eq!(lines[0]["route"], "/v1/{name=customers/*/profiles/*/conversations/*}");
    assert_eq!((lines[0]["status"].as_i64(), lines[0]["code"].as_i64()), (Some(400), Some(3)));
    assert_eq!(lines[0]["request_id"].as_str().unwrap().len(), 36);
    assert!(!lines[0].to_string().contains("secret"), "{}", lines[0]);
}

#[test]
fn requests_are_counted_by_method_and_code() {
    let conversation = |id: &str| format!("{PROFILE}/conversations/{id}");
    let (_, text) =
        observed(&[&conversation("a"), &conversation("b"), &conversation("missing"), "/v1/nonsense"]);
    let counted = |code: &str, count: u32| {
        let method = "/hansard.v1.ConversationService/GetConversation";
        format!("hansard_rpc_requests_total{{method=\"{method}\",code=\"{code}\"}} {count}\n")
    };
    assert!(text.contains(&counted("Ok", 2)) && text.contains(&counted("NotFound", 1)), "{text}");
    assert!(text.contains("hansard_rpc_duration_seconds"), "{text}");
    assert!(!text.contains("acme") && !text.contains("nonsense"), "{text}");
}

#[tokio::test]
async fn metrics_need_this_machine_or_an_admin() {
    assert_eq!(call("/metrics", "*/*", false).await.status(), 401);
    assert_eq!(call("/metrics", "*/*", true).await.status(), 403);
}
