//! Every test that sees the library or the program from outside, as one program: a folder is a subject, and
//! `tests/run outbox::` runs one.
//!
//! One program and not one for each folder: it is linked once, and a test that waits leaves its place to any other.
#![cfg(test)]

mod access;
mod browser;
mod commands;
mod contact;
mod core;
mod direct;
mod figures;
mod fire;
mod folder;
mod fuzz;
mod gateway;
mod house;
mod journey;
mod keep;
mod lists;
mod market;
mod outbox;
mod partner;
mod plan;
mod power;
mod retention;
mod store;
mod support;
mod tasks;
mod web;
mod webhook;
mod words;

use lykt::fake_gateway as fault_gateway;
