//! `lykt status --nodes`: the daemons that share the database.

use serde_json::json;

use super::app::App;
use super::table::{Table, tell};
use super::{Ctx, Exit};
use crate::domain::moment;
use crate::ledger::quarantine;
use crate::say;
use crate::store::Tx;
use crate::store::node::{self, Node};

/// Shows every node that was ever seen.
pub(super) async fn show(ctx: &Ctx, app: &App) -> anyhow::Result<Exit> {
    let mut tx = app.db.read().await?;
    let nodes = node::all(&mut tx).await?;
    let now = tx.house_ms(&app.ledger.clock).await?;
    if ctx.json {
        let one = |node: &Node| {
            json!({
                "name": node.name, "fence": node.fence, "version": node.version, "state": state(node, now),
                "role": role(node), "started_at": moment::utc(node.started_at), "seen_at": moment::utc(node.seen_at),
            })
        };
        println!("{}", serde_json::Value::from(nodes.iter().map(one).collect::<Vec<_>>()));
        return Ok(Exit::Done);
    }
    let mut table = Table::new([
        say!(ctx.lang, "node", "node"),
        say!(ctx.lang, "state", "tilstand"),
        say!(ctx.lang, "role", "rolle"),
        say!(ctx.lang, "seen, seconds ago", "sist sett, sekunder siden"),
        say!(ctx.lang, "start", "start"),
        say!(ctx.lang, "version", "versjon"),
    ]);
    for node in &nodes {
        let ago = ((now - node.seen_at).max(0) / 1_000).to_string();
        let (state, role) = (state(node, now).to_owned(), role(node).to_owned());
        table.row([node.name.clone(), state, role, ago, node.fence.to_string(), node.version.clone()]);
    }
    table.right(3);
    println!("{table}");
    if !nodes.iter().any(|node| node.sends && node.is_alive(now)) {
        tell(&say!(
            ctx.lang,
            "No node sends: start `lykt serve` on one with [node] sends = true.",
            "Ingen node sender: start `lykt serve` på en med [node] sends = true."
        ));
    }
    say_held(ctx, &mut tx).await?;
    Ok(Exit::Done)
}

/// Says that nothing is sent for now, when it is so.
pub(super) async fn say_held(ctx: &Ctx, tx: &mut Tx) -> anyhow::Result<()> {
    if let Some(held) = quarantine::get(tx).await? {
        let why = held.why.explain();
        let why = why.pick(ctx.lang);
        tell(&say!(
            ctx.lang,
            "In quarantine: {why}. Nothing is sent and nobody is called; `lykt doctor` says what to do.",
            "I karantene: {why}. Ingenting sendes og ingen blir ringt; `lykt doctor` sier hva du gjør."
        ));
    }
    Ok(())
}

fn state(node: &Node, now: i64) -> &'static str {
    match node.stopped_at {
        Some(_) => "stopped",
        None if node.is_alive(now) => "running",
        None => "gone",
    }
}

fn role(node: &Node) -> &'static str {
    if node.sends { "active" } else { "passive" }
}
