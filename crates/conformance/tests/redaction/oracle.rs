//! Guessing what was masked: two servers with different secrets answer every guess alike, byte for byte.

mod guesses;

use std::thread;

use hansard_conformance::answer::Answer;
use hansard_conformance::client::escape;
use hansard_conformance::desk::Desk;
use hansard_conformance::secret::{Kind, card};
use serde_json::{Value, json};

use crate::ground::Ground;
use guesses::Guesses;

const GUESSES: usize = 1000;
const ASKERS: usize = 4;
const AS_IS: &str = "?featureOverride.skipPiiRedation=true";

/// Two servers that were told the same at the same names, but for the secret.
struct Twins([Ground; 2]);

impl Twins {
    fn open(style: &str, secrets: [&str; 2]) -> Self {
        Self(secrets.map(|secret| {
            let ground = Ground::open();
            let redaction = json!({"redaction": {"style": style}});
            ground.desk.client.patch(&ground.desk.at("?updateMask=redaction"), &redaction).ok();
            tell(&ground.desk, secret);
            ground
        }))
    }

    /// Asks both the same and returns where they differ.
    fn differ(&self, guess: &str, asks: &[Ask]) -> Option<String> {
        asks.iter().find_map(|ask| {
            let [first, second] = self.0.each_ref().map(|ground| comparable(&ask(&ground.desk, guess)));
            (first != second).then(|| format!("{guess:?}:\n  {first}\n  {second}"))
        })
    }
}

/// Returns status and body, but for the moments at which something was stored.
fn comparable(answer: &Answer) -> String {
    let body = serde_json::from_slice(&answer.body).map_or(answer.text(), |mut body: Value| {
        forget_times(&mut body);
        body.to_string()
    });
    format!("{} {body}", answer.status)
}

/// Sets the times at which the service stored something to one value.
fn forget_times(answer: &mut Value) {
    match answer {
        Value::Object(fields) => {
            for (name, value) in fields {
                if ["createTime", "updateTime", "lastMessageTime", "deleteTime"].contains(&name.as_str()) {
                    *value = json!("then");
                }
                forget_times(value);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(forget_times),
        _ => {}
    }
}

/// Tells a secret that is masked on the way in, one that is redacted, and one that is deleted.
fn tell(desk: &Desk, secret: &str) {
    let begin = json!({"startTime": "2026-01-05T09:00:00Z"});
    let text = Kind::Card.told(secret);
    let message = json!({
        "text": text, "spokenText": text, "textHtml": text, "metadata": {"note": text},
        "speaker": "VISITOR", "sendTime": "2026-01-05T09:00:01Z",
    });
    desk.start("masked", &begin);
    desk.try_append("masked", "m", &message).ok();
    desk.append("masked", "other", "told: nothing else");
    for id in ["redacted", "deleted"] {
        desk.client.post(&desk.path(id, &format!(":start{AS_IS}")), &begin).ok();
        desk.try_append(id, "m", &json!({"text": text, "sendTime": "2026-01-05T09:00:01Z"})).ok();
    }
    let start = text.find(secret).unwrap();
    let moment = format!("{}/moments/credit_card", desk.profile);
    let span = json!({"moment": moment, "startIndex": start, "endIndex": start + secret.len()});
    desk.client.post(&desk.path("redacted", "/messages/m:redact"), &span).ok();
    desk.client.delete(&desk.path("deleted", "/messages/m")).ok();
}

type Ask = fn(&Desk, &str) -> Answer;

const ALWAYS: [Ask; 2] = [
    |desk, guess| desk.try_list(&json!({"filter": {"messageKeyword": guess}})),
    |desk, guess| {
        let path = format!("/conversations:count?filter.messageKeyword={}", escape(guess));
        desk.client.get(&desk.at(&path))
    },
];

const SOMETIMES: [Ask; 5] = [
    |desk, guess| {
        let filter = json!({"conversations": {"messageKeyword": guess}});
        desk.client.post(&desk.at("/conversations:sample"), &json!({"filter": filter}))
    },
    |desk, guess| desk.try_list(&json!({"filterText": as_text(guess)})),
    |desk, guess| desk.client.post(&desk.at("/conversations:count"), &json!({"filterText": as_text(guess)})),
    // As it is: what is wrong with it is told alike.
    |desk, guess| desk.try_list(&json!({"filterText": format!("text:{guess}")})),
    |desk, guess| {
        let equals = json!({"key": "note", "equals": {"stringValue": guess}});
        desk.try_list(&json!({"filter": {"metadata": [equals]}}))
    },
];

fn as_text(guess: &str) -> String {
    format!("text:\"{}\"", guess.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Asks many guesses of both twins, some at a time.
fn guess(twins: &Twins, secrets: [&str; 2], count: usize) {
    let guesses: Vec<String> = Guesses::about(secrets).take(count).collect();
    let told: Vec<String> = thread::scope(|scope| {
        let askers = (0..ASKERS).map(|asker| {
            let own = guesses.iter().enumerate().skip(asker).step_by(ASKERS);
            scope.spawn(move || {
                own.filter_map(|(index, guess)| {
                    let sometimes: &[Ask] = if index % 10 == 0 { &SOMETIMES } else { &[] };
                    twins.differ(guess, &ALWAYS).or_else(|| twins.differ(guess, sometimes))
                })
                .collect::<Vec<_>>()
            })
        });
        askers.collect::<Vec<_>>().into_iter().flat_map(|asker| asker.join().unwrap()).collect()
    });
    assert!(told.is_empty(), "{} of {count} guesses tell something, such as {}", told.len(), told[0]);
}

/// Returns two cards of one length that end in the same four digits.
fn alike() -> [String; 2] {
    let first = card("453914880343647");
    let same_end = |number: &u64| card(&number.to_string())[15..] == first[15..];
    let second = (0..).map(|step| 601_100_000_000_000 + 7 + step * 7_919).find(same_end).unwrap();
    [first, card(&second.to_string())]
}

#[test]
fn a_label_tells_neither_value_nor_length() {
    // An American Express card has fewer digits.
    let secrets = ["4539 1488 0343 6467", "3714 496353 98431"];
    guess(&Twins::open("LABEL", secrets), secrets, GUESSES);
}

#[test]
fn a_mask_of_the_same_length_tells_the_length_alone() {
    let secrets = alike();
    let secrets = secrets.each_ref().map(String::as_str);
    for style in ["SAME_LENGTH", "LAST_FOUR"] {
        guess(&Twins::open(style, secrets), secrets, GUESSES / 10);
    }
}

/// The control: with the secret as it is, the same guesses tell the twins apart.
#[test]
fn guesses_tell_apart_what_is_not_masked() {
    let secrets = alike();
    let secrets = secrets.each_ref().map(String::as_str);
    let twins = Twins::open("LABEL", secrets);
    for (ground, secret) in twins.0.iter().zip(secrets) {
        let desk = &ground.desk;
        desk.client.post(&desk.path("open", &format!(":start{AS_IS}")), &json!({})).ok();
        desk.append("open", "m", &Kind::Card.told(secret));
    }
    let told =
        Guesses::about(secrets).take(50).filter(|guess| twins.differ(guess, &ALWAYS).is_some()).count();
    assert!(told > 10, "{told} of 50 guesses tell something");
}
