//! A running server, looked at over the network as its clients see it.

use std::time::{Duration, Instant};

use anyhow::Result;
use hansard_domain::name::ProfileName;
use http::{StatusCode, header};
use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use serde_json::Value;

use super::http::{Answer, Connection};
use crate::{
    cli::finding::{Finding, Findings},
    client::{self, Server, round_trip},
    listener::validity_of,
};

/// The header tells whole seconds.
const SKEW_MAX: Duration = Duration::from_secs(5);
const RENEW_BEFORE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Looks at a server; writes only where a profile for a round trip is given.
pub(super) async fn examine(server: &Server, round_trip: Option<ProfileName>, findings: &mut Findings) {
    let began = Instant::now();
    let mut connection = match Connection::open(server).await {
        Ok(connection) => connection,
        Err(error) => {
            // The client of the other commands knows the remedies.
            let told = match client::connect(server).await {
                Err(told) => told,
                Ok(_) => error,
            };
            findings.push(Finding::fail(
                "reachable",
                format_args!("{told:#}"),
                "'hansard serve' must run there",
            ));
            return;
        }
    };
    let certificate = connection.certificate.take();
    match connection.get("/healthz", None).await {
        Ok(answer) if answer.status == StatusCode::OK => {
            let detail = format!("{} in {} ms", server.url, began.elapsed().as_millis());
            findings.push(Finding::ok("reachable", detail));
            findings.push(clock(&answer, Timestamp::now()));
        }
        outcome => {
            let remedy = "is it the URL of a hansard server, or of something else?";
            findings.push(Finding::fail("reachable", unexpected("/healthz", outcome), remedy));
            return;
        }
    }
    match certificate {
        Some(certificate) => findings.push(tls(&certificate, Timestamp::now())),
        None => findings.push(clear_text(&server.url)),
    }
    findings.push(readiness(connection.get("/readyz", None).await));
    findings.push(version(connection.get("/openapi.json", None).await));
    findings.push(key(connection.get("/whoami", Some(&server.key)).await));
    grpc(server, round_trip, findings).await;
}

fn unexpected(path: &str, outcome: Result<Answer>) -> String {
    match outcome {
        Ok(answer) => format!("{path} answers {}", answer.status),
        Err(error) => format!("{path}: {error:#}"),
    }
}

fn clock(answer: &Answer, now: Timestamp) -> Finding {
    let date = answer.headers.get(header::DATE).and_then(|date| date.to_str().ok());
    let date = date.and_then(|date| rfc2822::parse(date).ok()).map(|date| date.timestamp());
    let Some(date) = date else { return Finding::ok("clock", "the server tells none") };
    let skew = date.duration_since(now).unsigned_abs();
    let detail = format!("{} s from this machine's", skew.as_secs());
    if skew > SKEW_MAX {
        return Finding::warn("clock", detail, "set the clocks of both machines (chronyc tracking)");
    }
    Finding::ok("clock", detail)
}

fn tls(certificate: &[u8], now: Timestamp) -> Finding {
    match validity_of(certificate) {
        Ok((_, end)) if end.duration_since(now) < RENEW_BEFORE => Finding::warn(
            "tls",
            format_args!("the certificate expires at {end}"),
            "renew it and restart the server",
        ),
        Ok((_, end)) => Finding::ok("tls", format_args!("the certificate is trusted until {end}")),
        Err(error) => Finding::warn("tls", format_args!("{error:#}"), "look at the certificate"),
    }
}

fn clear_text(url: &str) -> Finding {
    let host = url.trim_start_matches("http://");
    if ["127.", "localhost", "[::1]"].iter().any(|local| host.starts_with(local)) {
        return Finding::ok("tls", "none, on the loopback");
    }
    let remedy = "give serve --tls-cert and --tls-key, or put a proxy before it that encrypts";
    Finding::warn("tls", "none: the key and what is said cross the network in clear text", remedy)
}

fn readiness(outcome: Result<Answer>) -> Finding {
    match outcome {
        Ok(answer) if answer.status == StatusCode::OK => {
            let told = serde_json::from_slice::<Value>(&answer.body).unwrap_or_default();
            match told["off"].as_array() {
                Some(off) => super::database::relaxed(off.iter().filter_map(Value::as_str)),
                None => Finding::ok("readiness", "it takes requests"),
            }
        }
        Ok(answer) => {
            let told = serde_json::from_slice::<Value>(&answer.body).unwrap_or_default();
            let told = told["message"].as_str().unwrap_or("it gives no reason").to_owned();
            Finding::fail(
                "readiness",
                told,
                "see its log; for its disk 'hansard doctor --data-dir' on its machine",
            )
        }
        Err(error) => Finding::fail("readiness", format_args!("{error:#}"), "see its log"),
    }
}

fn version(outcome: Result<Answer>) -> Finding {
    let own = env!("CARGO_PKG_VERSION");
    let document = match outcome {
        Ok(answer) if answer.status == StatusCode::OK => {
            serde_json::from_slice::<Value>(&answer.body).unwrap_or_default()
        }
        outcome => {
            return Finding::warn("version", unexpected("/openapi.json", outcome), "is it a hansard server?");
        }
    };
    match document["info"]["version"].as_str() {
        Some(version) if version == own => Finding::ok("version", format_args!("{version}, as this hansard")),
        Some(version) => {
            let detail = format!("{version}, this hansard is {own}");
            Finding::warn("version", detail, "use the command line of the server's version")
        }
        None => Finding::warn("version", "it does not tell", "is it a hansard server?"),
    }
}

fn key(outcome: Result<Answer>) -> Finding {
    let answer = match outcome {
        Ok(answer) => answer,
        Err(error) => return Finding::fail("key", format_args!("{error:#}"), "see the server's log"),
    };
    match answer.status {
        StatusCode::OK => {
            let told = serde_json::from_slice::<Value>(&answer.body).unwrap_or_default();
            let text = |name: &str| told[name].as_str().unwrap_or("?").to_owned();
            let profiles = told["profiles"].as_array().map_or(0, Vec::len);
            let reach =
                if profiles == 0 { "all profiles".to_owned() } else { format!("{profiles} profiles") };
            Finding::ok("key", format_args!("{} of {}, {reach}", text("role"), text("customer")))
        }
        StatusCode::UNAUTHORIZED => {
            let remedy = "'hansard key list' shows which are valid, 'hansard key create' makes one";
            Finding::fail("key", "it is wrong, revoked or expired", remedy)
        }
        status => Finding::warn("key", format_args!("/whoami answers {status}"), "the server may be older"),
    }
}

async fn grpc(server: &Server, round_trip: Option<ProfileName>, findings: &mut Findings) {
    let remedy = "a proxy before it must pass HTTP/2 on to it";
    let way = match client::connect(server).await {
        Ok(way) => way,
        Err(error) => return findings.push(Finding::fail("gRPC", format_args!("{error:#}"), remedy)),
    };
    findings.push(match client::is_serving(way.clone()).await {
        Ok(()) => Finding::ok("gRPC", "it serves"),
        Err(error) => Finding::fail("gRPC", format_args!("{error:#}"), remedy),
    });
    if let Some(profile) = round_trip {
        let began = Instant::now();
        findings.push(match round_trip::run(way, &profile.to_string()).await {
            Ok(()) => Finding::ok("round trip", format_args!("in {} ms", began.elapsed().as_millis())),
            Err(error) => {
                let remedy = "an admin's key of that profile may start, append, read and delete";
                Finding::fail("round trip", format_args!("{error:#}"), remedy)
            }
        });
    }
}
