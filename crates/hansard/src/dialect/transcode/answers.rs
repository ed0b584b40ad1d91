//! Printed answers that need not be made anew while the service says that they are right.
//!
//! It never decides that itself: a kept answer's validator goes with the next equal request to the service, which
//! checks the caller as always and then either says that nothing was modified or answers anew.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use hansard_store::Recent;

use crate::service::validator::Validator;

/// Kept at most, twice.
const BYTES_MAX: usize = 8 << 20;

/// The path of the RPC and the request's message.
type Asked = (Arc<str>, Vec<u8>);

#[derive(Clone)]
pub(crate) struct Printed {
    pub(crate) validator: Validator,
    pub(crate) json: Bytes,
}

pub(crate) struct Answers(Mutex<Recent<Asked, Printed>>);

impl Default for Answers {
    fn default() -> Self {
        Self(Mutex::new(Recent::of_bytes(BYTES_MAX)))
    }
}

impl Answers {
    pub(crate) fn find(&self, asked: &Asked) -> Option<Printed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).find(asked)
    }

    pub(crate) fn keep(&self, asked: Asked, printed: Printed) {
        let bytes = asked.1.len() + printed.json.len();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).put(asked, printed, bytes);
    }

    pub(crate) fn forget(&self, asked: &Asked) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(asked);
    }
}
