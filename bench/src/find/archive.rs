//! A conversation of the data as a line that `hansard import` takes.

use std::io::Write;

use jiff::Timestamp;

use super::{corpus::Corpus, directory, facts::Facts, tenant::Tenant};

/// Writes the line.
pub(crate) fn write(
    out: &mut impl Write,
    tenant: Tenant,
    facts: &Facts,
    messages: &[String],
    corpus: &Corpus,
) -> anyhow::Result<()> {
    out.write_all(br#"{"conversation": "#)?;
    write_conversation(out, tenant, facts, corpus)?;
    out.write_all(br#", "messages": ["#)?;
    let pause = facts.end.map_or(30, |end| (end - facts.start) / messages.len() as i64);
    for (index, text) in messages.iter().enumerate() {
        let (comma, speaker) = (if index > 0 { "," } else { "" }, ["VISITOR", "AGENT"][index % 2]);
        let sent = time(facts.start + pause * index as i64)?;
        write!(out, r#"{comma}{{"speaker": "{speaker}", "sendTime": "{sent}", "text": "{text}"}}"#)?;
    }
    out.write_all(b"]}\n")?;
    Ok(())
}

/// Writes the conversation alone.
pub(crate) fn write_conversation(
    out: &mut impl Write,
    tenant: Tenant,
    facts: &Facts,
    corpus: &Corpus,
) -> anyhow::Result<()> {
    out.write_all(b"{")?;
    write_fields(out, tenant, facts)?;
    write_references(out, tenant, facts)?;
    write_metadata(out, facts, corpus)?;
    out.write_all(b"}")?;
    Ok(())
}

/// A time as the wire has it.
pub(crate) fn time(second: i64) -> anyhow::Result<Timestamp> {
    Ok(Timestamp::from_second(second)?)
}

fn write_fields(out: &mut impl Write, tenant: Tenant, facts: &Facts) -> anyhow::Result<()> {
    let Facts { channel, source, language, status, raised_hand, corruption, visitor, skill, .. } = facts;
    let (start, update) = (time(facts.start)?, time(facts.update)?);
    write!(out, r#""name": "{}", "startTime": "{start}", "createTime": "{start}", "#, facts.name())?;
    match facts.end {
        Some(end) => write!(out, r#""endTime": "{}", "state": "CLOSED", "#, time(end)?)?,
        None => write!(out, r#""state": "LIVE", "#)?,
    }
    write!(out, r#""updateTime": "{update}", "channel": "{channel}", "source": "{source}", "#)?;
    write!(
        out,
        r#""languageCode": "{language}", "status": "{status}", "raiseHandState": "{raised_hand}", "#
    )?;
    write!(out, r#""corruptionState": "{corruption}", "skill": "skill-{skill}", "#)?;
    write!(out, r#""visitor": {{"platformVisitorId": "visitor-{visitor}"}}, "#)?;
    write!(out, r#""conversationCorrelationId": "{}", "#, facts.correlation_id())?;
    write!(out, r#""platformInfo": {{"platformConversationId": "{}"}}, "#, facts.platform_id())?;
    write!(out, r#""deployment": {{"deploymentConfigId": "deployment-{}"}}, "#, facts.deployment)?;
    if facts.has_audio {
        let uri = format!("s3://recordings/{}/{}.wav", tenant.customer_id(), facts.id());
        write!(out, r#""audioPersistenceState": "PERSISTED", "persistedAudioUri": "{uri}", "#)?;
    }
    if facts.is_shared {
        write!(out, r#""sharingState": "SHARING_STATE_SHARED", "#)?;
    }
    if facts.is_to_be_deleted {
        write!(out, r#""persistenceState": "TO_BE_DELETED", "#)?;
    }
    let direction = if facts.is_inbound { "INBOUND" } else { "OUTBOUND" };
    write!(out, r#""direction": "{direction}""#)?;
    Ok(())
}

fn write_references(out: &mut impl Write, tenant: Tenant, facts: &Facts) -> anyhow::Result<()> {
    let profile = tenant.profile();
    if let Some(agent) = facts.agent {
        write!(out, r#", "agent": "{}""#, directory::user(tenant, agent))?;
    }
    if let Some(usecase) = facts.usecase {
        write!(out, r#", "usecase": "{profile}/usecases/usecase-{usecase}""#)?;
    }
    if let Some(virtual_agent) = facts.virtual_agent {
        write!(out, r#", "virtualAgent": "{}""#, directory::virtual_agent(tenant, virtual_agent))?;
    }
    if !facts.tags.is_empty() {
        let names = facts.tags.iter().map(|&tag| format!("\"{}\"", directory::tag(tenant, tag)));
        write!(out, r#", "tags": [{}]"#, names.collect::<Vec<_>>().join(","))?;
    }
    Ok(())
}

fn write_metadata(out: &mut impl Write, facts: &Facts, corpus: &Corpus) -> anyhow::Result<()> {
    let Facts { region, score, .. } = facts;
    if let Some(name) = facts.display_name(corpus) {
        write!(out, r#", "displayName": "{name}""#)?;
    }
    write!(out, r#", "metadata": {{"score": {{"values": [{{"numberValue": {score}}}]}}"#)?;
    let texts = [("region", *region), ("desk", facts.desk()), ("generation", facts.generation())];
    for (key, text) in texts.into_iter().chain(facts.note(corpus).map(|note| ("note", note))) {
        write!(out, r#", "{key}": {{"values": [{{"stringValue": "{text}"}}]}}"#)?;
    }
    if let Some(is_vip) = facts.is_vip {
        write!(out, r#", "vip": {{"values": [{{"booleanValue": {is_vip}}}]}}"#)?;
    }
    out.write_all(b"}")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_line_is_json_with_every_message() {
        let (tenant, corpus) = (Tenant { number: 0, conversations: 100 }, Corpus::small());
        for number in 0..tenant.conversations {
            let (facts, mut line) = (Facts::of(tenant, number), Vec::new());
            let messages = facts.messages(&corpus);
            write(&mut line, tenant, &facts, &messages, &corpus).unwrap();
            let read: Value = serde_json::from_slice(&line).unwrap();
            assert_eq!(read["messages"].as_array().map(Vec::len), Some(messages.len()));
            assert_eq!(read["conversation"]["name"], facts.name());
            assert_eq!(read["conversation"]["endTime"].is_string(), facts.end.is_some());
        }
    }
}
