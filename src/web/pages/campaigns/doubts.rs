//! The doubts of a campaign: messages of which nobody knows whether they went out, what is known of each, and the three
//! decisions.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::{address, checked};
use crate::domain::id::MessageId;
use crate::domain::lang::{Text, number_of};
use crate::outbox::Settler;
use crate::outbox::doubt::{Decided, Decision, decide};
use crate::store::{campaign, doubt};
use crate::text;
use crate::web::frame::page;
use crate::web::person::when;
use crate::web::{Allow, At, Doors, Failure, Frame, House, Me};

/// Doubts on one page, the oldest first; the next come when these are decided.
const MOST: i64 = 50;
/// The longest reason, in characters.
const LONG_REASON: usize = 1_000;

/// The doors.
pub fn doors(doors: Doors) -> Doors {
    doors.get("/campaigns/{name}/doubts", Allow::COORDINATOR, show).post(
        "/campaigns/{name}/doubts",
        Allow::COORDINATOR,
        decided,
    )
}

/// A doubt as it is shown.
struct Shown {
    id: String,
    facts: Vec<(String, String)>,
    tries: Vec<Try>,
}

struct Try {
    began: String,
    ended: String,
    what: String,
}

#[derive(Template)]
#[template(path = "doubts.html")]
struct Page<'a> {
    f: &'a Frame,
    name: &'a str,
    doubts: Vec<Shown>,
    full: bool,
    wrong: Option<String>,
}

async fn show(State(house): At, frame: Frame, Path(name): Path<String>) -> Result<Response, Failure> {
    with(&house, &frame, &name, None).await
}

async fn with(house: &House, frame: &Frame, name: &str, wrong: Option<Text>) -> Result<Response, Failure> {
    let name = checked(name)?;
    let mut tx = house.db.read().await?;
    campaign::get(&mut tx, name).await?.ok_or_else(Failure::missing)?;
    let found = doubt::of_campaign(&mut tx, name, MOST).await?;
    let full = i64::try_from(found.len()).is_ok_and(|n| n == MOST);
    let doubts = found.into_iter().map(|evidence| shown(house, frame, evidence)).collect();
    page(&Page { f: frame, name, doubts, full, wrong: wrong.map(|wrong| frame.say(&wrong)) })
}

fn shown(house: &House, frame: &Frame, evidence: doubt::Evidence) -> Shown {
    let t = |en, nb| frame.t(en, nb).to_owned();
    let listings = match evidence.absent {
        0 => t("no complete listing without it yet", "ingen fullstendig liste uten den ennå"),
        n => frame.say(&number_of(
            n,
            ["complete listing did not show it", "complete listings did not show it"],
            ["fullstendig liste viste den ikke", "fullstendige lister viste den ikke"],
        )),
    };
    let mut facts = vec![
        (t("In doubt since", "Uavklart siden"), when(house, frame, evidence.since)),
        (t("Account", "Konto"), format!("{} ({})", evidence.account, evidence.channel)),
        (t("Message", "Melding"), format!("{}, {}", evidence.variant, evidence.language)),
        (t("What the provider lists", "Hva leverandøren lister"), listings),
    ];
    facts.extend(evidence.reason.map(|reason| (t("Why", "Hvorfor"), reason)));
    let tries = evidence.tries.iter().map(|one| Try {
        began: when(house, frame, one.began_at),
        ended: one.settled_at.map_or_else(|| t("never heard of", "aldri hørt fra"), |at| when(house, frame, at)),
        what: [
            one.verdict.clone(),
            one.code.clone(),
            one.named.then(|| t("the provider named it", "leverandøren ga den et navn")),
        ]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", "),
    });
    Shown { id: evidence.id.to_string(), facts, tries: tries.collect() }
}

#[derive(Deserialize)]
struct Fields {
    id: String,
    decision: String,
    #[serde(default)]
    reason: String,
}

async fn decided(
    State(house): At,
    frame: Frame,
    me: Me,
    Path(name): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Response, Failure> {
    let name = checked(&name)?;
    let id: MessageId = fields.id.parse().map_err(|_| Failure::missing())?;
    let decision = Decision::parse(&fields.decision).ok_or_else(Failure::missing)?;
    let reason: String = fields.reason.trim().chars().take(LONG_REASON).collect();
    let (status, wrong) = if reason.is_empty() {
        let wrong = text!(
            "Say how you know: the reason is kept with the contact.",
            "Si hvordan du vet det: begrunnelsen følger kontakten."
        );
        (StatusCode::UNPROCESSABLE_ENTITY, wrong)
    } else {
        let settler = Settler::new(house.ledger.clone(), house.settings.organisation.holidays);
        match decide(&house.db, &house.ledger, &settler, id, decision, (me.name(), &reason)).await? {
            Decided::Done => return Ok(Redirect::to(&address(name, "/doubts")).into_response()),
            Decided::Unknown => return Err(Failure::missing()),
            Decided::NotInDoubt(state) => {
                let Text { en, nb } = state.meaning(false);
                let wrong = text!(
                    "It is not in doubt any more, so nothing was done: {en}.",
                    "Den er ikke uavklart lenger, så ingenting ble gjort: {nb}."
                );
                (StatusCode::CONFLICT, wrong)
            }
            Decided::BeingAsked => {
                let wrong = text!(
                    "The provider is being asked about it right now, so nothing was done. Try again in a minute.",
                    "Leverandøren blir spurt om den akkurat nå, så ingenting ble gjort. Prøv igjen om et minutt."
                );
                (StatusCode::CONFLICT, wrong)
            }
        }
    };
    let mut response = with(&house, &frame, name, Some(wrong)).await?;
    *response.status_mut() = status;
    Ok(response)
}
