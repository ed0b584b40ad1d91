//! A PostgreSQL server, shared with other processes.
//!
//! Everything that only PostgreSQL does is in this folder. It knows no table. Its driver blocks, and may not be used on a
//! thread that drives asynchronous work: readers and the writer have threads of their own.

mod client;
mod fault;
mod listener;
mod questions;
mod reader;
mod rows;
mod server;
mod session;
mod statement;
mod tables;
mod tls;
mod vacuum;
mod value;
mod wall;
mod writer;

pub(crate) use listener::{Heard, Hearer, Listener};
pub(crate) use reader::Reader;
pub use server::Survey;
pub(crate) use server::survey;
pub(crate) use session::Session;
pub(crate) use tables::has_table;
pub(crate) use tokio_postgres::Row;
pub(crate) use vacuum::Vacuum;
pub(crate) use value::{column_name, value};
pub(crate) use writer::Writer;

/// To look up so many rows takes the server a few times as long as a way there and back.
pub(crate) const READS_AHEAD: usize = 256;
