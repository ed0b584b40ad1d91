//! Hansard: the system of record for conversations.

pub mod app;
pub mod auth;
pub mod cli;
pub mod client;
pub mod config;
pub mod demo;
pub mod detectors;
pub mod dialect;
pub mod error;
pub mod export;
pub mod import;
pub mod jobs;
pub mod layers;
pub mod listener;
mod openapi;
pub mod router;
pub mod serve;
pub mod service;
pub mod telemetry;
