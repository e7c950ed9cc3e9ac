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

pub mod campaign;

pub mod cli;
