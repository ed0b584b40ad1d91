//! Every attribute of the seed's schemas, as its tables print them: name, type, requiredness, default, enum values.
//!
//! What the tests do with them is theirs.

use serde_json::{Value, json};

pub(crate) const STATUSES: &[&str] = &["ACTIVE", "COMPLETED", "FAILED", "ABANDONED", "TRANSFERRED"];
pub(crate) const TYPES: &[&str] = &["OTT_CHAT", "TELEPHONY_CALL", "SMS", "EMAIL", "WHATSAPP"];
pub(crate) const DIRECTIONS: &[&str] = &["inbound", "outbound"];
pub(crate) const SENTIMENTS: &[&str] = &["POSITIVE", "NEGATIVE", "NEUTRAL", "MIXED"];
pub(crate) const SPEAKERS: &[&str] = &["user", "assistant"];
pub(crate) const TRANSFER_STATUSES: &[&str] = &["pending", "completed", "failed", "returned"];
pub(crate) const TRANSFER_TYPES: &[&str] = &["blind", "warm"];

/// What a value must be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Text,
    Number,
    Flag,
    Word(&'static [&'static str]),
    /// An ISO text, or seconds or milliseconds since 1970.
    Date,
    Free,
    Texts,
    /// An array of what the schema of this name describes.
    List,
    /// One of what the schema of this name describes.
    Part(&'static str),
}

/// One line of a table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attribute {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) nullable: bool,
    pub(crate) required: bool,
    /// As the seed prints it.
    pub(crate) default: Option<&'static str>,
}

/// One table.
pub(crate) struct Schema {
    pub(crate) name: &'static str,
    /// Whether the table has a column of defaults.
    pub(crate) has_defaults: bool,
    /// Where it sits in a record, as a JSON pointer and as a path; none for the decommission request.
    pub(crate) place: Option<(&'static str, &'static str)>,
    pub(crate) attributes: &'static [Attribute],
}

const fn required(name: &'static str, kind: Kind) -> Attribute {
    Attribute { name, kind, nullable: false, required: true, default: None }
}

const fn optional(name: &'static str, kind: Kind) -> Attribute {
    Attribute { name, kind, nullable: false, required: false, default: None }
}

const fn nullable(name: &'static str, kind: Kind) -> Attribute {
    Attribute { name, kind, nullable: true, required: false, default: None }
}

const fn defaulted(name: &'static str, kind: Kind, default: &'static str) -> Attribute {
    Attribute { name, kind, nullable: false, required: false, default: Some(default) }
}

