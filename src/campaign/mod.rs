//! A campaign file becomes a checked campaign.

pub mod file;
