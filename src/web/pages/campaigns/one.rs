//! The page of one campaign: how far it is, what can be done with it, and where its other pages are.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::checked;
use super::live::Live;
use crate::campaign::folder::Folder;
use crate::domain::campaign::CampaignState;
use crate::domain::lang::{Text, number_of};
use crate::domain::message::MessageState;
use crate::plan::changed;
use crate::plan::life::Order;
use crate::report::progress::{self, Progress};
use crate::report::room;
use crate::store::account;
use crate::store::task::TaskState;
use crate::text;
use crate::web::frame::page;
use crate::web::person::when;
use crate::web::{Allow, At, Doors, Failure, Frame, House, blocking};

/// The door.
pub fn doors(doors: Doors) -> Doors {
    doors.get("/campaigns/{name}", Allow::COORDINATOR, show)
}

#[derive(Template)]
#[template(path = "campaign.html")]
struct Page<'a> {
    f: &'a Frame,
    name: &'a str,
    title: String,
    goal: Option<String>,
    live: Option<Live>,
    has_file: bool,
    buttons: Vec<Button>,
    wrong: Option<String>,
    paused_accounts: Vec<(String, String)>,
    /// Until when the provider lets us write to no more new people.
    full_until: Option<String>,
    /// The accounts that wait until answers reach us.
    deaf: Vec<String>,
}

/// What can be done, and what it would do.
struct Button {
    order: &'static str,
    label: String,
    would: String,
    danger: bool,
}

async fn show(State(house): At, frame: Frame, Path(name): Path<String>) -> Result<Response, Failure> {
    with(&house, &frame, &name, None).await
}

/// The page, with what stood in the way of what was asked for.
pub async fn with(house: &House, frame: &Frame, name: &str, wrong: Option<Text>) -> Result<Response, Failure> {
    let name = checked(name)?;
    let folder = Folder::named(&house.settings);
    let mut tx = house.db.read().await?;
    let progress = progress::read(&mut tx, &house.ledger, name).await?;
    let has_file = folder.file(name).is_file();
    let Some(progress) = progress else {
        let title = blocking({
            let name = name.to_owned();
            move || super::title(&folder, &name)
        });
        if !has_file {
            return Err(Failure::missing());
        }
        let title = title.await?.unwrap_or_else(|| name.to_owned());
        let wrong = wrong.map(|wrong| frame.say(&wrong));
        let page_of = Page {
            f: frame,
            name,
            title,
            goal: None,
            live: None,
            has_file,
            buttons: vec![],
            wrong,
            paused_accounts: vec![],
            full_until: None,
            deaf: vec![],
        };
        return page(&page_of);
    };
    let change = changed::of_live(&mut tx, &house.ledger, &folder, &progress.campaign, false)
        .await
        .map_err(|why| Failure::away(&why))?;
    let paused_accounts = match &progress.definition {
        Some(definition) if progress.campaign.state.is_live() => {
            let paused = account::paused(&mut tx, house.ledger.clock.now_ms()).await?;
            paused.into_iter().filter(|(account, _)| definition.routes().iter().any(|(_, by)| by == account)).collect()
        }
        _ => vec![],
    };
    let full = room::full_until(&mut tx, &house.settings, &progress, house.ledger.clock.now_ms()).await?;
    let deaf = room::deaf(&mut tx, &house.settings, &progress, &house.ledger.clock).await?;
    let live = Live::of(&mut tx, house, frame, name, &progress, change).await?;
    let definition = progress.definition.as_ref();
    page(&Page {
        f: frame,
        name,
        title: definition.map_or_else(|| name.to_owned(), |definition| definition.title.clone()),
        goal: definition.and_then(|definition| definition.goal.clone()),
        buttons: buttons(frame, &progress),
        live: Some(live),
        has_file,
        wrong: wrong.map(|wrong| frame.say(&wrong)),
        paused_accounts,
        deaf,
        full_until: full.map(|at| when(house, frame, at)),
    })
}

fn buttons(frame: &Frame, progress: &Progress) -> Vec<Button> {
    let (waiting, under_way) =
        (progress.waiting(), progress.messages.get(&MessageState::Submitting).copied().unwrap_or_default());
    let calls: i64 = [TaskState::Planned, TaskState::Open, TaskState::Claimed]
        .iter()
        .filter_map(|state| progress.tasks.get(state))
        .sum();
    let would = |order| match order {
        Order::Pause => {
            let Text { en, nb } = number_of(
                waiting,
                ["message waits; it does not begin", "messages wait; none of them begins"],
                ["melding venter; den begynner ikke", "meldinger venter; ingen av dem begynner"],
            );
            let Text { en: going, nb: going_nb } = number_of(
                under_way,
                ["is under way and ends as it will", "are under way and end as they will"],
                ["er på vei og går som den går", "er på vei og går som de går"],
            );
            text!(
                "{en} until somebody resumes. {going}. Calls stay on the list.",
                "{nb} før noen fortsetter. {going_nb}. Ringeoppgavene blir stående."
            )
        }
        Order::Resume => {
            let Text { en, nb } = number_of(waiting, ["message goes", "messages go"], ["melding går", "meldinger går"]);
            text!(
                "{en} on, in the window. Each person is checked again just before their message.",
                "{nb} videre, i sendetiden. Hver person sjekkes på nytt rett før meldingen."
            )
        }
        Order::Cancel => {
            let Text { en, nb } = number_of(waiting, ["message is", "messages are"], ["melding", "meldinger"]);
            let Text { en: calls_en, nb: calls_nb } =
                number_of(calls, ["call leaves", "calls leave"], ["ringeoppgave", "ringeoppgaver"]);
            text!(
                "{en} withdrawn and {calls_en} the list. This is final; what has gone out stays sent.",
                "{nb} trekkes, og {calls_nb} fjernes. Dette er endelig; det som er sendt, er sendt."
            )
        }
    };
    let orders: &[Order] = match progress.campaign.state {
        CampaignState::Running => &[Order::Pause, Order::Cancel],
        CampaignState::Paused => &[Order::Resume, Order::Cancel],
        CampaignState::Planned | CampaignState::Approved => &[Order::Cancel],
        CampaignState::Finished | CampaignState::Cancelled => &[],
    };
    let button = |order: &Order| Button {
        order: word(*order),
        label: frame.say(&label(*order)),
        would: frame.say(&would(*order)),
        danger: *order == Order::Cancel,
    };
    orders.iter().map(button).collect()
}

/// The last part of the address that carries out an order.
pub fn word(order: Order) -> &'static str {
    match order {
        Order::Pause => "pause",
        Order::Resume => "resume",
        Order::Cancel => "cancel",
    }
}

fn label(order: Order) -> Text {
    match order {
        Order::Pause => text!("Pause", "Sett på pause"),
        Order::Resume => text!("Resume", "Fortsett"),
        Order::Cancel => text!("Cancel for good", "Avlys for godt"),
    }
}
