//! Table `annotation`: moments, behaviors, actions, hints and comments.

use super::{
    derived::{beside, full, time_beside, under},
    numbered_in,
};
use crate::{Row, Tx, part_id, tenancy::ProfileKey};
use hansard_domain::{
    Error, Id, Result, Time,
    annotation::{Annotation, AnnotationBody, AnnotationKind, MaskedPlace},
    code::Code,
    conversation::Conversation,
    directory::Stamps,
    filter::{Adherence, AnnotationFacts, Named},
    name::{ConversationName, PartName},
    redact::SafeText,
};
use std::borrow::Cow;

const COLUMNS: &str = "kind, annotation_id, content, message_id, span_start, span_end, adherence, source,
    live_assist, author, create_time, update_time, version, masked_field, original_start, original_end";

fn code<C: Code>(row: &Row<'_>, column: usize) -> Result<C> {
    let code = i32::try_from(row.i64(column)?).ok();
    code.and_then(C::from_code).ok_or_else(|| Error::internal("an annotation has an unknown code"))
}

fn offset(row: &Row<'_>, column: usize) -> Result<i32> {
    i32::try_from(row.i64(column)?).map_err(|_| Error::internal("an annotation has an impossible offset"))
}

fn read(conversation: &ConversationName, row: &Row<'_>) -> Result<Annotation> {
    let kind = code(row, 0)?;
    let content = match kind {
        AnnotationKind::Moment => full(row.text(2)?, &conversation.profile),
        _ => row.string(2)?,
    };
    let create_time = Time(row.i64(10)?);
    Ok(Annotation {
        name: conversation.annotation(kind, Id::known(row.text(1)?)),
        body: AnnotationBody {
            content: SafeText::stored(content),
            message: row.opt_text(3)?.map(|message| part_id::referred(message, conversation, create_time)),
            start: offset(row, 4)?,
            end: offset(row, 5)?,
            adherence: code(row, 6)?,
            source: code(row, 7)?,
            live_assist: row.bool(8)?,
            masked: masked(row)?,
        },
        author: full(row.text(9)?, &conversation.profile.owner()),
        stamps: Stamps { create_time, update_time: beside(row.i64(11)?, create_time), version: row.i64(12)? },
    })
}

fn masked(row: &Row<'_>) -> Result<Option<MaskedPlace>> {
    let Some(field) = row.opt_text(13)? else { return Ok(None) };
    let (original_start, original_end) = (offset(row, 14)?, offset(row, 15)?);
    Ok(Some(MaskedPlace { field: field.to_owned(), original_start, original_end }))
}

