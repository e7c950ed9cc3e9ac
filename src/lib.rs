//! Lykt runs SMS and WhatsApp campaigns for outreach teams who must never pester, never forget a no and never leak a
//! name.
//!
//! ```text
//!   campaigns/*.toml, lists ──> campaign ──> plan ──> outbox ──> gateway ──> the provider
//!                                             ^  ledger  ^                      │
//!   staff <── tasks <────────────────────── inbox <── webhook <─────────────────┘
//! ```
//!
//! A room may use only rooms named before it in the list below; `tests/house.rs` checks it.

pub mod domain;

pub mod clock;

pub mod metrics;

pub mod settings;

pub mod vault;

pub mod store;

pub mod audit;

pub mod gateway;

pub mod campaign;

pub mod ledger;

pub mod keys;

pub mod partner;

pub mod plan;

pub mod tasks;

pub mod outbox;

pub mod inbox;

pub mod webhook;

pub mod counting;

pub mod market;

pub mod report;

pub mod retention;

pub mod backup;

pub mod witness;

pub mod alarm;

pub mod second;

pub mod access;

pub mod daemon;

pub mod fake_gateway;

pub mod web;

pub mod cli;
