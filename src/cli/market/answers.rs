//! `lykt market` for what the group answers when it is asked: tally an answer, and show them all.

use serde_json::{Map, Value, json};

use super::super::Exit;
use super::super::table::{Table, complain, tell};
use super::Desk;
use crate::domain::inert::inert;
use crate::say;
use crate::store;

impl Desk<'_> {
    pub(super) async fn answer(&self, question: &str, answer: &str, n: i64) -> anyhow::Result<Exit> {
        let mut tx = self.app.db.begin().await?;
        if !self.market.tally(&mut tx, question, answer, n).await? {
            let asked = self.market.questions.look().entries;
            let known = asked.iter().map(|one| {
                let answers = one.answers.iter().map(|answer| answer.name.as_str()).collect::<Vec<_>>().join(", ");
                format!("{}: {answers}", one.name)
            });
            let known = known.collect::<Vec<_>>().join("; ");
            complain(&say!(
                self.ctx.lang,
                "there is no such answer, or less would be left than nothing; there are: {known}",
                "det finnes ikke et slikt svar, eller det ville blitt mindre enn ingen; det finnes: {known}"
            ));
            return Ok(Exit::Usage);
        }
        tx.commit().await?;
        self.answers().await
    }

    pub(super) async fn answers(&self) -> anyhow::Result<Exit> {
        let lang = self.ctx.lang;
        let mut tx = self.app.db.read().await?;
        let tallies = store::market::tallies(&mut tx, None).await?;
        let asked = self.market.questions.look().entries;
        let n = |question: &str, answer: &str| {
            tallies.get(&(question.to_owned(), answer.to_owned())).copied().unwrap_or_default()
        };
        if self.ctx.json {
            let line = |one: &crate::campaign::file::practice::Question| {
                let answers = one.answers.iter().map(|a| (a.name.clone(), n(&one.name, &a.name).into()));
                json!({ "question": one.name, "answers": answers.collect::<Map<String, Value>>() })
            };
            println!("{}", Value::from(asked.iter().map(line).collect::<Vec<_>>()));
            return Ok(Exit::Done);
        }
        for one in &asked {
            println!("{}", inert(one.text.pick(lang)));
            let mut table = Table::new([say!(lang, "answer", "svar"), say!(lang, "how many", "antall")]);
            for answer in &one.answers {
                table.row([inert(answer.text.pick(lang)), n(&one.name, &answer.name).to_string()]);
            }
            table.right(1);
            println!("{table}");
        }
        if asked.is_empty() {
            tell(&say!(
                lang,
                "No questions. Write them in campaigns/questions/; docs/market.md shows how.",
                "Ingen spørsmål. Skriv dem i campaigns/questions/; docs/market.md viser hvordan."
            ));
        }
        Ok(Exit::Done)
    }
}
