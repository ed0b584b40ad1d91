//! The attributes of a record and its parts, as their owners publish them: names, types, which are required, and
//! what they mean.
//!
//! Reading, the OpenAPI document and the tests go by these tables. What an attribute is here is not decided here:
//! that is `from_record` and `to_record`.

/// What an attribute's value is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Text,
    Number,
    Boolean,
    /// Free JSON.
    Object,
    /// Unix milliseconds.
    Millis,
    /// A day as YYYY-MM-DD.
    Day,
    /// A point in time as ISO text, Unix seconds or Unix milliseconds; written as text.
    Moment,
    /// The same; written as Unix milliseconds.
    MomentInMillis,
    /// One of these, in any case.
    Word(&'static [&'static str]),
    Texts,
    Part(&'static Schema),
    Parts(&'static Schema),
}

/// Whether an attribute may be left out, and whether it may be null.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    Required,
    Optional,
    Nullable,
}

#[derive(Debug)]
pub(crate) struct Attribute {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) need: Need,
    pub(crate) text: &'static str,
}

#[derive(Debug)]
pub(crate) struct Schema {
    pub(crate) name: &'static str,
    pub(crate) text: &'static str,
    pub(crate) attributes: &'static [Attribute],
}

const fn required(name: &'static str, kind: Kind, text: &'static str) -> Attribute {
    Attribute { name, kind, need: Need::Required, text }
}

const fn optional(name: &'static str, kind: Kind, text: &'static str) -> Attribute {
    Attribute { name, kind, need: Need::Optional, text }
}

const fn nullable(name: &'static str, kind: Kind, text: &'static str) -> Attribute {
    Attribute { name, kind, need: Need::Nullable, text }
}

pub(crate) const CONVERSATION_TYPES: &[&str] = &["OTT_CHAT", "TELEPHONY_CALL", "SMS", "EMAIL", "WHATSAPP"];
pub(crate) const STATUSES: &[&str] = &["ACTIVE", "COMPLETED", "FAILED", "ABANDONED", "TRANSFERRED"];
pub(crate) const DIRECTIONS: &[&str] = &["inbound", "outbound"];
pub(crate) const SENTIMENTS: &[&str] = &["POSITIVE", "NEGATIVE", "NEUTRAL", "MIXED"];
pub(crate) const MESSAGE_TYPES: &[&str] = &["user", "assistant"];
pub(crate) const TRANSFER_STATUSES: &[&str] = &["pending", "completed", "failed", "returned"];
pub(crate) const TRANSFER_TYPES: &[&str] = &["blind", "warm"];

/// The whole record.
pub(crate) static RECORD: Schema = Schema {
    name: "ServiceConversationConfig",
    text: "A conversation as one record.",
    attributes: &[
        required("id", Kind::Text, "Unique identifier of the conversation."),
        required("organization_id", Kind::Text, "The organization that owns it: the key's customer."),
        required("project_id", Kind::Text, "The project that it belongs to: a profile of the customer."),
        required("channel_id", Kind::Text, "The deployment channel."),
        required("deployment_config_id", Kind::Text, "The deployment configuration."),
        required("channel_identifier", Kind::Text, "The endpoint: phone number, widget id or address."),
        required("conversation_type", Kind::Word(CONVERSATION_TYPES), "The channel."),
        nullable("record_id", Kind::Text, "Its id in a partner's system."),
        nullable("provider_message_id", Kind::Text, "Its id at the e-mail provider."),
        nullable("direction", Kind::Word(DIRECTIONS), "Who began it."),
        nullable("instruction_config_id", Kind::Text, "An instruction configuration of its own."),
        optional("partner_user_id", Kind::Text, "The user in a partner's system."),
        optional("model_id", Kind::Text, "The language model."),
        optional("user_id", Kind::Number, "The user on the platform."),
        nullable("customer_id", Kind::Text, "The contact in the CRM; never the tenant."),
        nullable("status", Kind::Word(STATUSES), "Where it is in its life."),
        optional("is_campaign", Kind::Boolean, "Whether it is part of a campaign; false unless given."),
        optional(
            "durationInSeconds",
            Kind::Number,
            "How long it took: as it was told, else as it was measured; 15 until it ends.",
        ),
        nullable("stt_model_id", Kind::Text, "The speech-to-text model."),
        nullable("tts_model_id", Kind::Text, "The text-to-speech model."),
        nullable("resource_url", Kind::Text, "Where the recording is."),
        nullable("messages", Kind::Parts(&MESSAGE), "What was said; at most the first 1000."),
        nullable("conversationSummary", Kind::Part(&SUMMARY), "What it was about."),
        nullable("state_history", Kind::Parts(&STATE_HISTORY), "Every change of its status, oldest first."),
        nullable("call_transfer", Kind::Part(&TRANSFER), "The latest hand-over."),
        optional("created_day", Kind::Day, "The day of created_at, in UTC."),
        optional("created_at", Kind::Millis, "When it began; now unless given."),
        nullable("updated_at", Kind::Millis, "When it last changed."),
        nullable("deleted_at", Kind::Millis, "When it was deleted."),
    ],
};

