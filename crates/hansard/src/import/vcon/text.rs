//! Text dialogs of a vCon as messages.

use base64::{Engine, engine::general_purpose::URL_SAFE, engine::general_purpose::URL_SAFE_NO_PAD};
use hansard_proto::v1::{
    ConversationMessage, Email,
    conversation::Channel,
    conversation_message::{Speaker, State},
};
use serde_json::Value;

use super::{dialog::Dialog, party::Party};

/// The channel of a text dialog, by its media type or what names its medium.
pub(super) fn channel(dialog: &Dialog<'_>) -> Channel {
    let named = ["medium", "channel", "application"]
        .into_iter()
        .filter_map(|key| dialog.meta(key)?.as_str())
        .chain([dialog.media_type()])
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase();
    let channels = [
        ("whatsapp", Channel::Whatsapp),
        ("sms", Channel::Sms),
        ("mms", Channel::Sms),
        ("mail", Channel::Email),
        ("message/", Channel::Email),
        ("multipart/", Channel::Email),
    ];
    channels.into_iter().find(|(word, _)| named.contains(word)).map_or(Channel::Chat, |(_, channel)| channel)
}

/// The dialog as a message; an error tells why its text cannot be had.
pub(super) fn message(
    dialog: &Dialog<'_>,
    subject: &str,
    parties: &[Party],
) -> Result<ConversationMessage, &'static str> {
    let text = body(dialog)?;
    let html = dialog.media_type().starts_with("text/html");
    let sender = dialog.originator.and_then(|index| parties.get(index));
    Ok(ConversationMessage {
        text_html: if html { text.clone() } else { String::new() },
        text: if html { without_tags(&text) } else { text },
        speaker: sender.and_then(|party| party.role).unwrap_or(Speaker::Unspecified).into(),
        speaker_info: sender.and_then(Party::speaker_info),
        state: State::Final.into(),
        email: (channel(dialog) == Channel::Email).then(|| email(dialog, subject, parties)),
        ..ConversationMessage::default()
    })
}

fn body(dialog: &Dialog<'_>) -> Result<String, &'static str> {
    let body = match dialog.object.get("body") {
        Some(Value::String(body)) => body,
        Some(Value::Object(_) | Value::Array(_)) => return Err("its body is not a text"),
        _ => return Err("it only refers to its text, which is not fetched"),
    };
    if dialog.text("encoding") != Some("base64url") {
        return Ok(body.clone());
    }
    let bytes = URL_SAFE_NO_PAD.decode(body).or_else(|_| URL_SAFE.decode(body));
    String::from_utf8(bytes.map_err(|_| "its body is not base64url")?).map_err(|_| "its body is not UTF-8")
}

fn email(dialog: &Dialog<'_>, subject: &str, parties: &[Party]) -> Email {
    let involved =
        dialog.object.get("parties").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let others = involved.iter().filter_map(|index| usize::try_from(index.as_u64()?).ok());
    let mail =
        |index: usize| parties.get(index).map(|party| party.mail.clone()).filter(|mail| !mail.is_empty());
    Email {
        subject: dialog.text("subject").unwrap_or(subject).to_owned(),
        from: dialog.originator.and_then(mail).unwrap_or_default(),
        to: others.filter(|index| Some(*index) != dialog.originator).filter_map(mail).collect(),
        message_id: dialog.text("message_id").unwrap_or_default().to_owned(),
        ..Email::default()
    }
}

/// The readable text of HTML: enough to search and to show, the markup itself stays in textHtml.
fn without_tags(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        let Some((name, after)) = tag.split_once('>') else { break };
        if name.starts_with("br") || name.starts_with("/p") || name.starts_with("/div") {
            text.push('\n');
        }
        rest = after;
    }
    if !rest.contains('<') {
        text.push_str(rest);
    }
    let entities =
        [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    let text = entities.into_iter().fold(text, |text, (entity, character)| text.replace(entity, character));
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::without_tags;

    #[test]
    fn markup_leaves_readable_text() {
        assert_eq!(without_tags("<p>Hello &amp; <b>welcome</b></p><p>Bye</p>"), "Hello & welcome\nBye");
        assert_eq!(without_tags("1 < 2"), "1");
    }
}