impl Tx<'_> {
    pub(crate) fn find_annotation(
        &self,
        profile: ProfileKey,
        conversation: &Conversation,
        kind: AnnotationKind,
        id: &Id,
    ) -> Result<Option<Annotation>> {
        let sql = const_format::formatcp!(
            "select {COLUMNS} from annotation
            where profile_key = $1 and conversation_key = $2 and kind = $3 and annotation_id = $4"
        );
        let params = [profile.into(), conversation.number.into(), kind.code().into(), id.as_str().into()];
        self.row(sql, &params, |row| read(&conversation.name, row))
    }

    /// Annotations of one kind after `after`, in order of their ids.
    pub(crate) fn list_annotations(
        &self,
        profile: ProfileKey,
        conversation: &Conversation,
        kind: AnnotationKind,
        after: &str,
        limit: i32,
    ) -> Result<Vec<Annotation>> {
        let sql = const_format::formatcp!(
            "select {COLUMNS} from annotation
            where profile_key = $1 and conversation_key = $2 and kind = $3 and annotation_id > $4
            order by annotation_id limit $5"
        );
        let number = conversation.number;
        let params = [profile.into(), number.into(), kind.code().into(), after.into(), limit.into()];
        self.rows(sql, &params, |row| read(&conversation.name, row))
    }

    pub(crate) fn count_annotations(&self, profile: ProfileKey, conversation: i64) -> Result<i64> {
        let sql = "select count(*) from annotation where profile_key = $1 and conversation_key = $2";
        Ok(self.row(sql, &[profile.into(), conversation.into()], |row| row.i64(0))?.unwrap_or_default())
    }

    pub(crate) fn put_annotation(
        &self,
        profile: ProfileKey,
        conversation: i64,
        annotation: &Annotation,
    ) -> Result<()> {
        let sql = "insert into annotation (profile_key, conversation_key, kind, annotation_id, content, message_id,
                span_start, span_end, adherence, source, live_assist, author, create_time, update_time, version,
                masked_field, original_start, original_end)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
            on conflict (profile_key, conversation_key, kind, annotation_id) do update set
                content = excluded.content, message_id = excluded.message_id,
                span_start = excluded.span_start, span_end = excluded.span_end,
                adherence = excluded.adherence, source = excluded.source,
                live_assist = excluded.live_assist, create_time = excluded.create_time,
                update_time = excluded.update_time,
                version = excluded.version, masked_field = excluded.masked_field,
                original_start = excluded.original_start, original_end = excluded.original_end";
        let Annotation { name, body, author, stamps } = annotation;
        let masked = body.masked.as_ref();
        let ConversationName { profile: owner, .. } = &name.conversation;
        let content = match name.kind {
            AnnotationKind::Moment => Cow::Owned(under(body.content.as_str(), owner)),
            _ => Cow::Borrowed(body.content.as_str()),
        };
        let message = body.message.as_ref();
        let message = message.map(|id| part_id::reference(id, &name.conversation, stamps.create_time));
        let author = under(author, &owner.owner());
        let params = [
            profile.into(),
            conversation.into(),
            name.kind.code().into(),
            name.id.as_str().into(),
            content.as_ref().into(),
            message.as_deref().into(),
            body.start.into(),
            body.end.into(),
            body.adherence.code().into(),
            body.source.code().into(),
            body.live_assist.into(),
            (&author).into(),
            stamps.create_time.0.into(),
            time_beside(stamps.update_time, stamps.create_time).into(),
            stamps.version.into(),
            masked.map(|place| place.field.as_str()).into(),
            masked.map_or(0, |place| place.original_start).into(),
            masked.map_or(0, |place| place.original_end).into(),
        ];
        self.execute(sql, &params)
    }

    /// Deletes what was found in a message on its way in, and answers the ids.
    pub(crate) fn delete_entities(
        &self,
        profile: ProfileKey,
        conversation: i64,
        message: &PartName,
    ) -> Result<Vec<Id>> {
        let mut gone = self.list_annotations_of(profile, conversation, message)?;
        gone.retain(|found| found.body.masked.as_ref().is_some_and(|place| place.original_end > 0));
        for Annotation { name, .. } in &gone {
            self.delete_annotation(profile, conversation, name.kind, &name.id)?;
        }
        Ok(gone.into_iter().map(|found| found.name.id).collect())
    }

    /// What is remarked on a message.
    fn list_annotations_of(
        &self,
        profile: ProfileKey,
        conversation: i64,
        message: &PartName,
    ) -> Result<Vec<Annotation>> {
        let sql = const_format::formatcp!(
            "select {COLUMNS} from annotation
            where profile_key = $1 and conversation_key = $2 and message_id in ($3, $4)
            order by kind, annotation_id"
        );
        let [id, numbered] = part_id::references(&message.id);
        let params = [profile.into(), conversation.into(), (&id).into(), (&numbered).into()];
        let mut found = self.rows(sql, &params, |row| read(&message.conversation, row))?;
        found.retain(|found| found.body.message.as_ref() == Some(&message.id));
        Ok(found)
    }

    pub(crate) fn delete_annotation(
        &self,
        profile: ProfileKey,
        conversation: i64,
        kind: AnnotationKind,
        id: &Id,
    ) -> Result<()> {
        let sql = "delete from annotation
            where profile_key = $1 and conversation_key = $2 and kind = $3 and annotation_id = $4";
        let params = [profile.into(), conversation.into(), kind.code().into(), id.as_str().into()];
        self.execute(sql, &params)
    }

    /// Takes the places in a message's text that is gone; what was remarked on the message stays.
    pub(crate) fn clear_spans(
        &self,
        profile: ProfileKey,
        conversation: i64,
        message: &PartName,
        now: Time,
    ) -> Result<()> {
        let remarks = self.list_annotations_of(profile, conversation, message)?;
        for mut remark in remarks.into_iter().filter(|remark| remark.body.end > 0) {
            remark.body.forget_places();
            remark.stamps.update_time = now;
            remark.stamps.version += 1;
            self.put_annotation(profile, conversation, &remark)?;
        }
        Ok(())
    }

    /// What filters ask of a conversation's annotations, comments and scorecards: sorted, each fact once.
    pub(crate) fn annotation_facts(&self, profile: ProfileKey, conversation: i64) -> Result<AnnotationFacts> {
        Ok(self.annotation_facts_of(profile, &[conversation])?.pop().unwrap_or_default())
    }

    /// The same of each of these conversations.
    pub(crate) fn annotation_facts_of(
        &self,
        profile: ProfileKey,
        conversations: &[i64],
    ) -> Result<Vec<AnnotationFacts>> {
        let mut all = vec![AnnotationFacts::default(); conversations.len()];
        let sql = "select kind, adherence, live_assist, case when kind = 4 then '' else content end
            from annotation where profile_key = $1 and conversation_key = $2";
        self.rows_of_each(sql, &numbered_in(profile, conversations), |place, row| {
            let (kind, adherence, content) = (code(row, 0)?, code(row, 1)?, row.text(3)?);
            all[place].has_assist |= row.bool(2)?;
            take(&mut all[place], kind, content, adherence);
            Ok(true)
        })?;
        for (facts, scorecards) in all.iter_mut().zip(self.scorecard_facts_of(profile, conversations)?) {
            sort(&mut facts.moments);
            sort(&mut facts.behaviors);
            sort(&mut facts.actions);
            sort(&mut facts.hints);
            facts.scorecards = scorecards;
        }
        Ok(all)
    }
}

/// Adds a fact; a moment goes by its id, the others by their names.
fn take(facts: &mut AnnotationFacts, kind: AnnotationKind, content: &str, adherence: Adherence) {
    let named = |name: &str| Named { name: name.to_owned(), adherence };
    match kind {
        AnnotationKind::Moment => {
            facts.moments.push(Named::of_moment(content, adherence));
        }
        AnnotationKind::Behavior => facts.behaviors.push(named(content)),
        AnnotationKind::Action => facts.actions.push(content.to_owned()),
        AnnotationKind::Hint => facts.hints.push(content.to_owned()),
        AnnotationKind::Comment => facts.has_comments = true,
    }
}

fn sort<T: Ord>(facts: &mut Vec<T>) {
    facts.sort_unstable();
    facts.dedup();
}
