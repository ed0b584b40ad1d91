//! What the retention deletes: a preview, and the walk of a sweep.

use crate::{
    Direct, Reading,
    find::{Dues, FoundDue},
};
use hansard_domain::{
    Id, Result, Time,
    conversation::Conversation,
    retention::{Ground, Policy},
};
use std::collections::BTreeSet;

/// What a policy would delete of a profile, exactly.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RetentionPreview {
    pub due: i64,
    /// In the order of the policy's rules.
    pub rules: Vec<RuleCounts>,
    /// Due by their own word for how long they are kept.
    pub own: i64,
    /// Due because they are marked as to be deleted.
    pub marked: i64,
    /// Would be due, were it not for a legal hold.
    pub held: i64,
    pub earliest: Option<Time>,
    /// Those that have been due for longest.
    pub sample: Vec<Id>,
}

/// What one rule is about, and no rule before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RuleCounts {
    pub due: i64,
    pub waiting: i64,
}

/// What a stretch of a profile holds for a sweep.
#[derive(Debug, Clone, Default)]
pub struct DuePage {
    /// Numbers of those to be deleted.
    pub due: Vec<i64>,
    pub held: i64,
    /// When the first of those to be deleted was due.
    pub earliest: Option<Time>,
    /// The block to go on with; none at the end.
    pub next: Option<i64>,
}

impl Reading<'_> {
    /// Tells what a policy would delete at a time, with the names of at most so many.
    pub fn preview_retention(&self, policy: &Policy, now: Time, names: usize) -> Result<RetentionPreview> {
        let dues = self.dues(policy)?;
        let mut preview =
            RetentionPreview { rules: vec![RuleCounts::default(); policy.rules.len()], ..Default::default() };
        let mut longest: BTreeSet<(Time, i64)> = BTreeSet::new();
        for block in dues.blocks() {
            dues.each_of(block, Time::MAX, |found| {
                if preview.add(found, now) {
                    longest.insert((found.due.time, found.number));
                    if longest.len() > names {
                        longest.pop_last();
                    }
                }
            })?;
        }
        for (_, number) in longest {
            let found = self.tx().find_by_number(self.profile_key(), self.profile_name(), number)?;
            preview.sample.extend(found.map(|found| found.name.conversation));
        }
        Ok(preview)
    }

    /// What is due at a time in so many blocks of the profile, from one on.
    pub fn due_page(&self, policy: &Policy, now: Time, from: i64, blocks: usize) -> Result<DuePage> {
        let dues = self.dues(policy)?;
        let mut ahead = dues.blocks().filter(|block| *block >= from);
        let mut page = DuePage::default();
        for block in ahead.by_ref().take(blocks) {
            dues.each_of(block, now, |found| {
                if found.is_held {
                    page.held += 1;
                } else {
                    page.due.push(found.number);
                    page.earliest = earlier(page.earliest, found.due.time);
                }
            })?;
        }
        page.next = ahead.next();
        Ok(page)
    }

    fn dues(&self, policy: &Policy) -> Result<Dues<'_>> {
        Ok(Dues::new((self.tx(), self.newest()?), self.profile_key(), policy))
    }
}

impl RetentionPreview {
    /// Counts one; answers whether it is to be deleted.
    fn add(&mut self, found: FoundDue, now: Time) -> bool {
        let is_due = found.due.time <= now;
        if found.is_held {
            self.held += i64::from(is_due);
            return false;
        }
        self.earliest = earlier(self.earliest, found.due.time);
        let count = i64::from(is_due);
        self.due += count;
        match found.due.ground {
            Ground::Marked => self.marked += count,
            Ground::Own => self.own += count,
            Ground::Rule(index) => {
                self.rules[index].due += count;
                self.rules[index].waiting += 1 - count;
            }
        }
        is_due
    }
}

fn earlier(one: Option<Time>, other: Time) -> Option<Time> {
    Some(one.map_or(other, |one| one.min(other)))
}

impl Direct<'_> {
    /// The conversation with a number of the profile.
    pub fn by_number(&self, number: i64) -> Result<Option<Conversation>> {
        let profile = self.profile();
        self.tx.find_by_number(profile.key, &profile.name, number)
    }
}
