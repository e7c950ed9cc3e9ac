//! `lykt contact` and `lykt inbox` as people and scripts see them.

#![cfg(test)]

mod check;
mod desk;
mod forget;
mod inbox;
mod register;
