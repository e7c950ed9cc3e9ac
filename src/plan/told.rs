//! What a partner told when it was asked about the people of a plan.

use crate::domain::lang::Text;
use crate::partner::Learnt;
use crate::text;

/// What came of asking a partner.
#[derive(Clone, Debug)]
pub struct Told {
    /// The partner, by its name in the settings.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// What it said of those it was asked about now.
    pub heard: Learnt,
    /// Why it said nothing more.
    pub silent: Option<Text>,
}

impl Told {
    /// What people read.
    pub fn text(&self) -> Text {
        let (title, Learnt { asked, wait, no }) = (&self.title, self.heard);
        match &self.silent {
            Some(why) => {
                let (en, nb) = (&why.en, &why.nb);
                text!(
                    "{title} says nothing new ({en}). What it said before holds.",
                    "{title} sier ikke noe nytt ({nb}). Det den har sagt før, gjelder."
                )
            }
            None => text!(
                "{title} was asked about {asked}: {wait} to wait with, {no} who said no there.",
                "{title} ble spurt om {asked}: {wait} å vente med, {no} som har sagt nei der."
            ),
        }
    }
}
