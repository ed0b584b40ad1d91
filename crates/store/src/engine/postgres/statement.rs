//! A statement that is ready to be run, and the two ways in which statements are sent.
//!
//! A connection of its own keeps what the server prepared. Behind a pooler that hands on the server's connections after each
//! transaction the next one would not find it, or find another's: there a statement is sent whole each time, and only the
//! types of its parameters are remembered. How answers are waited for is the connection's business.

use std::sync::Arc;

use tokio_postgres::{
    Client, Error, Row, SimpleQueryMessage, Statement,
    types::{ToSql, Type},
};
use uuid::Uuid;

use super::{questions::ManyQuestions, rows::ManyRows, value::Owned};

/// A statement that failed, and why.
pub(super) type Failed = (Arc<str>, Error);

/// A statement that the server has looked at.
pub(super) struct Prepared {
    sql: Arc<str>,
    way: Way,
    /// The same for many rows, where it is an insert of one.
    pub(super) many: Option<ManyRows>,
    /// The same for many parameters, where it is a question.
    pub(super) questions: Option<ManyQuestions>,
}

enum Way {
    /// By the name that the server knows it by.
    Named(Statement),
    /// Whole, with the types of its parameters.
    Whole(Vec<Type>),
}

/// A statement that is to be run, with what it is given.
pub(super) struct Call {
    pub(super) prepared: Arc<Prepared>,
    pub(super) given: Vec<Owned>,
}

impl Prepared {
    pub(super) async fn new(client: &Client, sql: Arc<str>, is_pooled: bool) -> Result<Self, Error> {
        let way = match is_pooled {
            true => Way::Whole(types(client, &sql).await?),
            false => Way::Named(client.prepare(&sql).await?),
        };
        let many = ManyRows::of(&sql, way.types());
        let questions = ManyQuestions::of(&sql, way.types());
        Ok(Self { sql, way, many, questions })
    }

    pub(super) fn with(self: &Arc<Self>, given: &[Owned]) -> Call {
        Call { prepared: Arc::clone(self), given: given.to_vec() }
    }
}

impl Way {
    fn types(&self) -> &[Type] {
        match self {
            Self::Named(statement) => statement.params(),
            Self::Whole(types) => types,
        }
    }
}

impl Call {
    /// Runs it, and returns its rows.
    pub(super) async fn rows(&self, client: &Client) -> Result<Vec<Row>, Failed> {
        let rows = match &self.prepared.way {
            Way::Named(statement) => client.query(statement, &self.params()).await,
            Way::Whole(types) => client.query_typed(&self.prepared.sql, &self.typed(types)).await,
        };
        rows.map_err(|error| self.failed(error))
    }

    /// Runs it, and returns how many rows it changed.
    pub(super) async fn count(&self, client: &Client) -> Result<u64, Failed> {
        let counted = match &self.prepared.way {
            Way::Named(statement) => client.execute(statement, &self.params()).await,
            Way::Whole(types) => client.execute_typed(&self.prepared.sql, &self.typed(types)).await,
        };
        counted.map_err(|error| self.failed(error))
    }

    fn params(&self) -> Vec<&(dyn ToSql + Sync)> {
        self.given.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
    }

    fn typed(&self, types: &[Type]) -> Vec<(&(dyn ToSql + Sync), Type)> {
        self.params().into_iter().zip(types.iter().cloned()).collect()
    }

    fn failed(&self, error: Error) -> Failed {
        (Arc::clone(&self.prepared.sql), error)
    }
}

/// Asks the server for the types of a statement's parameters, in one way there and back that needs no transaction.
///
/// The name is nobody else's, and gone at the end: who had the server's connection before may have left some.
async fn types(client: &Client, sql: &str) -> Result<Vec<Type>, Error> {
    let name = format!("hansard_{}", Uuid::now_v7().simple());
    let ask = format!(
        "prepare {name} as {sql};
         select unnest(parameter_types::oid[]) from pg_prepared_statements where name = '{name}';
         deallocate {name}"
    );
    let answers = client.simple_query(&ask).await?;
    let oid = |answer: &SimpleQueryMessage| match answer {
        SimpleQueryMessage::Row(row) => row.get(0)?.parse().ok(),
        _ => None,
    };
    // A type that the driver does not know is refused with the first value, as for a statement of a name.
    Ok(answers.iter().filter_map(oid).map(|oid| Type::from_oid(oid).unwrap_or(Type::UNKNOWN)).collect())
}
