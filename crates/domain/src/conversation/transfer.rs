//! Hand-overs of a conversation to somebody else: where to, how far each is, and what that does to the conversation.

use super::{
    Conversation, Status, is_default,
    lifecycle::with_actor,
    step::{Effect, Step},
};
use crate::{
    Error, Result, Time, codes, limits,
    redact::{Redactor, SafeJson, SafeText},
};
use serde::{Deserialize, Serialize};

codes! { TransferStatus { Unspecified = 0, Pending = 1, Completed = 2, Failed = 3, Returned = 4 } }
codes! { TransferType { Unspecified = 0, Blind = 1, Warm = 2 } }

/// Why a transfer failed while another one was begun.
const SUPERSEDED: &str = "another transfer was begun";
/// How many digits an internal extension has.
const EXTENSION_DIGITS: std::ops::RangeInclusive<usize> = 2..=8;

/// One hand-over of the conversation to somebody else.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Transfer {
    pub target: String,
    pub status: TransferStatus,
    #[serde(skip_serializing_if = "is_default")]
    pub kind: TransferType,
    #[serde(skip_serializing_if = "is_default")]
    pub initiate_time: Option<Time>,
    #[serde(skip_serializing_if = "is_default")]
    pub complete_time: Option<Time>,
    #[serde(skip_serializing_if = "is_default")]
    pub reason: SafeText,
}

/// What a report changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Transferred {
    pub transfer: Transfer,
    /// The status before, where the conversation has another one now.
    pub before: Option<Status>,
}

/// How a report of a transfer stands to what is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stand {
    New,
    /// It goes on with the transfer of this index.
    Next(usize),
    /// The transfer of this index is so far already.
    Repeated(usize),
    /// The transfer of this index is further than that.
    Late(usize),
}

impl TransferStatus {
    /// Whether a transfer that is so far may become `next`.
    fn leads_to(self, next: Self) -> bool {
        match self {
            Self::Unspecified | Self::Pending => true,
            Self::Completed => next == Self::Returned,
            Self::Failed | Self::Returned => false,
        }
    }

    fn step(self) -> Result<Step> {
        match self {
            Self::Unspecified => Err(Error::missing("status")),
            Self::Pending => Ok(Step::TransferPending),
            Self::Completed => Ok(Step::TransferCompleted),
            Self::Failed => Ok(Step::TransferFailed),
            Self::Returned => Ok(Step::TransferReturned),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Unspecified => "unspecified",
            Self::Pending => "pending",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Returned => "returned",
        }
    }
}

impl Transfer {
    /// Checks everything that needs no stored state; paths are relative to the transfer.
    pub fn check(&self) -> Result<()> {
        check_target("target", &self.target)?;
        self.status.step()?;
        limits::short("reason", self.reason.as_str())
    }

    /// Whether both are of one hand-over: to the same target, and begun at the same time where both tell it.
    fn is_of(&self, report: &Self) -> bool {
        let times = self.initiate_time.zip(report.initiate_time);
        self.target == report.target && times.is_none_or(|(one, other)| one == other)
    }

    /// Takes what a report tells, and keeps what it does not.
    fn take(&mut self, report: Self) {
        self.status = report.status;
        if report.kind != TransferType::Unspecified {
            self.kind = report.kind;
        }
        self.initiate_time = report.initiate_time.or(self.initiate_time);
        self.complete_time = report.complete_time.or(self.complete_time);
        if !report.reason.is_empty() {
            self.reason = report.reason;
        }
    }
}

/// Refuses what is neither a phone number in E.164 nor an internal extension.
fn check_target(field: &str, target: &str) -> Result<()> {
    if target.is_empty() {
        return Err(Error::missing(field));
    }
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_extension = EXTENSION_DIGITS.contains(&target.len()) && is_digits(target);
    // The parser would also take spaces and other ways to write a number.
    let is_number = target.strip_prefix('+').is_some_and(is_digits)
        && phonenumber::parse(None, target).is_ok_and(|number| phonenumber::is_valid(&number));
    if is_extension || is_number {
        return Ok(());
    }
    Err(Error::invalid(
        field,
        "must be a valid phone number in E.164, as +12125559876, or an extension of 2 to 8 digits",
    ))
}

