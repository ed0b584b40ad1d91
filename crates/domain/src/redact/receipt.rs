//! What is kept of a removal: that it was, where, by whom and why. Never what was removed.

use super::{Place, SafeText};
use crate::{Id, Time, name::ConversationName};

/// The receipt of what was removed from one conversation in one transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct RedactionReceipt {
    pub id: Id,
    /// May be gone meanwhile.
    pub conversation: ConversationName,
    /// Resource name of the user or API key that asked for it.
    pub actor: String,
    pub reason: SafeText,
    /// The job that removed it.
    pub job: Option<Id>,
    pub places: Vec<Place>,
    pub create_time: Time,
}

impl Place {
    /// What is gone as a whole.
    pub fn whole(resource: &impl ToString) -> Self {
        Self { resource: resource.to_string(), ..Self::default() }
    }
}