pub(crate) const SCHEMAS: &[Schema] = &[
    Schema {
        name: "ServiceConversationConfig",
        has_defaults: true,
        place: Some(("", "")),
        attributes: &[
            required("id", Kind::Text),
            required("organization_id", Kind::Text),
            required("project_id", Kind::Text),
            required("channel_id", Kind::Text),
            required("deployment_config_id", Kind::Text),
            required("channel_identifier", Kind::Text),
            required("conversation_type", Kind::Word(TYPES)),
            nullable("record_id", Kind::Text),
            nullable("provider_message_id", Kind::Text),
            nullable("direction", Kind::Word(DIRECTIONS)),
            nullable("instruction_config_id", Kind::Text),
            optional("partner_user_id", Kind::Text),
            optional("model_id", Kind::Text),
            optional("user_id", Kind::Number),
            nullable("customer_id", Kind::Text),
            nullable("status", Kind::Word(STATUSES)),
            defaulted("is_campaign", Kind::Flag, "false"),
            defaulted("durationInSeconds", Kind::Number, "15"),
            nullable("stt_model_id", Kind::Text),
            nullable("tts_model_id", Kind::Text),
            nullable("resource_url", Kind::Text),
            nullable("messages", Kind::List),
            nullable("conversationSummary", Kind::Part("ConversationSummary")),
            nullable("state_history", Kind::List),
            nullable("call_transfer", Kind::Part("CallTransfer")),
            optional("created_day", Kind::Text),
            defaulted("created_at", Kind::Number, "Date.now"),
            nullable("updated_at", Kind::Number),
            nullable("deleted_at", Kind::Number),
        ],
    },
    Schema {
        name: "ConversationSummary",
        has_defaults: false,
        place: Some(("/conversationSummary", "conversationSummary.")),
        attributes: &[
            required("summary", Kind::Text),
            required("key_points", Kind::Texts),
            required("action_items", Kind::Texts),
            required("sentiment", Kind::Word(SENTIMENTS)),
        ],
    },
    Schema {
        name: "Message",
        has_defaults: true,
        place: Some(("/messages/0", "messages[0].")),
        attributes: &[
            required("messageId", Kind::Text),
            required("content", Kind::Text),
            required("message_type", Kind::Word(SPEAKERS)),
            required("timestamp", Kind::Date),
            required("metadata", Kind::Free),
            optional("id", Kind::Text),
            optional("created_at", Kind::Number),
        ],
    },
    Schema {
        name: "ConversationStateHistory",
        has_defaults: false,
        place: Some(("/state_history/0", "state_history[0].")),
        attributes: &[
            required("status", Kind::Word(STATUSES)),
            required("timestamp", Kind::Number),
            optional("reason", Kind::Text),
            optional("metadata", Kind::Free),
        ],
    },
    Schema {
        name: "CallTransfer",
        has_defaults: false,
        place: Some(("/call_transfer", "call_transfer.")),
        attributes: &[
            required("transfer_target", Kind::Text),
            required("transfer_status", Kind::Word(TRANSFER_STATUSES)),
            nullable("transfer_type", Kind::Word(TRANSFER_TYPES)),
            optional("transfer_initiated_at", Kind::Number),
            optional("transfer_completed_at", Kind::Number),
            optional("transfer_reason", Kind::Text),
        ],
    },
    Schema {
        name: "DecommissionConfig",
        has_defaults: false,
        place: None,
        attributes: &[required("decommission_service_id", Kind::Text)],
    },
];

/// Returns the table of this name.
pub(crate) fn schema(name: &str) -> &'static Schema {
    SCHEMAS.iter().find(|schema| schema.name == name).unwrap()
}

impl Kind {
    /// Returns values that this kind is not, each with where it goes wrong: in itself, or in its first item.
    pub(crate) fn mistyped(self) -> Vec<(Value, &'static str)> {
        let items: &[Value] = match self {
            Self::Texts => &[json!([1]), json!([null])],
            Self::List => &[json!([1]), json!(["x"]), json!([null])],
            _ => &[],
        };
        let wrong = self.wrong().into_iter().map(|value| (value, ""));
        wrong.chain(items.iter().map(|value| (value.clone(), "[0]"))).collect()
    }

    fn wrong(self) -> Vec<Value> {
        match self {
            Self::Text => vec![json!(7), json!(true), json!({}), json!(["x"])],
            Self::Number => vec![json!("15"), json!(true), json!({}), json!([1])],
            Self::Flag => vec![json!("true"), json!(1), json!({})],
            Self::Word(_) => vec![json!("NONSENSE"), json!(""), json!(1), json!({}), json!(true)],
            Self::Date => vec![json!("yesterday"), json!(true), json!({})],
            Self::Free => vec![json!("x"), json!(7), json!([])],
            Self::Texts | Self::List => vec![json!("x"), json!({}), json!(7)],
            Self::Part(_) => vec![json!("x"), json!(7), json!([])],
        }
    }

    /// Returns the type as the seed prints it.
    fn printed(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Number => "number",
            Self::Flag => "boolean",
            Self::Word(_) => "enum",
            Self::Date => "Date",
            Self::Free => "object",
            Self::Texts => "array<string>",
            Self::List => "array",
            Self::Part(name) => name,
        }
    }
}

impl Attribute {
    /// Returns how the seed's page begins the line of this attribute.
    pub(crate) fn printed(&self, has_defaults: bool) -> String {
        let null = if self.nullable { " | null" } else { "" };
        let required = if self.required { "Yes" } else { "No" };
        let default = self.default.unwrap_or(if has_defaults { "—" } else { "" });
        format!("{}{}{null}{required}{default}", self.name, self.kind.printed())
    }
}
