//! Frames that many streams send: printed once, and shared.
//!
//! A frame is found by the message that it prints, byte for byte, so none can be stale or another's.

use std::{
    hash::{BuildHasher, RandomState},
    sync::{Mutex, PoisonError},
};

use bytes::Bytes;

use super::{schema::MessageId, stream::Framing};

const SLOTS: usize = 256;
/// A larger frame is not kept.
const FRAME_BYTES_MAX: usize = 16 << 10;

/// The frames that were printed last.
pub(crate) struct Frames {
    hasher: RandomState,
    slots: [Mutex<Option<Kept>>; SLOTS],
}

struct Kept {
    form: (MessageId, Framing),
    message: Bytes,
    frame: Bytes,
}

impl Default for Frames {
    fn default() -> Self {
        Self { hasher: RandomState::new(), slots: [const { Mutex::new(None) }; SLOTS] }
    }
}

impl Frames {
    /// The frame of a message, printed only where no other stream has just done so.
    pub(crate) fn shared<E>(
        &self,
        form: (MessageId, Framing),
        message: &Bytes,
        print: impl FnOnce() -> Result<Bytes, E>,
    ) -> Result<Bytes, E> {
        let slot = self.hasher.hash_one(&message[..]) as usize % SLOTS;
        let mut slot = self.slots[slot].lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = slot.as_ref().filter(|kept| kept.form == form && kept.message == message) {
            return Ok(kept.frame.clone());
        }
        let frame = print()?;
        if message.len() + frame.len() <= FRAME_BYTES_MAX {
            // A copy of its own: the message is a part of a buffer that would stay alive with it.
            let message = Bytes::copy_from_slice(message);
            *slot = Some(Kept { form, message, frame: frame.clone() });
        }
        Ok(frame)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::convert::Infallible;

    use super::*;
    use crate::dialect::transcode::Contract;

    #[test]
    fn equal_messages_of_one_form_share_a_frame_and_others_do_not() {
        let contract = Contract::load().unwrap();
        let output = |path: &str| contract.methods[path].1;
        let (one, other) = (
            output("/hansard.v1.ConversationService/WatchChanges"),
            output("/hansard.v1.ConversationService/GetConversation"),
        );
        let (frames, mut printed) = (Frames::default(), 0);
        let mut get = |form, message: &'static [u8]| {
            let print = || {
                printed += 1;
                Ok::<_, Infallible>(Bytes::from(format!("{printed}")))
            };
            frames.shared(form, &Bytes::from_static(message), print).unwrap()
        };
        assert_eq!(get((one, Framing::Events), b"m"), "1");
        assert_eq!(get((one, Framing::Events), b"m"), "1");
        assert_eq!(get((one, Framing::Events), b"n"), "2");
        assert_eq!(get((one, Framing::Lines), b"m"), "3");
        assert_eq!(get((other, Framing::Events), b"m"), "4");
    }
}
