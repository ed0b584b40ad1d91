//! Writes that wait for what another process holds, beside those that need not wait.
//!
//! Only where several processes write to one store.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use crate::engine::Claim;

/// What a write waits for at most.
const WAIT_MAX: Duration = Duration::from_secs(5);
/// How often what is held is asked for again.
const RETRY_EVERY: Duration = Duration::from_millis(10);

/// A write that came at some time, with what it must have alone.
pub(super) struct Claiming<M> {
    pub member: M,
    pub claims: Vec<Claim>,
    pub since: Instant,
}

/// Those that wait, in the order in which they came.
pub(super) struct Aside<M> {
    waiting: Vec<Claiming<M>>,
    tried: Instant,
}

impl<M> Default for Aside<M> {
    fn default() -> Self {
        Self { waiting: Vec::new(), tried: Instant::now() }
    }
}

impl<M> Aside<M> {
    pub(super) fn put(&mut self, claiming: impl IntoIterator<Item = Claiming<M>>) {
        self.waiting.extend(claiming);
        self.tried = Instant::now();
    }

    /// Whether one that waits was there first.
    pub(super) fn is_before(&self, claims: &[Claim]) -> bool {
        self.waiting.iter().any(|waiting| waiting.claims.iter().any(|claim| claims.contains(claim)))
    }

    /// When to try again; never where nobody waits.
    pub(super) fn due_in(&self) -> Option<Duration> {
        (!self.waiting.is_empty()).then(|| RETRY_EVERY.saturating_sub(self.tried.elapsed()))
    }

    /// Those that have waited for too long, and those to be tried again; nobody before it is time.
    pub(super) fn take_due(&mut self) -> (Vec<Claiming<M>>, Vec<Claiming<M>>) {
        if self.due_in() != Some(Duration::ZERO) {
            return (Vec::new(), Vec::new());
        }
        self.take_all().into_iter().partition(|waiting| waiting.since.elapsed() > WAIT_MAX)
    }

    pub(super) fn take_all(&mut self) -> Vec<Claiming<M>> {
        std::mem::take(&mut self.waiting)
    }
}

/// Everything that any of them must have alone, in the order in which everybody claims.
pub(super) fn all_claims<M>(claiming: &[Claiming<M>]) -> Vec<Claim> {
    let all: BTreeSet<Claim> = claiming.iter().flat_map(|one| one.claims.iter().copied()).collect();
    all.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenancy::ProfileKey;

    fn claiming(member: u8, profile: i64, since: Instant) -> Claiming<u8> {
        Claiming { member, claims: vec![Claim::Profile(ProfileKey(profile))], since }
    }

    #[test]
    fn who_came_first_goes_first_and_nobody_waits_for_ever() {
        let mut aside = Aside::default();
        assert_eq!((aside.due_in(), aside.take_due().1.len()), (None, 0));
        let long_ago = Instant::now().checked_sub(2 * WAIT_MAX).unwrap_or_else(Instant::now);
        aside.put([claiming(1, 7, long_ago), claiming(2, 7, Instant::now())]);
        assert!(aside.is_before(&[Claim::Tenancy, Claim::Profile(ProfileKey(7))]));
        assert!(!aside.is_before(&[Claim::Profile(ProfileKey(8))]));
        assert_eq!(aside.take_due().1.len(), 0, "not yet");
        std::thread::sleep(RETRY_EVERY);
        let (late, again) = aside.take_due();
        let members = |of: Vec<Claiming<u8>>| of.into_iter().map(|one| one.member).collect::<Vec<_>>();
        assert_eq!((members(late), members(again)), (vec![1], vec![2]));
    }
}
