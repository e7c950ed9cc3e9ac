//! The services near a person, on the call card and beside an answer: by the place in the list, or by one that staff write.

use serde::Deserialize;

use crate::campaign::directory::How;
use crate::campaign::file::practice::{Service, review};
use crate::domain::id::ContactId;
use crate::domain::inert::inert;
use crate::domain::lang::Text;
use crate::domain::place::Place;
use crate::store::{DbError, Tx};
use crate::web::{Frame, House};

/// More than this nobody reads on a card.
const MOST: usize = 30;

/// Which place was written.
#[derive(Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    pub near: String,
}

/// What is near.
pub(super) struct Near {
    /// The page that it stands on.
    pub page: String,
    /// The place, as it is known or was written.
    pub place: String,
    /// Why nothing is found.
    pub wrong: Option<String>,
    pub services: Vec<Line>,
}

/// A service.
pub(super) struct Line {
    pub title: String,
    pub how: String,
    pub facts: String,
    pub address: Option<String>,
    pub contact: Option<String>,
    pub checked: String,
    /// Whether nobody has looked at it for long.
    pub old: bool,
}

/// The services near somebody; `None` where the organisation has none.
pub(super) async fn of(
    house: &House,
    tx: &mut Tx,
    frame: &Frame,
    contact: ContactId,
    (page, asked): (String, &str),
) -> Result<Option<Near>, DbError> {
    if house.directory.all().is_empty() {
        return Ok(None);
    }
    let asked = asked.trim();
    let place = match asked.is_empty() {
        true => house.tasks.place(tx, contact).await?.unwrap_or_default(),
        false => asked.to_owned(),
    };
    let found = Place::find(&place);
    let wrong = match found[..] {
        [] if place.is_empty() => Some(
            frame
                .t(
                    "Where is the person? Write a municipality or a county.",
                    "Hvor er personen? Skriv en kommune eller et fylke.",
                )
                .to_owned(),
        ),
        [] => Some(
            frame
                .t(
                    "We know no municipality or county of this name.",
                    "Vi kjenner ingen kommune eller et fylke med det navnet.",
                )
                .to_owned(),
        ),
        [_] => None,
        _ => {
            let names: Vec<String> = found.iter().map(|place| place.full()).collect();
            Some(format!("{} {}", frame.t("Which one?", "Hvilken?"), names.join(", ")))
        }
    };
    let (place, services) = match found[..] {
        [one] => (one.full(), house.directory.near(one)),
        _ => (inert(&place), Vec::new()),
    };
    let services = services.iter().take(MOST).map(|(how, service)| line(house, frame, *how, service)).collect();
    Ok(Some(Near { page, place, wrong, services }))
}

fn line(house: &House, frame: &Frame, how: How, service: &Service) -> Line {
    let said = |text: &Text| inert(&frame.say(text));
    let anonymous = match service.anonymous {
        Some(true) => Some(frame.t("anonymous", "anonymt").to_owned()),
        Some(false) => Some(frame.t("not anonymous", "ikke anonymt").to_owned()),
        None => None,
    };
    let languages = Some(service.languages.join(", ")).filter(|all| !all.is_empty());
    let facts = [service.hours.as_ref().map(said), service.cost.as_ref().map(said), anonymous, languages];
    Line {
        title: said(&service.title),
        how: frame.say(&how.text()),
        facts: facts.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        address: service.address.as_deref().map(inert),
        contact: service.contact.as_deref().map(inert),
        checked: service.checked.to_string(),
        old: review(service.checked) <= house.ledger.clock.today(),
    }
}
