//! The dialogs of a vCon: recordings, texts, transfers and attempts.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::import::{
    item::{Context, Malformed},
    time,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Recording,
    Text,
    Transfer,
    Incomplete,
}

/// One dialog, with its whole object for what only one kind has.
#[derive(Debug)]
pub(super) struct Dialog<'a> {
    pub(super) index: usize,
    pub(super) kind: Kind,
    pub(super) start: Option<Timestamp>,
    pub(super) duration: Option<Duration>,
    /// The party who began it: `originator`, else the first of `parties`.
    pub(super) originator: Option<usize>,
    pub(super) object: &'a Map<String, Value>,
}

/// Reads the dialogs.
pub(super) fn read<'a>(
    vcon: &'a Map<String, Value>,
    context: &Context,
) -> Result<Vec<Dialog<'a>>, Malformed> {
    match vcon.get("dialog") {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(dialogs)) => {
            dialogs.iter().enumerate().map(|(index, dialog)| Dialog::read(index, dialog, context)).collect()
        }
        Some(_) => Err(Malformed::field("dialog", "is not a list")),
    }
}

impl<'a> Dialog<'a> {
    fn read(index: usize, dialog: &'a Value, context: &Context) -> Result<Self, Malformed> {
        let fault = |key: &str, reason: &str| Malformed::field(format!("dialog[{index}]{key}"), reason);
        let object = dialog.as_object().ok_or_else(|| fault("", "is not an object"))?;
        let kind = match object.get("type").and_then(Value::as_str) {
            Some("recording" | "audio" | "video") => Kind::Recording,
            Some("text") => Kind::Text,
            Some("transfer") => Kind::Transfer,
            Some("incomplete") => Kind::Incomplete,
            Some(_) => return Err(fault(".type", "is none of recording, text, transfer, incomplete")),
            None => return Err(fault(".type", "is missing")),
        };
        let given = |key: &str| object.get(key).filter(|value| !value.is_null());
        let start = given("start").map(|start| {
            time::from_json(start, &context.time_zone).ok_or_else(|| fault(".start", "is not a time"))
        });
        let duration = given("duration").map(|duration| {
            time::span_from_json(duration).ok_or_else(|| fault(".duration", "is not a number of seconds"))
        });
        Ok(Self {
            index,
            kind,
            start: start.transpose()?,
            duration: duration.transpose()?,
            originator: originator(object),
            object,
        })
    }

    pub(super) fn end(&self) -> Option<Timestamp> {
        Some(time::after(self.start?, self.duration.unwrap_or_default()))
    }

    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
        self.object.get(key)?.as_str()
    }

    /// A word of the dialog's `meta`, or of the dialog itself.
    pub(super) fn meta(&self, key: &str) -> Option<&'a Value> {
        self.object.get("meta").and_then(|meta| meta.get(key)).or_else(|| self.object.get(key))
    }

    /// `mediatype`, which older drafts call `mimetype`.
    pub(super) fn media_type(&self) -> &'a str {
        self.text("mediatype").or_else(|| self.text("mimetype")).unwrap_or_default()
    }
}

fn originator(object: &Map<String, Value>) -> Option<usize> {
    let parties = object.get("parties");
    let first = parties.and_then(|parties| parties.as_array().map_or(Some(parties), |list| list.first()));
    let first = first.map(|first| first.get("party").unwrap_or(first));
    object.get("originator").or(first)?.as_u64()?.try_into().ok()
}
