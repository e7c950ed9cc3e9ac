//! Three people who answer: one says no before it is their turn, one thanks before it is theirs, and one who got it asks.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use lykt::fake_gateway::FaultGateway;

use crate::power::house::{ACCOUNT, FROM, House, PEOPLE, number};

/// So long somebody waits to be heard before they try again.
const PATIENCE: Duration = Duration::from_millis(600);

/// What people say, each again and again until it is heard.
#[derive(Default)]
pub struct People {
    words: Vec<(String, &'static str)>,
    /// Who was heard, and when, unix milliseconds.
    pub heard: BTreeMap<String, i64>,
}

impl People {
    /// Says what is not heard yet, once somebody has got the message.
    pub async fn speak(&mut self, gateway: &FaultGateway, house: &House) {
        if self.words.is_empty() {
            let got = gateway.counts();
            let Some(first) = got.keys().next() else { return };
            let mut others = (0..PEOPLE).rev().map(number).filter(|number| !got.contains_key(number));
            let (no, thanks) = (others.next().unwrap(), others.next().unwrap());
            self.words = vec![(no, "STOPP"), (thanks, "Takk, når har dere åpent?"), (first.clone(), "Hvor er dere?")];
        }
        let hooks = house.hooks();
        for (n, (who, text)) in self.words.iter().enumerate() {
            if self.heard.contains_key(who) {
                continue;
            }
            let id = format!("SM{n:032x}");
            let answer = gateway.says(&hooks, ACCOUNT, &id, who, FROM, text);
            let status = tokio::time::timeout(PATIENCE, answer).await.ok().flatten();
            if status.is_some_and(|status| (200..300).contains(&status)) {
                self.heard.insert(who.clone(), now_ms());
            }
        }
    }

    pub fn have_spoken(&self) -> bool {
        self.heard.len() == 3
    }

    /// Those who must get nothing once they were heard.
    pub fn held(&self) -> impl Iterator<Item = (&String, &i64)> {
        self.words.iter().take(2).filter_map(|(who, _)| self.heard.get_key_value(who))
    }
}

/// Unix milliseconds.
pub fn now_ms() -> i64 {
    SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis() as i64
}
