//! Hansard: the system of record for conversations.

pub mod app;
pub mod auth;
pub mod cli;
pub mod config;
pub mod service;
pub mod telemetry;
