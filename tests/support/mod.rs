//! What several folders of tests stand on.

pub mod postgres;
pub mod project;
pub mod source;
