//! The pages, through HTTP: who may see what, and what a page does.

mod audit;
mod by_hand;
mod call;
mod campaigns;
mod check;
mod described;
mod desk;
mod doors;
mod doubts;
mod hand_over;
mod inbox;
mod lists;
mod near;
mod outcomes;
mod peer;
mod plan;
mod report;
mod routines;
mod second;
pub mod staff;
mod today;
mod trial;
mod users;

use crate::tasks::house;
