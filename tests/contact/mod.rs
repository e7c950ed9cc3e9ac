//! `lykt contact` and `lykt inbox` as people and scripts see them.

mod again;
mod check;
mod desk;
mod forget;
mod inbox;
mod register;
