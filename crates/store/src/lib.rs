//! The store: the only crate that knows a database.
//!
//! It holds no rule of the domain and no wire type. `engine` and `door` know no table, `table` is
//! literal SQL, `unit` and `direct` are what a write may do, `reading` what a read may.

pub mod backup;
mod clock;
mod direct;
mod direct_annotations;
mod direct_redaction;
pub mod door;
mod effects;
pub mod engine;
mod find;
pub mod folder;
pub mod fsck;
mod hex;
pub mod inspection;
mod json;
mod lease;
mod live;
pub mod migrate;
pub mod moving;
mod news;
mod packed;
mod page_token;
mod part_id;
mod parts;
mod query;
mod reading;
mod reading_annotations;
mod reading_directory;
mod reading_redaction;
mod recent;
mod schema;
mod secret;
mod store;
mod table;
pub mod tenancy;
pub mod tx;
mod unit;
mod versions;
mod work;

pub use clock::{ManualTimeSource, SystemTimeSource, TimeSource};
pub use direct::Direct;
pub use door::{Door, Group, Member};
pub use engine::{Claim, DatabaseUrl, Engine, Health, Location, Options, Reach};
pub use folder::Folder;
pub use hex::hex;
pub use migrate::Migration;
pub use page_token::Binding;
pub use parts::PartsOf;
pub use query::{
    ConversationPage, DuePage, ListRequest, Numbered, NumberedRequest, RetentionPreview, RuleCounts, Sample,
    SamplePage, SampleRequest, Stretch,
};
pub use reading::Reading;
pub use reading_directory::DirectoryReading;
pub use recent::Recent;
pub use schema::MIGRATIONS;
pub use secret::{Secret, random};
pub use store::Store;
pub use tx::{Row, Tx, Value};
pub use unit::{Needs, Unit};
pub use versions::Version;
pub use work::{Idempotency, Outcome, Receipt, Ticket, Written};
