//! Every place of a conversation that takes text, and the calls that fill them.
//!
//! What is put there is the test's: a canary, a card number. It does not know what should become of it.

use serde_json::{Value, json};

use crate::client::escape;
use crate::desk::Desk;

/// Gives the text for a place, which goes by its path on the wire.
pub type Say<'a> = dyn FnMut(&str) -> String + 'a;

/// Returns a conversation with text in every place of prose: names, metadata, the platform's own data, a summary.
pub fn conversation(say: &mut Say) -> Value {
    json!({
        "displayName": say("displayName"),
        "visitor": {"displayName": say("visitor.displayName")},
        "agentInfo": {"displayName": say("agentInfo.displayName")},
        "platformInfo": {"originalEventData": free(say, "platformInfo.originalEventData")},
        "metadata": {
            "told.first": {"values": [say("metadata"), 3, true]},
            "told.list": {"values": ["plain", say("metadata[1]")]},
        },
        "summary": summary(say),
    })
}

pub fn summary(say: &mut Say) -> Value {
    json!({
        "summary": say("summary.summary"),
        "keyPoints": ["plain", say("summary.keyPoints")],
        "actionItems": [say("summary.actionItems")],
    })
}

/// Adds text to every place that is meant for an identifier but takes any text.
pub fn with_identifiers(mut conversation: Value, say: &mut Say) -> Value {
    conversation["visitor"]["platformVisitorId"] = json!(say("visitor.platformVisitorId"));
    conversation["agentInfo"]["platformSpeakerId"] = json!(say("agentInfo.platformSpeakerId"));
    for field in
        ["platformConversationId", "platformAccountId", "platformConversationUri", "platformIntegration"]
    {
        conversation["platformInfo"][field] = json!(say(&format!("platformInfo.{field}")));
    }
    for field in ["conversationCorrelationId", "skill"] {
        conversation[field] = json!(say(field));
    }
    conversation["deployment"] = json!({
        "channelId": say("deployment.channelId"),
        "deploymentConfigId": say("deployment.deploymentConfigId"),
    });
    conversation["models"] =
        json!({"modelId": say("models.modelId"), "sttModelId": say("models.sttModelId")});
    conversation["party"] =
        json!({"recordId": say("party.recordId"), "crmCustomerId": say("party.crmCustomerId")});
    conversation
}

/// Returns a message with text in every place that issue 7 names, and in what tools said and heard.
pub fn message(say: &mut Say) -> Value {
    let text = say("text");
    let words: Vec<Value> = say("transcriptionInfo.words")
        .split(' ')
        .map(|word| json!({"word": word, "startOffset": "1s", "endOffset": "1.5s", "confidence": 0.5}))
        .collect();
    json!({
        "text": text,
        "textHtml": format!("<p class=\"said\">{}</p>", say("textHtml")),
        "spokenText": say("spokenText"),
        "speaker": "VISITOR",
        "speakerInfo": {"displayName": say("speakerInfo.displayName")},
        "transcriptionInfo": {"words": words, "model": "m"},
        "originalEventData": free(say, "originalEventData"),
        "metadata": free(say, "metadata"),
        "email": {
            "subject": say("email.subject"),
            "from": say("email.from"),
            "to": ["desk", say("email.to")],
            "cc": [say("email.cc")],
        },
        "toolCalls": [{
            "id": "t",
            "name": "lookup",
            "arguments": free(say, "toolCalls.arguments"),
            "result": free(say, "toolCalls.result"),
        }],
    })
}

/// Returns free JSON with text at the top, in an object, in a list, and in an object of a list.
fn free(say: &mut Say, place: &str) -> Value {
    json!({
        "flat": say(place),
        "deep": {"object": say(&format!("{place}.object")), "number": 7, "null": null},
        "list": ["plain", say(&format!("{place}.list")), {"inner": say(&format!("{place}.list.object"))}],
    })
}

/// Returns events that bring text of their own.
pub fn events(say: &mut Say) -> Vec<Value> {
    vec![
        json!({"type": "CUSTOM", "custom": free(say, "custom")}),
        json!({"type": "USED_KB_SEARCH", "custom": {"query": say("custom of USED_KB_SEARCH")}}),
        json!({"type": "ENTITY_FEEDBACK", "entityFeedback": {"entity": {
            "entityName": "plain", "strValue": say("entityFeedback.entity.strValue"), "start": 1, "end": 2,
        }}}),
    ]
}

