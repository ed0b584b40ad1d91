//! What another detector says of the texts of a draft.
//!
//! A draft is made twice: the first time it notes which texts are to be shown to the other detector, the second time what
//! that found is masked too. Asking is the matter of whoever may do I/O.

use super::Hit;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
};

#[derive(Debug, Default)]
pub struct SecondOpinion {
    asked: Mutex<BTreeSet<String>>,
    found: BTreeMap<String, Vec<Hit>>,
}

impl SecondOpinion {
    /// What was found in texts, by the text.
    pub fn new(found: BTreeMap<String, Vec<Hit>>) -> Self {
        Self { found, asked: Mutex::default() }
    }

    /// The texts that nothing is known of.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap_or_else(PoisonError::into_inner)).into_iter().collect()
    }

    pub(super) fn of(&self, text: &str) -> &[Hit] {
        match self.found.get(text) {
            Some(hits) => hits,
            None => {
                if !text.trim().is_empty() {
                    self.asked.lock().unwrap_or_else(PoisonError::into_inner).insert(text.to_owned());
                }
                &[]
            }
        }
    }
}
