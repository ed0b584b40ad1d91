//! Hansard: the system of record for conversations.

pub mod app;
pub mod auth;
pub mod cli;
pub mod client;
pub mod config;
pub mod demo;
pub mod export;
pub mod import;
pub mod service;
pub mod telemetry;
