//! The pages in a real browser: a morning of staff, a coordinator's day, on a phone and on a desk, in both languages,
//! with and without scripts; and what people who do not see well meet on every page.
//!
//! Needs chromium, chromedriver and axe; `tests/run` brings them. Without one of them these tests fail and say so.

mod coordinator;
mod eyes;
mod guarded;
mod pictures;
mod service;
mod signing_in;
mod staff;
mod window;
