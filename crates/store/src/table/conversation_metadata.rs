//! Table `conversation_metadata`: what metadata filters look in.

use crate::{Tx, Value, tenancy::ProfileKey};
use hansard_domain::{
    Result,
    metadata::{Metadata, MetadataValue, MetadataValues},
};

impl Tx<'_> {
    /// Replaces the rows of the given keys.
    pub(crate) fn put_metadata(
        &self,
        profile: ProfileKey,
        conversation: i64,
        changed: &Metadata,
    ) -> Result<()> {
        let delete = "delete from conversation_metadata
            where profile_key = $1 and conversation_key = $2 and metadata_key = $3";
        let insert = "insert into conversation_metadata
                (profile_key, conversation_key, metadata_key, place, text_value, number_value, boolean_value)
            values ($1, $2, $3, $4, $5, $6, $7)";
        for (key, values) in changed {
            self.execute(delete, &[profile.into(), conversation.into(), key.into()])?;
            for (place, [text, number, boolean]) in (0i64..).zip(rows_of(values)) {
                let params =
                    [profile.into(), conversation.into(), key.into(), place.into(), text, number, boolean];
                self.execute(insert, &params)?;
            }
        }
        Ok(())
    }

    /// Whether the rows of a conversation are those of its metadata.
    pub(crate) fn has_metadata(
        &self,
        profile: ProfileKey,
        conversation: i64,
        metadata: &Metadata,
    ) -> Result<bool> {
        let sql =
            "select metadata_key, place, text_value, number_value, boolean_value from conversation_metadata
            where profile_key = $1 and conversation_key = $2 order by metadata_key, place";
        let mut expected = metadata.iter().flat_map(|(key, values)| {
            (0i64..).zip(rows_of(values)).map(move |(place, columns)| (key.as_str(), place, columns))
        });
        let fit = self.rows(sql, &[profile.into(), conversation.into()], |row| {
            let values = [row.opt_text(2)?.into(), row.opt_f64(3)?.into(), row.opt_i64(4)?.into()];
            let found = (row.text(0)?, row.i64(1)?, values);
            Ok(expected.next() == Some(found))
        })?;
        Ok(fit.iter().all(|fits| *fits) && expected.next().is_none())
    }
}

/// What is stored of a key: a row a value, and one of nulls where there is none, so that it still exists.
fn rows_of(values: &MetadataValues) -> impl Iterator<Item = [Value<'_>; 3]> {
    let none = values.values.is_empty().then_some([Value::Null; 3]);
    values.values.iter().map(columns).chain(none)
}

/// The value in the column of its kind, nulls in the others.
fn columns(value: &MetadataValue) -> [Value<'_>; 3] {
    match value {
        MetadataValue::Text(text) => [text.as_str().into(), Value::Null, Value::Null],
        MetadataValue::Number(number) => [Value::Null, (*number).into(), Value::Null],
        MetadataValue::Boolean(boolean) => [Value::Null, Value::Null, (*boolean).into()],
    }
}