/// How a report stands to what is known: to the latest transfer that it may be about.
fn stand_of(known: &[Transfer], report: &Transfer) -> Stand {
    let Some(index) = known.iter().rposition(|transfer| transfer.is_of(report)) else { return Stand::New };
    let transfer = &known[index];
    let is_over = matches!(transfer.status, TransferStatus::Failed | TransferStatus::Returned);
    let is_same = transfer.initiate_time.is_some() && transfer.initiate_time == report.initiate_time;
    if transfer.status == report.status {
        Stand::Repeated(index)
    } else if transfer.status.leads_to(report.status) {
        Stand::Next(index)
    } else if report.status == TransferStatus::Pending && is_over && !is_same {
        Stand::New
    } else {
        Stand::Late(index)
    }
}

impl Conversation {
    /// Takes a report of a transfer; nothing where it tells nothing new.
    ///
    /// What comes late never leads back: a transfer only goes on, and a conversation that has ended stays so.
    pub fn report_transfer(
        &mut self,
        report: Transfer,
        actor: &str,
        now: Time,
    ) -> Result<Option<Transferred>> {
        report.check()?;
        let stand = stand_of(&self.body.transfers, &report);
        let effect = match stand {
            Stand::New | Stand::Next(_) => self.effect_of(report.status.step()?)?,
            Stand::Repeated(_) => Effect::Stays,
            Stand::Late(index) => {
                let (known, told) = (self.body.transfers[index].status.word(), report.status.word());
                let text = format!("a transfer that is {known} cannot become {told}");
                return Err(Error::failed_precondition(text));
            }
        };
        let (before, known, reason) = (self.body.status, self.body.transfers.clone(), report.reason.clone());
        let transfer = match stand {
            Stand::New => self.add_transfer(report)?,
            Stand::Next(index) | Stand::Repeated(index) | Stand::Late(index) => {
                let transfer = &mut self.body_mut().transfers[index];
                transfer.take(report);
                transfer.clone()
            }
        };
        if self.body.transfers == known {
            return Ok(None);
        }
        let metadata = with_actor(&SafeJson::default(), actor);
        match effect {
            Effect::Becomes(Status::Active) => self.reopen(reason, metadata, now)?,
            Effect::Becomes(status) => self.close(status, reason, metadata, None, now)?,
            Effect::Stays | Effect::Ends | Effect::Refused => {}
        }
        self.touch(now);
        let before = (before != self.body.status).then_some(before);
        Ok(Some(Transferred { transfer, before }))
    }

    /// Adds a transfer. One that is still pending fails by it: nobody is handed over twice at a time.
    fn add_transfer(&mut self, transfer: Transfer) -> Result<Transfer> {
        limits::items_at_most("transfers", self.body.transfers.len() + 1, limits::LIST_ITEMS_MAX)?;
        if matches!(transfer.status, TransferStatus::Pending | TransferStatus::Completed) {
            self.fail_pending_transfers(&Redactor::NONE.text(SUPERSEDED));
        }
        self.body_mut().transfers.push(transfer.clone());
        Ok(transfer)
    }

    /// Fails what is pending; a reason that was given for it stays.
    pub(super) fn fail_pending_transfers(&mut self, reason: &SafeText) {
        let is_pending = |transfer: &Transfer| transfer.status == TransferStatus::Pending;
        if !self.body.transfers.iter().any(is_pending) {
            return;
        }
        for transfer in self.body_mut().transfers.iter_mut().filter(|transfer| is_pending(transfer)) {
            transfer.status = TransferStatus::Failed;
            if transfer.reason.is_empty() {
                transfer.reason = reason.clone();
            }
        }
    }
}

#[cfg(test)]
mod tests;
