//! The records dialect, all against the real binary, over the wire: conversation-record.md and the seed's page.
#![allow(clippy::unwrap_used)]

mod across;
mod attributes;
mod decommission;
mod deployment;
mod dice;
mod enums;
mod examples;
mod golden;
mod keys;
mod late;
mod life;
mod limits;
mod listing;
mod mapping;
mod messages;
mod openapi;
mod reading;
mod retries;
mod routes;
mod schema;
mod soft_delete;
mod summary;
mod transfers;
mod walls;
