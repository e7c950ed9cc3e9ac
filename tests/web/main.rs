//! The pages, through HTTP: who may see what, and what a page does.
#![cfg(test)]

mod doors;
