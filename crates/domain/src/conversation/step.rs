//! The life of a conversation's status as one table: every status and every step.
//!
//! Both dialects go through it. What a step writes down is in `lifecycle` and `transfer`.

use super::Status;
use crate::{Error, Result, code::Code};

/// Something that may happen to a conversation's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// Somebody reports that it goes on.
    Activate,
    Complete,
    Fail,
    Abandon,
    HandOver,
    /// It is closed by whoever leads it, with no status of its own.
    Close,
    /// It is opened again on purpose, whatever closed it.
    Reopen,
    TransferPending,
    TransferCompleted,
    TransferFailed,
    TransferReturned,
    /// Its service is shut down.
    Decommission,
}

/// What a step does to a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    Stays,
    Becomes(Status),
    /// It ends with the status that was asked for, or COMPLETED.
    Ends,
    Refused,
}

impl Status {
    /// Every status that a conversation can have.
    pub const ALL: [Self; 5] =
        [Self::Active, Self::Completed, Self::Failed, Self::Abandoned, Self::Transferred];

    /// The life cycle table.
    pub fn after(self, step: Step) -> Effect {
        use Effect::{Becomes, Ends, Refused, Stays};
        match (self, step) {
            (Self::Unspecified, _) => Refused,

            (Self::Active, Step::Activate | Step::Reopen) => Stays,
            (Self::Active, Step::Complete) => Becomes(Self::Completed),
            (Self::Active, Step::Fail) => Becomes(Self::Failed),
            (Self::Active, Step::Abandon) => Becomes(Self::Abandoned),
            (Self::Active, Step::HandOver | Step::TransferCompleted) => Becomes(Self::Transferred),
            (Self::Active, Step::Close | Step::Decommission) => Ends,
            (Self::Active, Step::TransferPending | Step::TransferFailed | Step::TransferReturned) => Stays,

            (_, Step::Reopen) => Becomes(Self::Active),
            (_, Step::Close | Step::Decommission | Step::TransferFailed) => Stays,

            (Self::Transferred, Step::HandOver | Step::TransferCompleted) => Stays,
            (Self::Transferred, Step::TransferReturned) => Becomes(Self::Active),

            (Self::Completed, Step::Complete) => Stays,
            (Self::Failed, Step::Fail) => Stays,
            (Self::Abandoned, Step::Abandon) => Stays,

            (_, Step::Activate | Step::Complete | Step::Fail | Step::Abandon | Step::HandOver) => Refused,
            (_, Step::TransferPending | Step::TransferCompleted | Step::TransferReturned) => Refused,
        }
    }

    /// The word of the contract.
    pub fn word(self) -> String {
        let (word, _) = Self::values()[self as usize];
        word.to_uppercase()
    }

    /// What a refusal tells.
    pub(super) fn cannot(self, step: Step) -> Error {
        let (from, to) = (self.word(), step.target().word());
        Error::failed_precondition(format!("a conversation that is {from} cannot become {to}"))
    }
}

impl Step {
    pub const ALL: [Self; 12] = [
        Self::Activate,
        Self::Complete,
        Self::Fail,
        Self::Abandon,
        Self::HandOver,
        Self::Close,
        Self::Reopen,
        Self::TransferPending,
        Self::TransferCompleted,
        Self::TransferFailed,
        Self::TransferReturned,
        Self::Decommission,
    ];

    /// The step of a report that a conversation has a status.
    pub fn to(status: Status) -> Result<Self> {
        match status {
            Status::Unspecified => Err(Error::missing("status")),
            Status::Active => Ok(Self::Activate),
            Status::Completed => Ok(Self::Complete),
            Status::Failed => Ok(Self::Fail),
            Status::Abandoned => Ok(Self::Abandon),
            Status::Transferred => Ok(Self::HandOver),
        }
    }

    /// The status that it leads to where it is allowed.
    fn target(self) -> Status {
        match self {
            Self::Activate | Self::Reopen | Self::TransferReturned => Status::Active,
            // A transfer that has not happened leaves the conversation where it is: with us.
            Self::TransferPending | Self::TransferFailed => Status::Active,
            Self::Complete | Self::Close | Self::Decommission => Status::Completed,
            Self::Fail => Status::Failed,
            Self::Abandon => Status::Abandoned,
            Self::HandOver | Self::TransferCompleted => Status::Transferred,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The table as the contract tells it: a row a step, a column a status in the order of `Status::ALL`.
    /// `=` stays, `.` is refused, a letter is the status that it becomes, `E` ends.
    const TABLE: [(Step, &str); 12] = [
        (Step::Activate, "= . . . ."),
        (Step::Complete, "C = . . ."),
        (Step::Fail, "F . = . ."),
        (Step::Abandon, "B . . = ."),
        (Step::HandOver, "T . . . ="),
        (Step::Close, "E = = = ="),
        (Step::Reopen, "= A A A A"),
        (Step::TransferPending, "= . . . ."),
        (Step::TransferCompleted, "T . . . ="),
        (Step::TransferFailed, "= = = = ="),
        (Step::TransferReturned, "= . . . A"),
        (Step::Decommission, "E = = = ="),
    ];

    fn letter(effect: Effect) -> &'static str {
        match effect {
            Effect::Stays => "=",
            Effect::Refused => ".",
            Effect::Ends => "E",
            Effect::Becomes(Status::Active) => "A",
            Effect::Becomes(Status::Completed) => "C",
            Effect::Becomes(Status::Failed) => "F",
            Effect::Becomes(Status::Abandoned) => "B",
            Effect::Becomes(Status::Transferred) => "T",
            Effect::Becomes(Status::Unspecified) => "?",
        }
    }

    #[test]
    fn the_table_is_the_contract_s() {
        assert_eq!(TABLE.map(|(step, _)| step), Step::ALL);
        for (step, expected) in TABLE {
            let row = Status::ALL.map(|from| letter(from.after(step))).join(" ");
            assert_eq!(row, expected, "{step:?}");
        }
    }

    #[test]
    fn only_a_return_and_a_reopening_lead_back() {
        for from in Status::ALL.into_iter().filter(|from| *from != Status::Active) {
            for step in Step::ALL {
                let leads_back = from.after(step) == Effect::Becomes(Status::Active);
                let is_return = step == Step::TransferReturned && from == Status::Transferred;
                assert_eq!(leads_back, step == Step::Reopen || is_return, "{from:?} {step:?}");
            }
        }
    }

    #[test]
    fn a_refusal_names_both() {
        let refused = Status::Completed.cannot(Step::to(Status::Active).unwrap());
        assert_eq!(refused.message(), "a conversation that is COMPLETED cannot become ACTIVE");
        assert!(Step::to(Status::Unspecified).is_err());
    }
}
