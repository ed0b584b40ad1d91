//! Which redaction a text gets: the profile's, unless its conversation was exempted on start.

use hansard_domain::{Error, Result, conversation::Conversation, redact::Redactor};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Tells, from inside a write, that the conversation wants its text as it came.
#[derive(Debug, Clone)]
pub struct Exemption {
    masks: bool,
    claimed: Arc<AtomicBool>,
}

impl Exemption {
    /// Ends the write where masked text meets an exempted conversation.
    pub fn check(&self, conversation: &Conversation) -> Result<()> {
        if self.masks && conversation.body.flags.skip_pii_redaction {
            self.claimed.store(true, Ordering::Relaxed);
            return Err(Error::aborted("the conversation is exempt from redaction"));
        }
        Ok(())
    }
}

/// Attempts a write with the profile's redaction and, where the conversation is exempt, without.
///
/// Texts are drafted outside the store, where their conversation is not known yet; exempt ones are rare.
pub async fn redacted<T, F>(
    redactor: &Arc<Redactor>,
    attempt: impl Fn(Arc<Redactor>, Exemption) -> F,
) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    let claimed = Arc::new(AtomicBool::new(false));
    let exemption = Exemption { masks: !redactor.masks_nothing(), claimed: Arc::clone(&claimed) };
    let outcome = attempt(Arc::clone(redactor), exemption.clone()).await;
    if outcome.is_err() && claimed.load(Ordering::Relaxed) {
        return attempt(Arc::new(Redactor::NONE), Exemption { masks: false, ..exemption }).await;
    }
    outcome
}
