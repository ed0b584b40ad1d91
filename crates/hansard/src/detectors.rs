//! External detectors of personal data: services that speak the API of Presidio's analyzer.
//!
//! What a hit is worth, and what becomes of a text while one fails, is for the profile to say.

use crate::config::detector::NamedDetector;
use anyhow::{Context, anyhow, ensure};
use hansard_domain::redact::{Entity, Hit};
use http::{Request, Uri, header::CONTENT_TYPE};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, time::Duration};

/// How long an answer may take.
const TIME_MAX: Duration = Duration::from_secs(5);
const ANSWER_BYTES_MAX: usize = 8 << 20;

/// The kinds of Presidio that are ours under another name; those of the same name need no row.
const OTHER_NAMES: [(&str, &str); 9] = [
    ("EMAIL_ADDRESS", "EMAIL"),
    ("IBAN_CODE", "IBAN"),
    ("CRYPTO", "CRYPTO_ADDRESS"),
    ("LOCATION", "ADDRESS"),
    ("US_PASSPORT", "PASSPORT"),
    ("UK_PASSPORT", "PASSPORT"),
    ("IT_PASSPORT", "PASSPORT"),
    ("US_DRIVER_LICENSE", "DRIVER_LICENSE"),
    ("IT_DRIVER_LICENSE", "DRIVER_LICENSE"),
];

/// The detectors that the server was started with, by their names.
pub struct Detectors {
    urls: BTreeMap<String, Uri>,
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

#[derive(Serialize)]
struct Question<'q> {
    text: &'q str,
    language: &'q str,
}

#[derive(Deserialize)]
struct Found {
    entity_type: String,
    /// In characters.
    start: usize,
    end: usize,
    score: f32,
}

impl Detectors {
    pub fn new(named: Vec<NamedDetector>) -> Self {
        let connector =
            HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().build();
        Self {
            urls: named.into_iter().map(|detector| (detector.name, detector.url)).collect(),
            client: Client::builder(TokioExecutor::new()).build(connector),
        }
    }

    pub fn knows(&self, name: &str) -> bool {
        self.urls.contains_key(name)
    }

    /// Asks what is in a text. The error tells the operator why there is no answer, and nothing of the text.
    pub async fn ask(&self, name: &str, text: &str, language: &str) -> anyhow::Result<Vec<Hit>> {
        let url = self.urls.get(name).with_context(|| format!("no detector is called {name}"))?;
        let question = Question { text, language };
        let found = tokio::time::timeout(TIME_MAX, self.analyze(url, &question)).await;
        let found = found.map_err(|_| anyhow!("no answer within {TIME_MAX:?}"))??;
        Ok(hits(text, found))
    }

    async fn analyze(&self, url: &Uri, question: &Question<'_>) -> anyhow::Result<Vec<Found>> {
        let body = serde_json::to_vec(question)?;
        let request = Request::post(url).header(CONTENT_TYPE, "application/json").body(body.into())?;
        let answer = self.client.request(request).await?;
        ensure!(answer.status().is_success(), "it answered {}", answer.status());
        let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX).collect().await;
        let body = body.map_err(|error| anyhow!("its answer broke off: {error}"))?.to_bytes();
        serde_json::from_slice(&body).map_err(|_| anyhow!("its answer is not a list of entities"))
    }
}

/// Hits of the kinds that are known here, in bytes.
fn hits(text: &str, found: Vec<Found>) -> Vec<Hit> {
    let bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let hit = |found: Found| {
        let name = OTHER_NAMES.iter().find(|(other, _)| *other == found.entity_type);
        let entity = Entity::known(name.map_or(found.entity_type.as_str(), |(_, ours)| ours))?;
        let (start, end) = (*bytes.get(found.start)?, *bytes.get(found.end)?);
        (start < end).then_some(Hit { entity, range: start..end, confidence: found.score })
    };
    found.into_iter().filter_map(hit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_of_characters_and_names_are_ours() {
        let found = |entity_type: &str, start, end| Found {
            entity_type: entity_type.to_owned(),
            start,
            end,
            score: 0.85,
        };
        let given = vec![
            found("EMAIL_ADDRESS", 3, 6),
            found("DATE_TIME", 0, 1),
            found("PERSON", 0, 2),
            found("PERSON", 4, 99),
            found("PERSON", 2, 2),
        ];
        let hits = hits("é→ a@b", given);
        let told: Vec<_> = hits.iter().map(|hit| (hit.entity.name(), hit.range.clone())).collect();
        assert_eq!(told, [("EMAIL", 6..9), ("PERSON", 0..5)]);
    }

    #[test]
    fn every_other_name_is_one_of_ours() {
        assert!(OTHER_NAMES.iter().all(|(_, ours)| Entity::known(ours).is_some()));
    }
}
