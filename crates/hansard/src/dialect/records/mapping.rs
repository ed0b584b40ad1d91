//! What each attribute of a record is on a conversation: the table of the contract.
//!
//! Refusals of the domain name the conversation's field; by this table they name the record's.

/// An attribute, and the field of a conversation in the service's JSON. `[]` stands for any element.
pub(super) const MAPPING: [(&str, &str); 49] = [
    ("id", "name"),
    ("organization_id", "name"),
    ("project_id", "name"),
    ("channel_id", "deployment.channelId"),
    ("deployment_config_id", "deployment.deploymentConfigId"),
    ("channel_identifier", "deployment.channelIdentifier"),
    ("instruction_config_id", "deployment.instructionConfigId"),
    ("conversation_type", "channel"),
    ("record_id", "party.recordId"),
    ("provider_message_id", "party.providerMessageId"),
    ("partner_user_id", "party.partnerUserId"),
    ("user_id", "party.platformUserId"),
    ("customer_id", "party.crmCustomerId"),
    ("direction", "direction"),
    ("model_id", "models.modelId"),
    ("stt_model_id", "models.sttModelId"),
    ("tts_model_id", "models.ttsModelId"),
    ("status", "status"),
    ("state_history", "stateHistory"),
    ("state_history[].status", "stateHistory[].status"),
    ("state_history[].timestamp", "stateHistory[].timestamp"),
    ("state_history[].reason", "stateHistory[].reason"),
    ("state_history[].metadata", "stateHistory[].metadata"),
    ("is_campaign", "campaign"),
    ("durationInSeconds", "duration"),
    ("resource_url", "persistedAudioUri"),
    ("messages", "messages"),
    ("messages[].messageId", "messages[].name"),
    ("messages[].content", "messages[].text"),
    ("messages[].message_type", "messages[].speaker"),
    ("messages[].timestamp", "messages[].sendTime"),
    ("messages[].metadata", "messages[].metadata"),
    ("messages[].created_at", "messages[].createTime"),
    ("conversationSummary", "summary"),
    ("conversationSummary.summary", "summary.summary"),
    ("conversationSummary.key_points", "summary.keyPoints"),
    ("conversationSummary.action_items", "summary.actionItems"),
    ("conversationSummary.sentiment", "summary.sentiment"),
    ("call_transfer", "transfers[]"),
    ("call_transfer.transfer_target", "transfers[].target"),
    ("call_transfer.transfer_status", "transfers[].status"),
    ("call_transfer.transfer_type", "transfers[].type"),
    ("call_transfer.transfer_initiated_at", "transfers[].initiateTime"),
    ("call_transfer.transfer_completed_at", "transfers[].completeTime"),
    ("call_transfer.transfer_reason", "transfers[].reason"),
    ("created_at", "startTime"),
    ("created_day", "startTime"),
    ("updated_at", "updateTime"),
    ("deleted_at", "deleteTime"),
];

/// The record's name of a field that a refusal names; one that has none stays.
pub(super) fn to_record(field: &str) -> String {
    let (mut indexes, mut general) = (Vec::new(), String::new());
    for part in field.split_inclusive(']') {
        match part.split_once('[') {
            Some((before, index)) => {
                general.push_str(before);
                general.push_str("[]");
                indexes.push(index.trim_end_matches(']'));
            }
            None => general.push_str(part),
        }
    }
    let known = |path: &str| MAPPING.iter().find(|(_, ours)| *ours == path).map(|(record, _)| *record);
    let (found, rest) = match known(&general) {
        Some(record) => (record, ""),
        None => match general.strip_suffix("[]").and_then(known) {
            Some(record) => (record, "[]"),
            None => return field.to_owned(),
        },
    };
    let pattern = format!("{found}{rest}");
    // What is a list there and one thing here has an index less.
    let mut indexes = indexes.into_iter().skip(general.matches("[]").count() - pattern.matches("[]").count());
    let mut parts = pattern.split("[]");
    let mut path = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        path.push_str(&format!("[{}]{part}", indexes.next().unwrap_or_default()));
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_conversations_are_named_as_records_do() {
        for (ours, theirs) in [
            ("party.recordId", "record_id"),
            ("deployment.channelId", "channel_id"),
            ("messages[3].text", "messages[3].content"),
            ("messages[3].name", "messages[3].messageId"),
            ("summary.keyPoints[2]", "conversationSummary.key_points[2]"),
            ("transfers[0].target", "call_transfer.transfer_target"),
            ("stateHistory[1].reason", "state_history[1].reason"),
            ("created_day", "created_day"),
            ("somethingElse[4].x", "somethingElse[4].x"),
        ] {
            assert_eq!(to_record(ours), theirs);
        }
    }
}
