//! The coordinator's yes, from the page of the plan: the number of people is typed.

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::{address, checked, making, plan};
use crate::campaign::folder::Folder;
use crate::domain::campaign::CampaignState;
use crate::domain::lang::{Text, number_of};
use crate::plan::PlanError;
use crate::plan::approve::{Refusal, Yes, approve};
use crate::text;
use crate::web::{Allow, At, Doors, Failure, Frame, Me, blocking};

/// The door.
pub fn doors(doors: Doors) -> Doors {
    doors.post("/campaigns/{name}/approve", Allow::COORDINATOR, say_yes)
}

#[derive(Deserialize)]
struct Typed {
    people: String,
}

async fn say_yes(
    State(house): At,
    frame: Frame,
    me: Me,
    Path(name): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    let name = checked(&name)?.to_owned();
    let digits: String = typed.people.chars().filter(|c| !c.is_whitespace()).collect();
    // What is no number is not the plan's number either.
    let people = digits.parse().unwrap_or(-1);
    let (folder, today, asked) = (Folder::named(&house.settings), house.ledger.clock.today(), name.clone());
    let wrong = match blocking(move || folder.ready(&asked, today)).await? {
        Err(why) => making::not_ready(&why),
        Ok(ready) => {
            let yes = Yes {
                campaign: &name,
                file_hash: &ready.file_hash,
                list_hash: &ready.list_hash,
                definition: &ready.definition,
                people,
                by: Some(me.name()),
                second: house.settings.campaigns.second_person,
                understood: house.settings.organisation.must_understand(),
            };
            match approve(&house.db, &house.ledger, &yes).await {
                // The daemon puts the messages in the outbox.
                Ok(Ok(_)) => return Ok(Redirect::to(&address(&name, "")).into_response()),
                Ok(Err(refusal)) => told(&refusal),
                Err(PlanError::Db(why)) => return Err(why.into()),
                Err(why) => return Err(Failure::away(&why)),
            }
        }
    };
    let mut response = plan::with(&house, &frame, &name, Some(wrong)).await?;
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

fn told(refusal: &Refusal) -> Text {
    match refusal {
        Refusal::NoPlan => text!("There is no plan yet: make one.", "Det finnes ingen plan ennå: lag en."),
        Refusal::NothingNew(_) => text!("No new plan waits for a yes.", "Ingen ny plan venter på et ja."),
        Refusal::OnItsWay => text!(
            "Newcomers were approved and are on their way into the outbox: wait a moment.",
            "Nye mottakere er godkjent og på vei inn: vent et øyeblikk."
        ),
        Refusal::Running => text!(
            "The campaign runs, and the file says something else now: pause it first.",
            "Kampanjen går, og filen sier noe annet nå: sett den på pause først."
        ),
        Refusal::UnderWay => {
            text!("Messages are under way: try again in a minute.", "Meldinger er underveis: prøv igjen om et minutt.")
        }
        Refusal::State(CampaignState::Cancelled) => text!(
            "The campaign was cancelled, and stays so: copy its file under another name, and plan that.",
            "Kampanjen er avlyst, og forblir det: kopier filen under et annet navn, og planlegg den."
        ),
        Refusal::State(state) => {
            let Text { en, nb } = state.text();
            text!(
                "The campaign is {en}: only a fresh plan can be approved.",
                "Kampanjen er {nb}: bare en fersk plan kan godkjennes."
            )
        }
        Refusal::FileChanged => text!(
            "The campaign's file, picture or account has changed since the plan: plan again, and look.",
            "Kampanjens fil, bilde eller konto er endret siden planen: planlegg på nytt, og se over."
        ),
        Refusal::ListChanged => {
            text!(
                "The list has changed since the plan: plan again, and look.",
                "Listen er endret siden planen: planlegg på nytt, og se over."
            )
        }
        Refusal::ServicesChanged => text!(
            "What messages say of services has changed since the plan: plan again, and look.",
            "Det meldingene sier om tjenester, er endret siden planen: planlegg på nytt, og se over."
        ),
        Refusal::PlanChanged => text!(
            "Somebody planned again meanwhile: look at the new plan.",
            "Noen har planlagt på nytt i mellomtiden: se på den nye planen."
        ),
        Refusal::Over(ends) => text!(
            "The campaign's last day was {ends}: write a later one in its file, and plan again.",
            "Kampanjens siste dag var {ends}: skriv en senere i filen, og lag en ny plan."
        ),
        Refusal::People { eligible } => {
            let Text { en, nb } = number_of(eligible, ["person", "people"], ["person", "personer"]);
            text!(
                "The plan has {en}, and another number was typed. Nothing was approved.",
                "Planen har {nb}, og et annet tall ble skrevet. Ingenting er godkjent."
            )
        }
        Refusal::NotTried { needed, versions } => {
            let few = versions.iter().map(|(variant, language, n)| format!("{variant} ({language}): {n}"));
            let few = few.collect::<Vec<_>>().join(", ");
            text!(
                "Each version must be understood by at least {needed} on the panel, and these are not yet: {few}. Try it on the panel, and write down what they say.",
                "Hver variant må være forstått av minst {needed} i testpanelet, og disse er ikke det ennå: {few}. Prøv den på testpanelet, og skriv ned hva de sier."
            )
        }
        Refusal::SecondPerson => text!(
            "This house wants two persons: somebody else than who made the plan says yes to it.",
            "Dette huset krever to personer: en annen enn den som laget planen, må godkjenne den."
        ),
    }
}
