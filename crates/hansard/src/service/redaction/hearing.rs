//! What was said in a conversation lately, for the search of what is said next.
//!
//! It is kept in memory alone: digits that were read out are nowhere else. Where it is not there (after a restart, on
//! another replica) the stored messages tell what was spoken of.

use super::super::Call;
use crate::app::App;
use hansard_domain::{
    Result,
    caller::Permission,
    message::Message,
    name::ConversationName,
    redact::{Earlier, Redactor, Turns},
};
use hansard_store::{Reading, Recent};
use std::sync::{Arc, Mutex, PoisonError};

/// Messages that the detector looks back.
const LOOKED_BACK: i32 = 6;
/// Of each of the two generations.
const HEARD_BYTES: usize = 8 << 20;
/// What a conversation takes, with its name.
const BYTES_EACH: usize = 512;

/// What was heard last in each of the latest conversations.
#[derive(Debug)]
pub struct Heard(Mutex<Recent<ConversationName, Earlier>>);

impl Default for Heard {
    fn default() -> Self {
        Self(Mutex::new(Recent::of_bytes(HEARD_BYTES)))
    }
}

impl Heard {
    fn find(&self, name: &ConversationName) -> Option<Earlier> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).find(name)
    }

    /// Remembers what was heard in a conversation.
    pub fn keep(&self, name: &ConversationName, earlier: Earlier) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).put(name.clone(), earlier, BYTES_EACH);
    }
}

/// One conversation, while a write of its messages is drafted.
pub(in super::super) struct Hearing<'n> {
    name: &'n ConversationName,
    before: Earlier,
    after: Mutex<Option<Earlier>>,
}

impl<'n> Hearing<'n> {
    /// Recalls what was said before; whether the conversation is there is for the write to tell.
    pub(in super::super) async fn of(app: &App, call: &Call, name: &'n ConversationName) -> Self {
        let before = match app.heard.find(name) {
            Some(earlier) => earlier,
            None => recall(app, call, name).await.unwrap_or_default(),
        };
        Self { name, before, after: Mutex::default() }
    }

    /// Drafts messages, each knowing those before.
    pub(in super::super) fn listen<T>(
        &self,
        redactor: &Redactor,
        draft: impl Fn(&mut Turns<'_>) -> Result<T>,
    ) -> Result<T> {
        let mut turns = Turns::new(redactor, self.before.clone());
        let drafted = draft(&mut turns)?;
        *self.after.lock().unwrap_or_else(PoisonError::into_inner) = Some(turns.into_earlier());
        Ok(drafted)
    }

    /// Remembers the drafted messages, once they are stored.
    pub(in super::super) fn keep(self, app: &App) {
        if let Some(after) = self.after.into_inner().unwrap_or_else(PoisonError::into_inner) {
            app.heard.keep(self.name, after);
        }
    }
}

async fn recall(app: &App, call: &Call, name: &ConversationName) -> Result<Earlier> {
    let scope = call.caller.enter(&name.profile, name, Permission::AppendMessage)?;
    let redactor = Arc::clone(&app.profile(&scope).await?.redactor);
    if redactor.masks_nothing() {
        return Ok(Earlier::none());
    }
    let name = name.clone();
    let read = move |reading: &Reading<'_>| {
        let conversation = reading.conversation(&name)?;
        reading.last_messages(&conversation, LOOKED_BACK)
    };
    let latest: Vec<Message> = app.store.read(&scope, "recall_messages", read).await?;
    let mut turns = Turns::new(&redactor, Earlier::none());
    latest.iter().for_each(|message| turns.recall(&message.content.text));
    Ok(turns.into_earlier())
}
