//! Hansard: the system of record for conversations.

pub mod app;
pub mod auth;
pub mod service;
