//! The truths of the record: what every write keeps and no index or reference can say.
//!
//! Numbers without gaps, counters that count, columns that say what their bodies say, bodies that can be
//! read. A finding names the resource and never quotes it.

use std::error::Error as _;

use hansard_domain::{
    Error, Id, Result, annotation::AnnotationKind, conversation::Conversation, name::ConversationName,
};

use super::{Place, Report};
use crate::{
    Tx, find,
    tenancy::{CustomerKey, ProfileKey, ProfileTenant, Tenancy},
};

/// Rows that are in memory at a time.
const BATCH: i32 = 1000;
/// Tables whose rows belong to a conversation.
const PARTS: [&str; 7] = [
    "message",
    "growing_text",
    "event",
    "annotation",
    "scorecard",
    "conversation_tag",
    "conversation_counter",
];

/// Reads the whole record; `progress` sees the conversations.
pub(super) fn check(report: &mut Report, tx: &Tx<'_>, progress: &mut dyn FnMut(u64, u64)) -> Result<()> {
    let tenancy = match Tenancy::load(tx) {
        Ok(tenancy) => tenancy,
        Err(error) => {
            report.find(Place::File, format!("a tenant cannot be read: {}", reason(&error)));
            return Ok(());
        }
    };
    let total = count(tx, "select count(*) from conversation")?;
    progress(0, total);
    for (customer, tenant) in tenancy.customers() {
        let mut record = Record { report, tx, progress: &mut *progress, total };
        record.check_directory(tenant.key, ProfileKey(0), &format!("customers/{customer}"))?;
        for profile in tenancy.profiles(customer) {
            record.check_directory(tenant.key, profile.key, &profile.name.to_string())?;
            record.check_changes(profile)?;
            record.check_templates(profile)?;
            record.check_conversations(profile)?;
        }
    }
    check_orphans(report, tx)
}

/// The check of one customer's record.
struct Record<'a, 't> {
    report: &'a mut Report,
    tx: &'a Tx<'t>,
    progress: &'a mut dyn FnMut(u64, u64),
    total: u64,
}

impl Record<'_, '_> {
    fn find(&mut self, resource: &impl ToString, problem: impl Into<String>) {
        self.report.find(Place::Resource(resource.to_string()), problem);
    }

    fn check_directory(&mut self, customer: CustomerKey, profile: ProfileKey, parent: &str) -> Result<()> {
        for (entry, problem) in self.tx.unfit_entries(customer, profile)? {
            self.find(&format!("{parent}/{entry}"), problem);
        }
        Ok(())
    }

    /// Changes are numbered 1, 2, 3 ... up to the number that the profile gives as the last.
    fn check_changes(&mut self, profile: &ProfileTenant) -> Result<()> {
        let (mut count, mut first, mut last, mut gaps) = (0, 1, 0, false);
        let read = self.tx.each_change(profile.key, (0, i64::MAX), |change| {
            if count == 0 {
                first = change.number;
            }
            gaps |= change.number != last + 1;
            (count, last) = (count + 1, change.number);
            change.kind().map(|_| true)
        });
        self.report.changes += count;
        if let Err(error) = read {
            self.find(&profile.name, unreadable(&format!("a change after {last}"), &error));
            return Ok(());
        }
        if gaps {
            self.find(
                &profile.name,
                format!("its {count} changes are numbered {first} to {last}, with gaps"),
            );
        }
        let stated = self.tx.last_change_number(profile.key)?;
        if stated != last {
            self.find(&profile.name, format!("its last change is {last}, and it gives {stated} as the last"));
        }
        Ok(())
    }

    fn check_templates(&mut self, profile: &ProfileTenant) -> Result<()> {
        if let Err(error) = self.tx.list_revisions(profile.key) {
            self.find(&profile.name, unreadable("a scorecard template", &error));
        }
        let missing = self.tx.list_scorecards_without_template(profile.key)?;
        for id in missing {
            self.find(&profile.name.scorecard(id), "its template is not there");
        }
        Ok(())
    }

    fn check_conversations(&mut self, profile: &ProfileTenant) -> Result<()> {
        let mut number = 0;
        loop {
            let sql = "select conversation_key, conversation_id from conversation
                where profile_key = $1 and conversation_key > $2 order by conversation_key limit $3";
            let params = [profile.key.into(), number.into(), BATCH.into()];
            let batch = self.tx.rows(sql, &params, |row| Ok((row.i64(0)?, Id::known(row.text(1)?))))?;
            let Some((last, _)) = batch.last() else { break };
            number = *last;
            for (_, id) in batch {
                self.check_conversation(profile, &profile.name.conversation(id))?;
                self.report.conversations += 1;
                (self.progress)(self.report.conversations, self.total);
            }
        }
        for (first, last) in find::unfit_blocks(self.tx, profile.key)? {
            self.find(
                &profile.name,
                format!("the index of conversations {first} to {last} is not what they say"),
            );
        }
        let given = self.tx.last_conversation_number(profile.key)?;
        if given < number {
            self.find(&profile.name, format!("it has a conversation {number}, and gave {given} as the last"));
        }
        Ok(())
    }

