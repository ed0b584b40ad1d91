//! What is known of blocks by now.

use std::cell::RefCell;

/// Blocks are numbered from 0 without great gaps, and asked of each conversation.
pub(super) struct ByBlock<T>(RefCell<Vec<Option<T>>>);

impl<T> Default for ByBlock<T> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<T: Clone> ByBlock<T> {
    pub(super) fn get(&self, block: i64) -> Option<T> {
        self.0.borrow().get(usize::try_from(block).ok()?)?.clone()
    }

    pub(super) fn put(&self, block: i64, known: T) {
        let Ok(place) = usize::try_from(block) else { return };
        let mut blocks = self.0.borrow_mut();
        if blocks.len() <= place {
            blocks.resize(place + 1, None);
        }
        blocks[place] = Some(known);
    }
}
