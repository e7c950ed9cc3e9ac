//! A file a page.

mod call;
pub mod campaigns;
mod check;
mod contact;
pub mod demo;
pub mod home;
pub mod language;
mod link;
pub mod lists;
mod outcome;
pub mod sign_in;
mod today;
mod users;

use super::doors::Doors;

/// The doors of all pages.
pub fn doors(doors: Doors) -> Doors {
    [
        home::doors,
        sign_in::doors,
        language::doors,
        today::doors,
        call::doors,
        outcome::doors,
        check::doors,
        contact::doors,
        link::doors,
        campaigns::doors,
        lists::doors,
        users::doors,
    ]
    .into_iter()
    .fold(doors, |doors, add| add(doors))
}
