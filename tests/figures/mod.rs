//! `lykt doctor` and `lykt report`: the program as people run it, and figures on both databases.

mod doctor;
mod ends;
mod folder;
mod ledger;
mod outcomes;
mod pages;
mod report;
mod statistics;
