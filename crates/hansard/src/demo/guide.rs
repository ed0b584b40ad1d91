//! What a newcomer reads when the demo has started: where it is, the key, and six commands.
//!
//! The commands work as printed; a test runs them.

use std::net::SocketAddr;

use super::LIVE_CONVERSATION_ID;

/// Writes the address, the key and commands for the profile `parent`.
pub fn guide(address: SocketAddr, key: &str, parent: &str) -> String {
    let live = format!("{parent}/conversations/{LIVE_CONVERSATION_ID}");
    let json = "-H 'Content-Type: application/json'";
    let auth = format!("-H 'Authorization: ApiKey {key}'");
    let url = format!("http://{address}/v1");
    let grpcurl = format!("grpcurl -plaintext -H 'authorization: ApiKey {key}'");
    let service = "hansard.v1.ConversationService";
    let filter =
        format!(r#"{{"pageSize": 2, "filter": {{"channel": "VOICE", "tags": ["{parent}/tags/refund"]}}}}"#);
    let commands = [
        (
            "List the newest conversations",
            format!(r#"curl -s -X POST '{url}/{parent}/conversations' {auth} {json} -d '{{"pageSize": 2}}'"#),
        ),
        (
            "Filter: calls with a tag",
            format!("curl -s -X POST '{url}/{parent}/conversations' {auth} {json} -d '{filter}'"),
        ),
        (
            "Append a message to the live conversation",
            format!(
                r#"curl -s -X POST '{url}/{live}/messages' {auth} {json} -d '{{"speaker": "AGENT", "text": "Hello from the shell."}}'"#
            ),
        ),
        (
            "Follow every change (Ctrl-C ends it)",
            format!("curl -s -N '{url}/{parent}/changes' {auth} -H 'Accept: text/event-stream'"),
        ),
        (
            "Get the live conversation over gRPC",
            format!(r#"{grpcurl} -d '{{"name": "{live}"}}' {address} {service}/GetConversation"#),
        ),
        (
            "Read it as the record that builders of AI agents keep",
            format!("curl -s '{url}/conversations/{LIVE_CONVERSATION_ID}' {auth}"),
        ),
    ];
    let commands: String =
        commands.iter().map(|(title, command)| format!("\n# {title}\n{command}\n")).collect();
    format!("Address: http://{address}\nKey:     {key}\n{commands}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_prints_six_commands_on_one_line_each() {
        let text =
            guide(SocketAddr::from(([127, 0, 0, 1], 8080)), "hk_abc", "customers/default/profiles/default");
        let commands: Vec<&str> =
            text.lines().filter(|line| line.starts_with("curl ") || line.starts_with("grpcurl ")).collect();
        assert_eq!(commands.len(), 6);
        for command in commands {
            assert!(command.contains("127.0.0.1:8080") && command.contains("ApiKey hk_abc"), "{command}");
            assert_eq!(command.matches('\'').count() % 2, 0, "{command}");
        }
    }
}
