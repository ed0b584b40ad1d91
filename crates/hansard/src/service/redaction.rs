//! Which redaction a text gets: the profile's, unless its conversation was exempted on start.

use hansard_domain::{Error, Result, conversation::Conversation, redact::Redactor};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Holds a draft to its conversation, from inside the write: only there is it known which of the two
/// redactions is the right one.
#[derive(Debug, Clone)]
pub struct Exemption {
    draft: Draft,
    claimed: Arc<AtomicBool>,
}

/// What was done to the texts of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Draft {
    /// The profile masks nothing, so it is right for every conversation.
    Untouched,
    Masked,
    Exempt,
}

impl Exemption {
    /// Ends the write where masked text meets an exempted conversation, or exempt text one that is not.
    pub fn check(&self, conversation: &Conversation) -> Result<()> {
        let is_exempt = conversation.body.flags.skip_pii_redaction;
        match self.draft {
            Draft::Masked if is_exempt => {
                self.claimed.store(true, Ordering::Relaxed);
                Err(Error::aborted("the conversation is exempt from redaction"))
            }
            Draft::Exempt if !is_exempt => {
                Err(Error::aborted("the conversation was replaced by another meanwhile: retry"))
            }
            _ => Ok(()),
        }
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
    let draft = if redactor.masks_nothing() { Draft::Untouched } else { Draft::Masked };
    let exemption = Exemption { draft, claimed: Arc::clone(&claimed) };
    let outcome = attempt(Arc::clone(redactor), exemption.clone()).await;
    if outcome.is_err() && claimed.load(Ordering::Relaxed) {
        return attempt(Arc::new(Redactor::NONE), Exemption { draft: Draft::Exempt, ..exemption }).await;
    }
    outcome
}
