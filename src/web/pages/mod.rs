//! A file a page.

pub mod campaigns;
pub mod demo;
pub mod home;
pub mod language;
pub mod sign_in;

use super::doors::Doors;

/// The doors of all pages.
pub fn doors(doors: Doors) -> Doors {
    [home::doors, sign_in::doors, language::doors, campaigns::doors].into_iter().fold(doors, |doors, add| add(doors))
}
