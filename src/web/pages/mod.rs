//! A file a page.

mod absences;
mod account;
mod agreed;
mod answers;
mod audit;
mod call;
pub mod campaigns;
mod check;
mod contact;
mod conversation;
mod debrief;
pub mod demo;
mod hand_over;
pub mod home;
mod inbox;
pub mod language;
mod link;
pub mod lists;
mod market;
mod near;
mod outcome;
mod outcomes;
mod ready;
mod recurring;
mod routines;
mod saved;
mod second;
pub mod sign_in;
mod today;
mod users;
mod year;

use super::doors::Doors;

/// The doors of all pages.
pub fn doors(doors: Doors) -> Doors {
    [
        home::doors,
        sign_in::doors,
        language::doors,
        today::doors,
        call::doors,
        hand_over::doors,
        outcome::doors,
        outcomes::doors,
        check::doors,
        agreed::doors,
        contact::doors,
        debrief::doors,
        link::doors,
        inbox::doors,
        conversation::doors,
        answers::doors,
        campaigns::doors,
        lists::doors,
        year::doors,
        market::doors,
        users::doors,
        absences::doors,
        account::doors,
        second::doors,
        audit::doors,
        ready::doors,
        routines::doors,
    ]
    .into_iter()
    .fold(doors, |doors, add| add(doors))
}