pub(crate) static SUMMARY: Schema = Schema {
    name: "ConversationSummary",
    text: "What a conversation was about and what follows from it.",
    attributes: &[
        required("summary", Kind::Text, "One to three sentences."),
        required("key_points", Kind::Texts, "What was discussed and decided."),
        required("action_items", Kind::Texts, "What is to be done."),
        required("sentiment", Kind::Word(SENTIMENTS), "Its tone."),
    ],
};

pub(crate) static MESSAGE: Schema = Schema {
    name: "Message",
    text: "One thing that was said or written.",
    attributes: &[
        required("messageId", Kind::Text, "Unique within its conversation."),
        required("content", Kind::Text, "What was said."),
        required("message_type", Kind::Word(MESSAGE_TYPES), "Who said it."),
        required("timestamp", Kind::Moment, "When it was said."),
        required("metadata", Kind::Object, "Whatever else is known of it."),
        optional("id", Kind::Text, "The same as messageId."),
        optional("created_at", Kind::Millis, "When it was stored."),
    ],
};

pub(crate) static STATE_HISTORY: Schema = Schema {
    name: "ConversationStateHistory",
    text: "One change of a conversation's status.",
    attributes: &[
        required("status", Kind::Word(STATUSES), "The status from then on."),
        required("timestamp", Kind::MomentInMillis, "When it was set."),
        optional("reason", Kind::Text, "Why."),
        optional("metadata", Kind::Object, "Whatever else is known of it; the service adds the actor."),
    ],
};

pub(crate) static TRANSFER: Schema = Schema {
    name: "CallTransfer",
    text: "A hand-over of a conversation to somebody else.",
    attributes: &[
        required("transfer_target", Kind::Text, "A number in E.164, or an extension of 2 to 8 digits."),
        required("transfer_status", Kind::Word(TRANSFER_STATUSES), "How far it is."),
        nullable("transfer_type", Kind::Word(TRANSFER_TYPES), "How it is done."),
        optional("transfer_initiated_at", Kind::Millis, "When it was begun."),
        optional("transfer_completed_at", Kind::Millis, "When it was completed."),
        optional("transfer_reason", Kind::Text, "Why."),
    ],
};

/// What a PATCH of the status brings.
pub(crate) static STATUS_CHANGE: Schema = Schema {
    name: "ConversationStatusChange",
    text: "A status to be set.",
    attributes: &[
        required("status", Kind::Word(STATUSES), "The status from now on."),
        nullable("reason", Kind::Text, "Why."),
        nullable("metadata", Kind::Object, "Kept with the history's entry."),
    ],
};

pub(crate) static DECOMMISSION: Schema = Schema {
    name: "DecommissionConfig",
    text: "Ends one active conversation.",
    attributes: &[required("decommission_service_id", Kind::Text, "The id of the conversation.")],
};

/// Our own beside it: with what status to end it, or all of a deployment instead of one.
pub(crate) static DECOMMISSION_REQUEST: Schema = Schema {
    name: "DecommissionRequest",
    text: "Ends one active conversation, or all of a deployment. Exactly one of the two ids is given.",
    attributes: &[
        optional("decommission_service_id", Kind::Text, "The id of the conversation."),
        nullable("deployment_config_id", Kind::Text, "All active conversations of this deployment."),
        nullable("dry_run", Kind::Boolean, "Only counts them."),
        nullable("status", Kind::Word(STATUSES), "With what they end; COMPLETED unless given."),
    ],
};

/// Every schema that has a page of its own in the document.
pub(crate) static SCHEMAS: [&Schema; 8] = [
    &RECORD,
    &SUMMARY,
    &MESSAGE,
    &STATE_HISTORY,
    &TRANSFER,
    &DECOMMISSION,
    &DECOMMISSION_REQUEST,
    &STATUS_CHANGE,
];
