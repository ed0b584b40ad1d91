//! Values as PostgreSQL writes and reads them.
//!
//! The server says of which type each parameter is; a value that is of another is refused here.

use std::{error::Error as StdError, sync::Arc};

use hansard_domain::{Error, Result};
use tokio_postgres::{
    Row,
    types::{FromSql, IsNull, ToSql, Type, private::BytesMut, to_sql_checked},
};

use crate::tx::Value;

type Failed = Box<dyn StdError + Sync + Send>;

impl ToSql for Value<'_> {
    fn to_sql(&self, of: &Type, out: &mut BytesMut) -> Result<IsNull, Failed> {
        match (*self, of) {
            (Self::Null, _) => Ok(IsNull::Yes),
            (Self::Int(value), &Type::INT8) => value.to_sql(of, out),
            (Self::Int(value), &Type::INT4) => i32::try_from(value)?.to_sql(of, out),
            (Self::Real(value), &Type::FLOAT8) => value.to_sql(of, out),
            (Self::Text(value), &(Type::TEXT | Type::VARCHAR | Type::NAME)) => value.to_sql(of, out),
            (Self::Bytes(value), &Type::BYTEA) => value.to_sql(of, out),
            (value, of) => {
                Err(format!("the statement wants {of} where it is given {}", value.type_name()).into())
            }
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// A value that waits to be sent.
#[derive(Debug, Clone)]
pub(super) enum Owned {
    Null,
    Int(i64),
    Real(f64),
    Text(Arc<str>),
    Bytes(Arc<[u8]>),
    Column(Column),
}

/// The values of many rows in one column.
#[derive(Debug, Clone)]
pub(super) enum Column {
    Longs(Vec<Option<i64>>),
    Ints(Vec<Option<i32>>),
    Reals(Vec<Option<f64>>),
    Texts(Vec<Option<Arc<str>>>),
    Bytes(Vec<Option<Arc<[u8]>>>),
}

impl From<&Value<'_>> for Owned {
    fn from(value: &Value<'_>) -> Self {
        match *value {
            Value::Null => Self::Null,
            Value::Int(value) => Self::Int(value),
            Value::Real(value) => Self::Real(value),
            Value::Text(value) => Self::Text(value.into()),
            Value::Bytes(value) => Self::Bytes(value.into()),
        }
    }
}

impl ToSql for Owned {
    fn to_sql(&self, of: &Type, out: &mut BytesMut) -> Result<IsNull, Failed> {
        let value = match self {
            Self::Column(column) => return column.to_sql(of, out),
            Self::Null => Value::Null,
            Self::Int(value) => Value::Int(*value),
            Self::Real(value) => Value::Real(*value),
            Self::Text(value) => Value::Text(value),
            Self::Bytes(value) => Value::Bytes(value),
        };
        value.to_sql(of, out)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl Column {
    pub(super) fn is_for(of: &Type) -> bool {
        [Type::INT8, Type::INT4, Type::FLOAT8, Type::TEXT, Type::BYTEA].contains(of)
    }

    /// Gathers values, where each is of the type.
    pub(super) fn of<'o>(of: &Type, values: impl Iterator<Item = &'o Owned>) -> Option<Self> {
        Some(match *of {
            Type::INT8 => Self::Longs(gathered(values, |value| match value {
                Owned::Int(value) => Some(*value),
                _ => None,
            })?),
            Type::INT4 => Self::Ints(gathered(values, |value| match value {
                Owned::Int(value) => i32::try_from(*value).ok(),
                _ => None,
            })?),
            Type::FLOAT8 => Self::Reals(gathered(values, |value| match value {
                Owned::Real(value) => Some(*value),
                _ => None,
            })?),
            Type::TEXT => Self::Texts(gathered(values, |value| match value {
                Owned::Text(value) => Some(Arc::clone(value)),
                _ => None,
            })?),
            _ => Self::Bytes(gathered(values, |value| match value {
                Owned::Bytes(value) => Some(Arc::clone(value)),
                _ => None,
            })?),
        })
    }

    fn to_sql(&self, of: &Type, out: &mut BytesMut) -> Result<IsNull, Failed> {
        match self {
            Self::Longs(values) => values.to_sql(of, out),
            Self::Ints(values) => values.to_sql(of, out),
            Self::Reals(values) => values.to_sql(of, out),
            Self::Texts(values) => borrowed(values).to_sql(of, out),
            Self::Bytes(values) => borrowed(values).to_sql(of, out),
        }
    }
}

fn borrowed<T: ?Sized>(values: &[Option<Arc<T>>]) -> Vec<Option<&T>> {
    values.iter().map(Option::as_deref).collect()
}

fn gathered<'o, T>(
    values: impl Iterator<Item = &'o Owned>,
    read: impl Fn(&Owned) -> Option<T>,
) -> Option<Vec<Option<T>>> {
    let read = |value| match value {
        &Owned::Null => Some(None),
        value => read(value).map(Some),
    };
    values.map(read).collect()
}

/// A value of any type that statements answer.
struct Answered<'r>(Value<'r>);

impl<'r> FromSql<'r> for Answered<'r> {
    fn from_sql(of: &Type, raw: &'r [u8]) -> Result<Self, Failed> {
        Ok(Self(match *of {
            Type::INT8 => Value::Int(i64::from_sql(of, raw)?),
            Type::INT4 => Value::Int(i32::from_sql(of, raw)?.into()),
            Type::FLOAT8 => Value::Real(f64::from_sql(of, raw)?),
            Type::TEXT | Type::VARCHAR | Type::NAME => Value::Text(<&str>::from_sql(of, raw)?),
            Type::BYTEA => Value::Bytes(raw),
            _ => return Err(format!("no statement answers {of}").into()),
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Failed> {
        Ok(Self(Value::Null))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// Reads a column, counted from 0.
pub(crate) fn value(row: &Row, column: usize) -> Result<Value<'_>> {
    row.try_get::<_, Answered<'_>>(column).map(|Answered(value)| value).map_err(Error::internal)
}

/// The name of a column, for an error.
pub(crate) fn column_name(row: &Row, column: usize) -> &str {
    row.columns().get(column).map_or("?", tokio_postgres::Column::name)
}
