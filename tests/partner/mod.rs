//! Two organisations find out whom not to approach, and nothing else.

mod attack;
mod daemons;
mod exchange;
mod house;
