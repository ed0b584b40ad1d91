//! Who speaks, from the words that records use for roles.
//!
//! It knows single labels; what a whole transcript tells is in `transcript/cast.rs`.

use hansard_proto::v1::conversation_message::Speaker;

const BOT: [&str; 6] = ["bot", "chatbot", "voicebot", "ivr", "virtual", "robot"];
const AGENT: [&str; 17] = [
    "agent",
    "agente",
    "advisor",
    "adviser",
    "assistant",
    "associate",
    "berater",
    "consultant",
    "csr",
    "employee",
    "mitarbeiter",
    "operator",
    "rep",
    "representative",
    "specialist",
    "support",
    "supervisor",
];
const VISITOR: [&str; 15] = [
    "buyer",
    "caller",
    "client",
    "cliente",
    "consumer",
    "customer",
    "guest",
    "human",
    "kunde",
    "kundin",
    "member",
    "patient",
    "subscriber",
    "user",
    "visitor",
];
const SYSTEM: [&str; 3] = ["announcement", "narrator", "system"];

/// The role that a label's words name. A "customer service agent" is an agent, a "virtual agent" a bot.
pub(super) fn role_of(label: &str) -> Option<Speaker> {
    let words: Vec<String> = label
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let any = |roles: &[&str]| words.iter().any(|word| roles.contains(&word.as_str()));
    [
        (&BOT[..], Speaker::Bot),
        (&AGENT[..], Speaker::Agent),
        (&VISITOR[..], Speaker::Visitor),
        (&SYSTEM[..], Speaker::System),
    ]
    .into_iter()
    .find_map(|(roles, speaker)| any(roles).then_some(speaker))
}

/// A label in its two parts: `Agent (Ben)`, `Ben (Agent)`, `Agent Ben`, `Agent`, `Ben`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Label {
    pub(super) role: Option<Speaker>,
    pub(super) name: Option<String>,
}

impl Label {
    pub(super) fn parse(label: &str) -> Self {
        let label = label.trim();
        let Some(role) = role_of(label) else {
            return Self { role: None, name: Some(label.to_owned()).filter(|name| !name.is_empty()) };
        };
        Self { role: Some(role), name: name_beside_role(label) }
    }
}

fn name_beside_role(label: &str) -> Option<String> {
    let name = match label.split_once('(') {
        Some((before, inside)) => {
            let inside = inside.trim_end().trim_end_matches(')');
            [inside, before].into_iter().find(|part| role_of(part).is_none())
        }
        None => {
            let (first, rest) = label.split_once(char::is_whitespace)?;
            role_of(first)
                .and(Some(rest.trim_start_matches(['-', ' '])))
                .filter(|rest| role_of(rest).is_none())
        }
    };
    let name = name?.trim();
    if name.is_empty() {
        return None;
    }
    // A number alone names nobody: "Agent 2" is the name.
    Some(if name.contains(char::is_alphabetic) { name } else { label }.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_part_into_role_and_name() {
        for (label, role, name) in [
            ("Agent (Ben)", Some(Speaker::Agent), Some("Ben")),
            ("Ana (Customer)", Some(Speaker::Visitor), Some("Ana")),
            ("Agent Jannie", Some(Speaker::Agent), Some("Jannie")),
            ("Agent", Some(Speaker::Agent), None),
            ("Agent 07", Some(Speaker::Agent), Some("Agent 07")),
            ("Contoso Inc. Representative", Some(Speaker::Agent), None),
            ("Customer Service Agent (Chris)", Some(Speaker::Agent), Some("Chris")),
            ("Virtual Agent", Some(Speaker::Bot), None),
            ("Customer", Some(Speaker::Visitor), None),
            ("Daleen", None, Some("Daleen")),
            ("", None, None),
        ] {
            assert_eq!(Label::parse(label), Label { role, name: name.map(str::to_owned) }, "{label}");
        }
    }
}
