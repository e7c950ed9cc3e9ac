//! Calm days, on which nothing fails, and the end of a world, when everything comes to rest: who may be written to, is.

use std::collections::BTreeMap;

use lykt::domain::campaign::CampaignState;
use lykt::domain::message::MessageState::*;
use lykt::gateway::Failure;
use lykt::plan::life::Order;
use lykt::store::contact;

use crate::core::model::Answer;
use crate::core::provider::{List, taken};
use crate::core::world::{MINUTE, NUMBERS, Then, World, number};

impl World {
    /// A day on which nothing fails: who may be written to, is.
    pub async fn calm_day(&mut self) {
        let today = self.model.today(self.now());
        self.provider.told().list = List::Honest;
        let mut could: BTreeMap<usize, usize> = BTreeMap::new();
        for minute in [70, 110, 9 * 60 + 5, 9 * 60 + 50, 11 * 60 + 5, 12 * 60, 13 * 60, 14 * 60, 16 * 60] {
            self.until(today, minute).await;
            for _ in 0..2 {
                self.be_calm().await;
                for m in 0..self.model.messages.len() {
                    if self.model.may_begin(m, self.now()).is_ok() {
                        *could.entry(m).or_default() += 1;
                    }
                }
                self.check(false).await;
                self.pass(3 * MINUTE);
            }
        }
        for (m, times) in could {
            let one = &self.model.messages[m];
            if one.state == Queued && times >= 3 {
                self.model.messages[m].waited += 1;
                let campaign = &self.model.campaigns[self.model.messages[m].campaign];
                // With a rate by the day, the others go first.
                let most = campaign.a_day.map_or(0, |n| NUMBERS.div_ceil(n));
                if self.model.messages[m].waited > most {
                    self.broken(&format!("{} could go for {} calm days and did not", self.show(m), most + 1));
                }
            }
        }
    }

    /// Every node lives, every request is taken and answered at once.
    pub async fn be_calm(&mut self) {
        for n in 0..self.nodes.len() {
            if self.nodes[n].is_none() {
                self.is_born(n).await;
            }
        }
        self.resume_account().await;
        for _ in 0..6 {
            let mut moved = 0;
            for n in 0..self.nodes.len() {
                let (settled, began) = self.step(n, Then::Nothing).await;
                moved += settled + began;
                let waiting: Vec<usize> = {
                    let told = self.provider.told();
                    (0..told.asked.len()).filter(|n| told.asked[*n].is_waiting()).collect()
                };
                for request in waiting {
                    if self.model.may_take(request, self.now()) {
                        self.take(request);
                    }
                    let sid = self.provider.told().asked[request].sid.clone();
                    let (sent, answer) = match self.model.taken.contains_key(&request) {
                        true => (taken(&sid), Answer::Taken),
                        false => (Err(Failure::Timeout), Answer::Doubt),
                    };
                    self.answer(request, sent, answer).await;
                    moved += 1;
                }
            }
            if moved == 0 {
                return;
            }
        }
    }

    /// All trouble ends and time goes on: nothing may stay open, and nobody be forgotten.
    pub async fn come_to_rest(&mut self) {
        while !self.plans.is_empty() {
            self.approve().await;
        }
        while !self.replies.is_empty() {
            self.read().await;
        }
        for c in 0..self.model.campaigns.len() {
            if self.model.campaigns[c].state == CampaignState::Paused {
                self.give(c, Order::Resume).await;
            }
        }
        for day in 0..40 {
            let open = (0..self.model.campaigns.len()).any(|c| self.model.has_open(c));
            if !open {
                break;
            }
            if day == 39 {
                let m =
                    self.model.messages.iter().position(|m| matches!(m.state, Queued | Submitting | InDoubt)).unwrap();
                self.broken(&format!("{} never came to an end", self.show(m)));
            }
            let tomorrow = self.model.today(self.now()).tomorrow().unwrap();
            self.until(tomorrow, 0).await;
            for c in 0..self.model.campaigns.len() {
                // One that was filtered paused by itself; somebody looked at it.
                if self.model.campaigns[c].state == CampaignState::Paused {
                    self.give(c, Order::Resume).await;
                }
            }
            self.calm_day().await;
            self.reap().await;
            self.check(true).await;
            self.day_is_over();
        }
        self.noes_stand().await;
    }

    /// What the ledger says of every number is what the model says.
    pub async fn noes_stand(&mut self) {
        let mut tx = self.db.read().await.unwrap();
        for n in 0..NUMBERS {
            let blind = self.ledger.vault.blind(&number(n));
            let no = contact::noes(&mut tx, &[blind]).await.unwrap().contains(&blind);
            if no != self.model.of(n).no {
                self.broken(&format!("the no of {n} is {no} in the house"));
            }
        }
    }
}
