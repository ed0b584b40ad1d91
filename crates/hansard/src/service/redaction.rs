//! Which redaction a text gets: the profile's, unless its conversation was exempted on start.
//!
//! What was said before is recalled in `hearing`, an external detector is asked in `consulting`, a policy that was changed
//! meanwhile is met in `policy`.

mod consulting;
pub mod hearing;
mod policy;

pub(super) use consulting::consult;
pub(super) use hearing::Hearing;
pub(super) use policy::{Drafted, by_policy};

use super::Call;
use crate::app::App;
use hansard_domain::{
    Error, Result,
    caller::{Permission, Scope},
    conversation::Conversation,
    name::ConversationName,
    redact::Redactor,
};
use hansard_store::{Direct, Needs, Outcome, Unit, Written, tenancy::ProfileTenant};
use std::{
    fmt::Display,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// Holds a draft to its conversation, from inside the write: only there is it known which of the two
/// redactions is the right one.
#[derive(Debug, Clone)]
struct Exemption {
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
    fn check(&self, conversation: &Conversation) -> Result<()> {
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

/// What a draft holds to, from inside the write.
#[derive(Debug, Clone)]
struct Terms {
    policy: Drafted,
    exemption: Exemption,
}

impl Terms {
    fn check(&self, profile: &Arc<ProfileTenant>, conversation: &Conversation) -> Result<()> {
        self.policy.check(profile)?;
        self.exemption.check(conversation)
    }
}

/// A write of drafted texts into one conversation.
#[derive(Clone, Copy)]
pub(super) struct TextWrite<'n> {
    pub conversation: &'n ConversationName,
    /// What is not found where the caller may not see it.
    pub resource: &'n (dyn Display + Sync),
    pub permission: Permission,
    pub operation: &'static str,
}

impl TextWrite<'_> {
    /// Drafts the texts with the redaction that applies, and applies them to the loaded conversation; `needs` adds
    /// what else is to be loaded.
    pub(super) async fn run<T: Outcome, D: Send + 'static>(
        self,
        app: &App,
        call: &Call,
        draft: impl Fn(&Redactor) -> Result<D> + Sync,
        needs: impl Fn(Needs, &D) -> Needs + Sync,
        apply: impl Fn(&mut Unit<'_>, &mut Conversation, D) -> Result<T> + Clone + Send + Sync + 'static,
    ) -> Result<Written<T>> {
        let scope = call.caller.enter(&self.conversation.profile, self.resource, self.permission)?;
        let (scope, draft, needs, apply) = (&scope, &draft, &needs, &apply);
        redacted(app, scope, draft, |redactor: Arc<Redactor>, terms: Terms| {
            let (name, apply) = (self.conversation.clone(), apply.clone());
            async move {
                let drafted = draft(&redactor)?;
                let needs = needs(Needs::conversation(&name), &drafted);
                let work = move |unit: &mut Unit<'_>| {
                    let mut conversation = unit.conversation(&name)?;
                    terms.check(unit.profile(), &conversation)?;
                    let outcome = apply(unit, &mut conversation, drafted)?;
                    unit.put(&conversation);
                    Ok(outcome)
                };
                app.store.write(scope, &call.ticket, self.operation, needs, work).await
            }
        })
        .await
    }

    /// As [`Self::run`], in a transaction of its own; what changes of the conversation itself is for `apply` to put.
    pub(super) async fn transact<T: Outcome, D: Send + 'static>(
        self,
        app: &App,
        call: &Call,
        draft: impl Fn(&Redactor) -> Result<D> + Sync,
        apply: impl Fn(&mut Direct<'_>, &Conversation, D) -> Result<T> + Clone + Send + Sync + 'static,
    ) -> Result<Written<T>> {
        let scope = call.caller.enter(&self.conversation.profile, self.resource, self.permission)?;
        let (scope, draft, apply) = (&scope, &draft, &apply);
        redacted(app, scope, draft, |redactor: Arc<Redactor>, terms: Terms| {
            let (name, apply) = (self.conversation.clone(), apply.clone());
            async move {
                let drafted = draft(&redactor)?;
                let work = move |direct: &mut Direct<'_>| {
                    let conversation = direct.conversation(&name)?;
                    terms.check(direct.profile(), &conversation)?;
                    apply(direct, &conversation, drafted)
                };
                app.store.transact(scope, &call.ticket, self.operation, work).await
            }
        })
        .await
    }
}

/// Attempts a write with the profile's redaction and, where the conversation is exempt, without.
///
/// Texts are drafted outside the store, where their conversation is not known yet; exempt ones are rare.
async fn redacted<T, D, F>(
    app: &App,
    scope: &Scope,
    draft: &(impl Fn(&Redactor) -> Result<D> + Sync),
    attempt: impl Fn(Arc<Redactor>, Terms) -> F + Sync,
) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    let attempt = &attempt;
    by_policy(app, scope, |policy| async move {
        let redactor = consult(app, policy.profile(), draft).await?;
        let claimed = Arc::new(AtomicBool::new(false));
        let made = if redactor.masks_nothing() { Draft::Untouched } else { Draft::Masked };
        let terms = Terms { policy, exemption: Exemption { draft: made, claimed: Arc::clone(&claimed) } };
        let outcome = attempt(redactor, terms.clone()).await;
        if outcome.is_err() && claimed.load(Ordering::Relaxed) {
            let exemption = Exemption { draft: Draft::Exempt, ..terms.exemption };
            return attempt(Arc::new(Redactor::NONE), Terms { exemption, ..terms }).await;
        }
        outcome
    })
    .await
}
