//! What was masked in messages on their way in, as annotations of the kind ENTITY.

use super::{ConversationKey, Effects};
use crate::{Tx, find, table::NewChange};
use hansard_domain::{Result, Time, annotation::Annotation, change::ChangeKind, name::PartName};

/// A write of what was masked in a message on its way in.
#[derive(Debug)]
pub(crate) enum EntityWrite {
    Put(ConversationKey, Annotation),
    /// All of a message, at a time.
    Forget(ConversationKey, PartName, Time),
}

impl EntityWrite {
    pub(super) fn place(&self) -> ConversationKey {
        match self {
            Self::Put(place, _) | Self::Forget(place, ..) => *place,
        }
    }
}

impl Effects {
    pub(super) fn write_entity(&mut self, tx: &Tx<'_>, write: EntityWrite) -> Result<()> {
        match write {
            EntityWrite::Put((profile, number), annotation) => {
                self.index.set(profile, number, find::of_moment(&annotation.body.content), true);
                tx.put_annotation(profile, number, &annotation)
            }
            EntityWrite::Forget((profile, number), message, time) => {
                let before = tx.annotation_facts(profile, number)?;
                let gone = tx.delete_entities(profile, number, &message)?;
                let after = tx.annotation_facts(profile, number)?;
                self.index.replace_facts(profile, number, &before, &after);
                let change = |id| NewChange {
                    conversation_key: number,
                    conversation: message.conversation.clone(),
                    kind: ChangeKind::MomentAnnotationDeleted,
                    part: Some(id),
                    sequence: 0,
                    time,
                    agent: None,
                };
                self.changes.extend(gone.into_iter().map(|id| (profile, change(id))));
                Ok(())
            }
        }
    }
}
