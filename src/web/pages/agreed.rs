//! A yes to a channel, noted from a contact's page: which channel, how, when and by whom. A peer does not note it.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;

use super::contact::{With, back, of};
use crate::domain::id::ContactId;
use crate::domain::lang::Text;
use crate::domain::private::Private;
use crate::ledger::agreed::{Agreed, How};
use crate::ledger::by_hand;
use crate::ledger::health::reads_like_record;
use crate::text;
use crate::web::person;
use crate::web::{Allow, At, Doors, Failure, Frame, House, Me};

/// The doors.
pub fn doors(doors: Doors) -> Doors {
    doors.post("/contacts/{id}/agreed", Allow::STAFF, agreed)
}

#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    to: String,
    #[serde(default)]
    how: String,
    #[serde(default)]
    day: String,
    #[serde(default)]
    words: String,
}

impl Said {
    /// The yes, or what is wrong with the form.
    fn read(&self, house: &House, me: &Me) -> Result<Agreed, Text> {
        let channel = Agreed::channel(&self.to).ok_or_else(|| {
            text!("Choose what they agreed to: WhatsApp or SMS.", "Velg hva de har sagt ja til: WhatsApp eller SMS.")
        })?;
        let how = How::parse(&self.how).ok_or_else(|| text!("Choose how they agreed.", "Velg hvordan de sa ja."))?;
        let clock = &house.ledger.clock;
        let day = Some(self.day.trim()).filter(|day| !day.is_empty() && *day != clock.today().to_string());
        let at = by_hand::time(clock, day).ok_or_else(|| {
            text!("This day has not been yet, or is none.", "Denne dagen har ikke vært ennå, eller finnes ikke.")
        })?;
        let words = self.words.trim();
        if words.is_empty() && how == How::Other {
            return Err(text!("Write how they agreed.", "Skriv hvordan de sa ja."));
        }
        if words.chars().count() > 1_000 {
            return Err(text!("The note is too long.", "Notatet er for langt."));
        }
        if let Some(record) = reads_like_record(words) {
            return Err(text!(
                "This note reads like a health record: {record}. Write how they agreed, and nothing about health.",
                "Dette notatet ligner en journal: {record}. Skriv hvordan de sa ja, og ikke noe om helse."
            ));
        }
        let note = Some(words).filter(|words| !words.is_empty()).map(|words| Private::new(words.to_owned()));
        Ok(Agreed { channel, at, how: Some(how), actor: me.name().to_owned(), note })
    }
}

async fn agreed(
    State(house): At,
    frame: Frame,
    me: Me,
    Path(id): Path<String>,
    Form(said): Form<Said>,
) -> Result<Response, Failure> {
    let id: ContactId = person::id(&id)?;
    let wrong = match said.read(&house, &me) {
        Ok(agreed) => {
            let mut tx = house.db.begin().await?;
            person::contact(&mut tx, &me, id).await?;
            if house.ledger.agree(&mut tx, id, &agreed).await? {
                tx.commit().await?;
                return Ok(back(id));
            }
            text!(
                "They said no. A yes to a channel does not lift it.",
                "De har sagt nei. Et ja til en kanal opphever ikke det."
            )
        }
        Err(wrong) => wrong,
    };
    of(&house, &frame, &me, id, With { wrong: Some(wrong), ..With::default() }).await
}