/// Tells the whole story of a conversation: starts it with `flags` in the query, then fills every place.
///
/// Its message is `rich`.
#[track_caller]
pub fn tell(desk: &Desk, id: &str, flags: &str, body: &Value, say: &mut Say) {
    desk.client.post(&format!("{}?{flags}", desk.path(id, ":start")), body).ok();
    desk.try_append(id, "rich", &message(say)).ok();
    let batch = json!({"messages": [{"text": say("messages:batchCreate")}]});
    desk.client.post(&desk.path(id, "/messages:batchCreate"), &batch).ok();
    desk.client.post(&desk.path(id, "/events:batchCreate"), &json!({"events": events(say)})).ok();
    let upserted = json!({"metadataValues": {"told.late": {"values": [say("upsertMetadata")]}}});
    desk.verb(id, "upsertMetadata", &upserted).ok();
    grow(desk, id, say);
    remark(desk, id, say);
}

/// Grows an interim transcript, `grown`, until it is final.
fn grow(desk: &Desk, id: &str, say: &mut Say) {
    let whole = say("PATCH of a PARTIAL message");
    let half: String = whole.chars().take(whole.chars().count() / 2).collect();
    desk.try_append(id, "grown", &json!({"text": half, "state": "PARTIAL", "speaker": "VISITOR"})).ok();
    let path = desk.path(id, "/messages/grown?updateMask=text,state");
    desk.client.patch(&path, &json!({"text": whole, "state": "FINAL"})).ok();
}

/// Remarks on the conversation and its rich message.
fn remark(desk: &Desk, id: &str, say: &mut Say) {
    let at = |collection: &str, query: &str| desk.path(id, &format!("/{collection}?{query}=told"));
    desk.client.post(&at("comments", "commentId"), &json!({"text": say("comment.text")})).ok();
    for (collection, field) in
        [("behaviorAnnotations", "behavior"), ("actionAnnotations", "action"), ("hintAnnotations", "hint")]
    {
        let query = format!("{}Id", collection.trim_end_matches('s'));
        desk.client.post(&at(collection, &query), &json!({field: say(field)})).ok();
    }
    let template = json!({"criteria": [{"id": "greeting"}]});
    desk.client.post(&desk.at("/scorecardTemplates?scorecardTemplateId=qa"), &template);
    let scorecard = json!({
        "conversation": desk.name(id),
        "template": format!("{}/scorecardTemplates/qa", desk.profile),
        "scores": [{"criterion": "greeting", "value": 1, "comment": say("scorecard.scores.comment")}],
    });
    desk.client.post(&desk.at(&format!("/scorecards?scorecardId=of-{id}")), &scorecard).ok();
}

/// Reads everything that can be read of a conversation, each answer with the name of its surface.
pub fn read(desk: &Desk, id: &str) -> Vec<(&'static str, String)> {
    let get = |rest: &str| desk.client.get(&desk.path(id, rest)).text();
    let named = format!("{}/messages/rich", desk.name(id));
    let list = json!({"filter": {"messageKeyword": "told"}, "pageSize": 1000});
    let mut read = vec![
        ("GetConversation", get("")),
        ("ListConversationMessages", get("/conversationMessages?pageSize=1000&showDeleted=true")),
        ("GetConversationMessage", get("/messages/rich")),
        ("BatchGetConversationMessages", get(&format!("/messages:batchGet?names={}", escape(&named)))),
        ("ListConversationEvents", get("/conversationEvents?pageSize=1000")),
        ("ListConversations", desk.try_list(&json!({"pageSize": 1000})).text()),
        ("ListConversations by keyword", desk.try_list(&list).text()),
        ("ListChanges", desk.client.get(&desk.at("/changes?pageSize=1000")).text()),
        ("ExportConversations", desk.client.get(&desk.at("/conversations:export")).text()),
        ("ListScorecards", desk.client.get(&desk.at("/scorecards?pageSize=1000")).text()),
        ("ListSuggestionUsages", desk.client.get(&desk.at("/suggestionUsages?pageSize=1000")).text()),
    ];
    for collection in
        ["comments", "momentAnnotations", "behaviorAnnotations", "actionAnnotations", "hintAnnotations"]
    {
        read.push((collection, get(&format!("/{collection}?pageSize=1000"))));
    }
    read
}
