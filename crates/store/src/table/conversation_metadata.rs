//! Table `conversation_metadata`: what metadata filters look in.

use crate::{Tx, Value, tenancy::ProfileKey};
use hansard_domain::{
    Result,
    metadata::{Metadata, MetadataValue},
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
            // A key without values is one row of nulls, so that it still exists.
            let rows = values.values.iter().map(columns);
            let none = values.values.is_empty().then_some([Value::Null; 3]);
            for (place, [text, number, boolean]) in (0i64..).zip(rows.chain(none)) {
                let params =
                    [profile.into(), conversation.into(), key.into(), place.into(), text, number, boolean];
                self.execute(insert, &params)?;
            }
        }
        Ok(())
    }
}

/// The value in the column of its kind, nulls in the others.
fn columns(value: &MetadataValue) -> [Value<'_>; 3] {
    match value {
        MetadataValue::Text(text) => [text.as_str().into(), Value::Null, Value::Null],
        MetadataValue::Number(number) => [Value::Null, (*number).into(), Value::Null],
        MetadataValue::Boolean(boolean) => [Value::Null, Value::Null, (*boolean).into()],
    }
}
