//! `lykt tasks hand-over`: everything of one person goes to another.

use serde_json::json;

use super::super::Exit;
use super::super::table::{complain, tell};
use super::{Desk, HandOverArgs};
use crate::domain::inert::inert;
use crate::say;

impl Desk<'_> {
    /// Hands everything over, or shows what it would be.
    pub(super) async fn hand_over(&self, args: &HandOverArgs) -> anyhow::Result<Exit> {
        let lang = self.ctx.lang;
        let mut tx = if args.dry_run { self.db.read().await? } else { self.db.begin().await? };
        let passing = match self.tasks.passing(&mut tx, &args.from, &args.to).await? {
            Ok(passing) => passing,
            Err(why) => {
                complain(why.explain().pick(lang));
                return Ok(Exit::Usage);
            }
        };
        let all = if args.dry_run {
            self.tasks.would_move(&mut tx, &passing).await?
        } else {
            let all = self.tasks.hand_all_over(&mut tx, &passing).await?;
            tx.commit().await?;
            all
        };
        let routines = self.routines.naming(&passing.from);
        let (tasks, answers, contacts) = (all.tasks.len(), all.answers, all.contacts.len());
        let (from, to) = (inert(&passing.from), inert(&passing.to));
        if self.ctx.json {
            let told = json!({
                "from": passing.from, "to": passing.to, "handed_over": !args.dry_run,
                "tasks": tasks, "answers": answers, "contacts": contacts, "routines": routines,
            });
            println!("{told}");
            return Ok(Exit::Done);
        }
        let head = if args.dry_run {
            say!(lang, "{from} has, and {to} would get:", "{from} har, og {to} ville fått:")
        } else {
            say!(lang, "Handed over from {from} to {to}:", "Overlatt fra {from} til {to}:")
        };
        tell(&head);
        tell(&say!(
            lang,
            "  open tasks {tasks}, answers taken on {answers}, contacts {contacts}",
            "  åpne oppgaver {tasks}, svar under arbeid {answers}, kontakter {contacts}"
        ));
        if passing.to_peer && answers > 0 {
            tell(&say!(
                lang,
                "A peer has no inbox: the answers are free for all staff.",
                "En likeperson har ingen innboks: svarene er ledige for alle ansatte."
            ));
        }
        if !routines.is_empty() {
            let routines = routines.join(", ");
            tell(&say!(
                lang,
                "These routines name {from} in their files; change it there: {routines}",
                "Disse rutinene har {from} i filene sine; endre det der: {routines}"
            ));
        }
        Ok(Exit::Done)
    }
}
