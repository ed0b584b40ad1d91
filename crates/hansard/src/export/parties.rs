//! The parties of an exported vCon: everybody who speaks, and whom the conversation names.
//!
//! Their names and addresses move out of the record into the vCon, each to one party.

use hansard_proto::v1::{ConversationArchive, SpeakerInfo, conversation_message::Speaker};
use serde_json::{Map, Value, json};

use crate::import::vcon::extension::Extension;

/// Someone who takes part; two who look alike are one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Party {
    role: Speaker,
    name: String,
    address: String,
}

/// The parties, and which of them spoke each message.
#[derive(Debug, Default)]
pub(super) struct Parties {
    parties: Vec<Party>,
    of_messages: Vec<Option<usize>>,
}

impl Parties {
    /// Finds the parties of a conversation and takes what describes them out of its record.
    pub(super) fn of(archive: &ConversationArchive, extension: &mut Extension) -> Self {
        let mut parties = Self::default();
        if let Some(conversation) = &archive.conversation {
            if let Some(info) = &conversation.agent_info {
                parties.describe(Speaker::Agent, info, "/conversation/agentInfo", extension);
            }
            if let Some(visitor) = &conversation.visitor {
                let party = Party {
                    role: Speaker::Visitor,
                    name: visitor.display_name.clone(),
                    address: visitor.platform_visitor_id.clone(),
                };
                let keys =
                    ["displayName", "platformVisitorId"].map(|key| format!("/conversation/visitor/{key}"));
                parties.take(party, keys, extension);
            }
        }
        for (index, message) in archive.messages.iter().enumerate() {
            let party = match &message.speaker_info {
                Some(info) => {
                    let pointer = format!("/messages/{index}/speakerInfo");
                    Some(parties.describe(message.speaker(), info, &pointer, extension))
                }
                None if message.speaker() == Speaker::Unspecified => None,
                None => Some(parties.in_role(message.speaker())),
            };
            parties.of_messages.push(party);
        }
        parties
    }

    fn describe(
        &mut self,
        role: Speaker,
        info: &SpeakerInfo,
        pointer: &str,
        extension: &mut Extension,
    ) -> usize {
        let party =
            Party { role, name: info.display_name.clone(), address: info.platform_speaker_id.clone() };
        let keys = ["displayName", "platformSpeakerId"].map(|key| format!("{pointer}/{key}"));
        self.take(party, keys, extension)
    }

    fn take(&mut self, party: Party, [name, address]: [String; 2], extension: &mut Extension) -> usize {
        let place = party.address_place();
        let index = self.index_of(party);
        extension.take(name, format!("/parties/{index}/name"));
        extension.take(address, format!("/parties/{index}/{place}"));
        index
    }

    /// Whoever speaks in a role without being described.
    fn in_role(&mut self, role: Speaker) -> usize {
        self.index_of(Party { role, name: String::new(), address: String::new() })
    }

    fn index_of(&mut self, party: Party) -> usize {
        self.parties.iter().position(|known| *known == party).unwrap_or_else(|| {
            self.parties.push(party);
            self.parties.len() - 1
        })
    }

    /// The party that spoke a message; none where nothing is known of the speaker.
    pub(super) fn of_message(&self, index: usize) -> Option<usize> {
        self.of_messages.get(index).copied().flatten()
    }

    /// The indices of all parties.
    pub(super) fn all(&self) -> Vec<usize> {
        (0..self.parties.len()).collect()
    }

    pub(super) fn to_json(&self) -> Value {
        self.parties.iter().map(Party::to_json).collect()
    }
}

impl Party {
    /// Where in the party its address stands, by what it looks like.
    fn address_place(&self) -> &'static str {
        let is_number = self.address.len() > 2
            && self.address.chars().all(|c| c.is_ascii_digit() || "+-() ".contains(c))
            && self.address.starts_with(|c: char| c == '+' || c.is_ascii_digit());
        match &self.address {
            _ if is_number => "tel",
            address if address.contains('@') => "mailto",
            _ => "meta/id",
        }
    }

    fn to_json(&self) -> Value {
        let mut party = Map::new();
        let mut meta = Map::new();
        let role = match self.role {
            Speaker::Agent => Some("agent"),
            Speaker::Visitor => Some("customer"),
            Speaker::Bot => Some("bot"),
            Speaker::System => Some("system"),
            Speaker::Unspecified => None,
        };
        if let Some(role) = role {
            meta.insert("role".to_owned(), role.into());
        }
        if !self.name.is_empty() {
            party.insert("name".to_owned(), self.name.as_str().into());
        }
        if !self.address.is_empty() {
            match self.address_place() {
                "meta/id" => meta.insert("id".to_owned(), self.address.as_str().into()),
                place => party.insert(place.to_owned(), self.address.as_str().into()),
            };
        }
        if !meta.is_empty() {
            party.insert("meta".to_owned(), json!(meta));
        }
        Value::Object(party)
    }
}
