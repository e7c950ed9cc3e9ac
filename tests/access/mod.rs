//! Coming in: passwords, codes, sessions and what slows down whoever guesses; on both databases.

mod house;
mod recovery;
mod second;
mod sessions;
mod sign_in;
mod terminal;
mod tokens;
mod users;
