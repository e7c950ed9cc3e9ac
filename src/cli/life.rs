//! `lykt pause|resume|cancel CAMPAIGN`.

use clap::Args;

use super::app::App;
use super::table::{complain, tell};
use super::{Ctx, Exit, change, refuse};
use crate::domain::campaign::CampaignState;
use crate::domain::lang::number_of;
use crate::plan::life::{Order, Outcome, order};
use crate::say;
use crate::store::campaign;

/// Which campaign.
#[derive(Debug, Args)]
pub struct CampaignArgs {
    /// The campaign: its file's name without .toml.
    pub campaign: String,
}

/// Runs one of the three commands.
///
/// # Errors
/// When the installation does not open, or the database is away.
pub async fn run(ctx: &Ctx, args: CampaignArgs, what: Order) -> anyhow::Result<Exit> {
    let app = App::open(ctx).await?;
    let name = &args.campaign;
    if what == Order::Resume
        && let Some(refusal) = not_as_approved(ctx, &app, name).await?
    {
        return Ok(refusal);
    }
    let told = match order(&app.db, &app.ledger, name, what, ctx.actor.as_deref()).await? {
        Outcome::Done { withdrawn } => match what {
            Order::Pause => say!(
                ctx.lang,
                "{name} is paused: nothing begins from now on",
                "{name} er satt på pause: ingenting begynner fra nå av"
            ),
            Order::Resume => say!(
                ctx.lang,
                "{name} goes on; everybody is checked again before their message",
                "{name} går videre; alle sjekkes på nytt før meldingen"
            ),
            Order::Cancel => say!(
                ctx.lang,
                "{name} is cancelled: {} withdrawn, open calls dropped",
                "{name} er avlyst: {} trukket, åpne ringeoppgaver fjernet",
                number_of(withdrawn, ["message", "messages"], ["melding", "meldinger"]).pick(ctx.lang)
            ),
        },
        Outcome::Unknown => return Ok(no_campaign(ctx, name)),
        Outcome::NotNow(state) => {
            let state = state.as_str();
            return Ok(refuse(say!(
                ctx.lang,
                "{name} is {state}: this cannot be done now",
                "{name} er {state}: dette kan ikke gjøres nå"
            )));
        }
    };
    if ctx.json {
        println!("{}", serde_json::json!({ "campaign": name, "done": true }));
    } else {
        tell(&told);
    }
    Ok(Exit::Done)
}

/// A paused campaign goes on only as it was approved; its list and its services are in the plan, and may be others.
async fn not_as_approved(ctx: &Ctx, app: &App, name: &str) -> anyhow::Result<Option<Exit>> {
    let mut tx = app.db.read().await?;
    let Some(campaign) = campaign::get(&mut tx, name).await?.filter(|c| c.state == CampaignState::Paused) else {
        return Ok(None);
    };
    let change = change::of_live(&mut tx, app, &campaign).await?.filter(|change| change.holds());
    Ok(change.map(|change| refuse(change::told(ctx.lang, name, campaign.state, change))))
}

/// Says that there is no such campaign.
pub(super) fn no_campaign(ctx: &Ctx, name: &str) -> Exit {
    complain(&say!(
        ctx.lang,
        "no campaign {name} was planned: see `ls campaigns/`, then `lykt plan {name}`",
        "ingen kampanje {name} er planlagt: se `ls campaigns/`, så `lykt plan {name}`"
    ));
    Exit::Usage
}
