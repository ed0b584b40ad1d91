//! Examples that work when pasted, against a store that was just made.

use serde_json::{Value, json};

/// Gives an id for a place in a path.
pub(super) fn id(place: &str) -> &'static str {
    match place {
        "customer" | "profile" => "default",
        "conversation" | "conversationId" => "call-1",
        "message" => "m1",
        "tag" | "tagId" => "vip",
        "user" => "ada",
        "team" => "sales",
        "group" => "night-shift",
        "usecase" => "refunds",
        _ => "x1",
    }
}

/// Gives a request body for a method.
pub(super) fn body(method: &str) -> Option<Value> {
    conversation_body(method).or_else(|| directory_body(method))
}

fn conversation_body(method: &str) -> Option<Value> {
    Some(match method {
        "StartConversation" => json!({
            "channel": "VOICE",
            "languageCode": "en-US",
            "displayName": "Refund of order 1042",
            "visitor": {"displayName": "Visitor 7"},
            "metadata": {"order.country": {"values": ["US"]}, "order.total": {"values": [42.5]}},
        }),
        "ListConversations" | "CountConversations" => {
            json!({"filter": {"channels": ["VOICE", "CHAT"], "liveFilter": "LIVE_ONLY"}})
        }
        "UpdateConversation" => {
            json!({"summary": {"summary": "The refund was granted.", "sentiment": "POSITIVE"}})
        }
        "UpdateConversationState" => json!({"state": "CLOSED", "reason": "solved"}),
        "UpdateConversationAudioPersistenceState" => json!({
            "audioPersistenceState": "PERSISTED",
            "persistedAudioUri": "file:///recordings/call-1.wav",
            "audioDuration": "61.5s",
        }),
        "UpdateConversationDisplayName" => json!({"displayName": "Refund of order 1042, granted"}),
        "UpdateConversationLanguageCode" => json!({"languageCode": "de-DE"}),
        "UpdateConversationSharingState" => json!({"sharingState": "SHARING_STATE_SHARED"}),
        "UpdateConversationSkill" => json!({"skill": "refunds"}),
        "UpsertConversationMetadata" => {
            json!({"metadataValues": {"order.country": {"values": ["US", "CA"]}}, "source": "CLIENT"})
        }
        "CreateConversationMessage" => json!({"speaker": "VISITOR", "text": "Where is my refund?"}),
        "BatchCreateConversationMessages" => json!({"messages": [
            {"speaker": "AGENT", "text": "Let me see.", "sendTime": "2024-01-31T09:30:00Z"},
            {"speaker": "VISITOR", "text": "Thank you.", "audioStartOffset": "12.5s", "audioEndOffset": "13.2s"},
        ]}),
        "UpdateConversationMessage" => json!({"textHtml": "<p>Where is my refund?</p>"}),
        "CreateConversationEvent" => json!({"type": "CUSTOM", "custom": {"note": "escalated"}}),
        "BatchCreateConversationEvents" => {
            json!({"events": [{"type": "CONVERSATION_HOLD"}, {"type": "CONVERSATION_UNHOLD"}]})
        }
        "AddConversationTag" => json!({"tag": "customers/default/profiles/default/tags/vip"}),
        "ImportConversations" => json!({"conversations": [{
            "conversation": {
                "name": "customers/default/profiles/default/conversations/old-1",
                "channel": "CHAT",
                "state": "CLOSED",
                "startTime": "2023-05-01T10:00:00Z",
                "endTime": "2023-05-01T10:05:00Z",
            },
            "messages": [{"speaker": "VISITOR", "text": "Hello?", "sendTime": "2023-05-01T10:00:10Z"}],
        }]}),
        "CloseConversation" | "AddConversationStarTag" | "RevokeApiKey" => json!({}),
        _ => return None,
    })
}

fn directory_body(method: &str) -> Option<Value> {
    let (verb, noun) =
        ["Create", "Update"].iter().find_map(|verb| Some((*verb, method.strip_prefix(verb)?)))?;
    Some(match (verb, noun) {
        (_, "Customer") => json!({"displayName": "Acme"}),
        ("Create", "Profile") => json!({"displayName": "Support", "languageCodes": ["en-US", "de-DE"]}),
        (_, "Profile") => json!({"displayName": "Support"}),
        (_, "User") => json!({"displayName": "Ada", "email": "ada@example.com"}),
        (_, "Team") => json!({"displayName": "Sales"}),
        (_, "Group") => json!({"displayName": "Night shift"}),
        (_, "Usecase") => json!({"displayName": "Refunds"}),
        ("Create", "ApiKey") => json!({"displayName": "Importer", "role": "WRITER"}),
        (_, "ApiKey") => json!({"displayName": "Importer"}),
        (_, "Tag") => json!({"displayName": "VIP", "color": "#c2410c"}),
        (_, "Moment") => json!({"displayName": "Card number", "type": "ENTITY"}),
        _ => return None,
    })
}
