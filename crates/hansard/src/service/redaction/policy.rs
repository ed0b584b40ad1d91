//! Holds drafts to the policy that stands when they are written.
//!
//! Texts are masked before the store is asked, by the policy that this server knows. Another server may have changed it
//! without having been heard of yet; inside the write it is known.

use crate::app::App;
use hansard_domain::{Error, Result, caller::Scope};
use hansard_store::tenancy::ProfileTenant;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// A policy that changes again and again while a text is masked is somebody's mistake.
const ATTEMPTS_MAX: usize = 4;

/// The profile whose policy a draft was made by.
#[derive(Debug, Clone)]
pub(in super::super) struct Drafted {
    by: Arc<ProfileTenant>,
    is_outdated: Arc<AtomicBool>,
}

impl Drafted {
    pub(in super::super) fn profile(&self) -> &ProfileTenant {
        &self.by
    }

    /// Ends the write where the profile masks otherwise by now.
    pub(in super::super) fn check(&self, present: &Arc<ProfileTenant>) -> Result<()> {
        let (then, now) = (&self.by.body, &present.body);
        if Arc::ptr_eq(&self.by, present)
            || (then.redaction == now.redaction && then.redaction_patterns == now.redaction_patterns)
        {
            return Ok(());
        }
        self.is_outdated.store(true, Ordering::Relaxed);
        Err(Error::aborted("what the profile masks was changed meanwhile: retry"))
    }
}

/// Makes a draft and writes it, anew where the policy was changed in between.
pub(in super::super) async fn by_policy<T, F>(
    app: &App,
    scope: &Scope,
    attempt: impl Fn(Drafted) -> F,
) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    let mut attempts = 0;
    loop {
        attempts += 1;
        let drafted = Drafted { by: app.profile(scope).await?, is_outdated: Arc::default() };
        let outcome = attempt(drafted.clone()).await;
        if outcome.is_ok() || !drafted.is_outdated.load(Ordering::Relaxed) || attempts == ATTEMPTS_MAX {
            return outcome;
        }
    }
}
