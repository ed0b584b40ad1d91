//! The store: the only crate that knows a database.
//!
//! It holds no rule of the domain and no wire type.

pub mod backup;
pub mod door;
pub mod engine;
pub mod folder;
pub mod migrate;
pub mod tx;

pub use door::{Door, Group, Member};
pub use engine::{Engine, Health, Options};
pub use folder::Folder;
pub use migrate::Migration;
pub use tx::{Row, Tx, Value};
