//! The parties of a vCon: who they are and in which role.

use hansard_proto::v1::{SpeakerInfo, conversation_message::Speaker};
use serde_json::{Map, Value};

use crate::import::{
    item::Malformed,
    speaker::{Label, role_of},
};

/// Someone who takes part.
#[derive(Debug, Clone, Default)]
pub(super) struct Party {
    pub(super) role: Option<Speaker>,
    pub(super) name: String,
    pub(super) tel: String,
    /// The mail address, without `mailto:`.
    pub(super) mail: String,
}

/// Reads the parties; a vCon without any is one whose speakers are known by their labels alone.
pub(super) fn read(vcon: &Map<String, Value>) -> Result<Vec<Party>, Malformed> {
    match vcon.get("parties") {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(parties)) => parties
            .iter()
            .enumerate()
            .map(|(index, party)| match party {
                Value::Object(party) => Ok(Party::read(party)),
                _ => Err(Malformed::field(format!("parties[{index}]"), "is not an object")),
            })
            .collect(),
        Some(_) => Err(Malformed::field("parties", "is not a list")),
    }
}

impl Party {
    fn read(party: &Map<String, Value>) -> Self {
        let text = |key: &str| party.get(key).and_then(Value::as_str).unwrap_or_default().trim();
        let meta = |key: &str| party.get("meta").and_then(|meta| meta.get(key)).and_then(Value::as_str);
        let role = party.get("role").and_then(Value::as_str).or_else(|| meta("role"));
        let mail =
            [text("mailto"), text("email")].into_iter().find(|mail| !mail.is_empty()).unwrap_or_default();
        Self {
            role: role.and_then(role_of),
            name: text("name").to_owned(),
            tel: text("tel").trim_start_matches("tel:").to_owned(),
            mail: mail.trim_start_matches("mailto:").to_owned(),
        }
    }

    /// The number or address that the platform knows the party by.
    pub(super) fn address(&self) -> &str {
        if self.tel.is_empty() { &self.mail } else { &self.tel }
    }

    pub(super) fn speaker_info(&self) -> Option<SpeakerInfo> {
        (!self.name.is_empty() || !self.address().is_empty()).then(|| SpeakerInfo {
            display_name: self.name.clone(),
            platform_speaker_id: self.address().to_owned(),
        })
    }

    fn is_called(&self, label: &str) -> bool {
        [&self.name, &self.tel, &self.mail]
            .into_iter()
            .any(|own| !own.is_empty() && own.eq_ignore_ascii_case(label))
    }
}

/// The role and the description of whom a label means: a party's name, number or address, or a role.
pub(super) fn of_label(label: &str, parties: &[Party]) -> (Speaker, Option<SpeakerInfo>) {
    let Label { role, name } = Label::parse(label);
    let called = |party: &&Party| {
        party.is_called(label.trim()) || name.as_deref().is_some_and(|name| party.is_called(name))
    };
    let only_in_role = || {
        let mut in_role = parties.iter().filter(|party| role.is_some() && party.role == role);
        in_role.next().filter(|_| in_role.next().is_none())
    };
    match parties.iter().find(called).or_else(only_in_role) {
        Some(party) => (party.role.or(role).unwrap_or_default(), party.speaker_info()),
        None => {
            let display_name = name.unwrap_or_else(|| label.trim().to_owned());
            let described = !display_name.is_empty();
            let speaker_info =
                described.then(|| SpeakerInfo { display_name, platform_speaker_id: String::new() });
            (role.unwrap_or_default(), speaker_info)
        }
    }
}