    fn check_conversation(&mut self, profile: &ProfileTenant, name: &ConversationName) -> Result<()> {
        let conversation = match self.tx.find_conversation(profile.key, name) {
            Ok(Some((conversation, _))) => conversation,
            Ok(None) => {
                self.find(name, "its index does not lead to it");
                return Ok(());
            }
            Err(error) => {
                self.find(name, unreadable("it", &error));
                return Ok(());
            }
        };
        if !self.tx.has_columns_of(profile.key, &conversation)? {
            self.find(name, "its columns do not say what its body says");
        }
        self.check_messages(profile, &conversation)?;
        self.check_events(profile, &conversation)?;
        self.check_annotations(profile, &conversation);
        Ok(())
    }

    fn check_annotations(&mut self, profile: &ProfileTenant, conversation: &Conversation) {
        let (key, number) = (profile.key, conversation.number);
        for kind in AnnotationKind::ALL {
            if let Err(error) = self.tx.list_annotations(key, conversation, kind, "", i32::MAX) {
                self.find(&conversation.name, unreadable(&format!("one of its {}", kind.segment()), &error));
            }
        }
        let scorecards = self.tx.list_scorecards_of(key, &profile.name, number, "", i32::MAX);
        if let Err(error) = scorecards {
            self.find(&conversation.name, unreadable("one of its scorecards", &error));
        }
    }

    fn check_messages(&mut self, profile: &ProfileTenant, conversation: &Conversation) -> Result<()> {
        let list = |tx: &Tx<'_>, after| {
            let messages = tx.list_messages(profile.key, conversation, after, true, BATCH)?;
            Ok(messages.iter().map(|message| message.position).collect())
        };
        let count = self.check_numbers(&conversation.name, "message", conversation.counters.messages, list);
        self.report.messages += count;
        Ok(())
    }

    fn check_events(&mut self, profile: &ProfileTenant, conversation: &Conversation) -> Result<()> {
        let list = |tx: &Tx<'_>, after| {
            let events = tx.list_events(profile.key, conversation, after, &[], BATCH)?;
            Ok(events.iter().map(|event| event.sequence).collect())
        };
        let count = self.check_numbers(&conversation.name, "event", conversation.counters.events, list);
        self.report.events += count;
        Ok(())
    }

    /// Parts are numbered 1, 2, 3 ... up to the counter; answers how many there are.
    fn check_numbers(
        &mut self,
        name: &ConversationName,
        part: &str,
        counter: i32,
        list: impl Fn(&Tx<'_>, i32) -> Result<Vec<i32>>,
    ) -> u64 {
        let (mut last, mut count) = (0, 0);
        loop {
            let numbers = match list(self.tx, last) {
                Ok(numbers) => numbers,
                Err(error) => {
                    self.find(name, unreadable(&format!("{part} {} or a later one", last + 1), &error));
                    return count;
                }
            };
            if numbers.is_empty() {
                break;
            }
            count += numbers.len() as u64;
            for number in numbers {
                if number != last + 1 {
                    self.find(name, format!("{part} {} is missing before {part} {number}", last + 1));
                }
                last = number;
            }
        }
        if last != counter {
            self.find(name, format!("its last {part} is {last}, and its counter says {counter}"));
        }
        count
    }
}

/// Parts of conversations that are not there.
fn check_orphans(report: &mut Report, tx: &Tx<'_>) -> Result<()> {
    for table in PARTS {
        let sql = format!(
            "select count(*) from {table} p where not exists (
                select 1 from conversation c
                where c.profile_key = p.profile_key and c.conversation_key = p.conversation_key)"
        );
        let orphans = count(tx, &sql)?;
        if orphans > 0 {
            report.find(Place::File, format!("{orphans} rows of {table} belong to no conversation"));
        }
    }
    Ok(())
}

fn count(tx: &Tx<'_>, sql: &str) -> Result<u64> {
    Ok(tx.row(sql, &[], |row| row.i64(0))?.unwrap_or_default().unsigned_abs())
}

fn unreadable(what: &str, error: &Error) -> String {
    format!("{what} cannot be read: {}", reason(error))
}

/// The inner reason of an error, which by the rule of the house quotes no content.
fn reason(error: &Error) -> String {
    error.source().map_or_else(|| error.message().to_owned(), ToString::to_string)
}
