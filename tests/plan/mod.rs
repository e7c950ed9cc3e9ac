//! Plans of long lists, supplements, and campaigns that say something else while they live; on both databases.

mod approved;
mod by_hand;
mod change;
mod house;
mod linked;
mod personas;
mod property;
mod reading;
mod services;
mod standing;
mod supplement;
mod verdict;
