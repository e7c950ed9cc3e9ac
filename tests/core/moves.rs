//! How messages move, as the design has it: by answers, by callbacks, by time.

use lykt::domain::campaign::CampaignState;
use lykt::domain::message::MessageState::{self, *};

use crate::core::model::{Answer, DAY, Message, Model, News, Now, Request};

fn rank(state: MessageState) -> u8 {
    match state {
        Accepted => 1,
        Sent => 2,
        Undelivered => 3,
        Delivered => 4,
        Read => 5,
        _ => 0,
    }
}

fn never_reached(code: u32) -> bool {
    [21211, 30005].contains(&code)
}

impl Model {
    fn goes_out(&mut self, message: usize, to: MessageState, now: Now) {
        let m = &mut self.messages[message];
        if m.state != Abandoned {
            m.out_at = Some(now.ms);
            m.counts = true;
        }
        self.set(message, to, now);
    }

    pub fn requeue(&mut self, message: usize, not_before: i64, now: Now) {
        self.set(message, Queued, now);
        let m = &mut self.messages[message];
        m.not_before = not_before;
        m.counts = false;
    }

    fn filtered(&mut self, message: usize) {
        let campaign = &mut self.campaigns[self.messages[message].campaign];
        if campaign.state == CampaignState::Running {
            campaign.state = CampaignState::Paused;
        }
    }

    /// The node that made the try settles it by its answer. Only where nobody knew better.
    pub fn settles(&mut self, message: usize, n: i64, answer: Answer, now: Now) {
        let m = &self.messages[message];
        if m.gone {
            return;
        }
        let ours = m.attempt == n && matches!(m.state, Submitting | InDoubt);
        let (state, to) = (m.state, m.to);
        match answer {
            // What a callback said of this very try is newer news than that it was taken.
            Answer::Taken if rank(state) == 0 && self.told(message, n) <= rank(Accepted) => {
                self.goes_out(message, Accepted, now);
            }
            Answer::Taken => {}
            Answer::Doubt if ours && state == Submitting => self.set(message, InDoubt, now),
            Answer::Doubt => {}
            Answer::Unsent if ours => self.requeue(message, now.ms, now),
            Answer::Throttled(wait) if ours => self.requeue(message, now.ms + wait, now),
            Answer::Unsent | Answer::Throttled(_) => {}
            Answer::Stranger if ours => {
                self.requeue(message, now.ms, now);
                self.account_paused = true;
            }
            Answer::Stranger => {}
            Answer::Refused(code) => {
                if ours {
                    self.set(message, Failed, now);
                    self.messages[message].counts = false;
                }
                if ours && code == 30007 {
                    self.filtered(message);
                }
                if code == 21610 {
                    self.says_no(to, now);
                }
            }
        }
    }

    /// The highest of what callbacks said of a try.
    fn told(&self, message: usize, n: i64) -> u8 {
        let of_it = self.requests.iter().filter(|one| one.message == message && one.n == n);
        of_it.map(|one| one.told).max().unwrap_or(0)
    }

    /// A verified callback. It only raises, its try as its message; good news of any try is proof, bad news is about its own try alone.
    pub fn hears(&mut self, request: usize, news: News, now: Now) {
        let Request { message, n, .. } = self.requests[request];
        let m = &self.messages[message];
        if m.gone {
            return;
        }
        let (state, to, newest) = (m.state, m.to, m.attempt == n);
        let code = match news {
            News::Undelivered(code) | News::Failed(code) => code,
            _ => 0,
        };
        let target = match news {
            News::Sent => Sent,
            News::Delivered => Delivered,
            News::Read => Read,
            News::Undelivered(_) | News::Failed(_) => Undelivered,
        };
        let raises = (newest || code == 0) && rank(target) > rank(state) && rank(target) > self.told(message, n);
        self.requests[request].told = self.requests[request].told.max(rank(target));
        if raises {
            if rank(state) == 0 {
                self.goes_out(message, target, now);
            } else {
                self.set(message, target, now);
                self.messages[message].counts |= state == Undelivered;
            }
            if never_reached(code) {
                self.messages[message].counts = false;
            }
            if code == 30007 {
                self.filtered(message);
            }
        }
        // Nobody got it, as the provider documents: the truth, whatever was counted.
        if code != 0 && (never_reached(code) || matches!(news, News::Failed(_))) {
            self.requests[request].reached_nobody = true;
        }
        if code == 21610 {
            self.says_no(to, now);
        }
    }

    /// What time demands. `dead_before`: who began with an older fence is known to be dead.
    pub fn reaps(&mut self, dead_before: i64, now: Now) {
        for n in 0..self.messages.len() {
            let m = &self.messages[n];
            if m.state == Submitting && !m.gone && (m.lease <= now.steady || m.fence < dead_before) {
                self.set(n, InDoubt, now);
            }
        }
        self.withdraw(|model, m| model.campaigns[m.campaign].state == CampaignState::Cancelled, now);
        if !self.trusts(now) {
            return;
        }
        for n in 0..self.messages.len() {
            let m = &mut self.messages[n];
            if m.state == InDoubt && !m.gone && m.state_at < now.ms - DAY {
                m.out_at = Some(m.state_at);
                m.counts = true;
                self.set(n, Abandoned, now);
            }
        }
        let today = self.today(now);
        self.withdraw(
            |model, m| {
                let campaign = &model.campaigns[m.campaign];
                campaign.state.is_live() && today > campaign.ends
            },
            now,
        );
    }

    /// Whether one person has a doubt of a campaign of which the other has a message too.
    pub fn are_rivals(&self, one: usize, other: usize) -> bool {
        let of = |person: usize, m: &Message| !m.gone && self.person[m.to] == person;
        let mut doubts = self.messages.iter().filter(|m| of(one, m) && m.state == InDoubt);
        doubts.any(|m| self.messages.iter().any(|rival| of(other, rival) && rival.campaign == m.campaign))
    }

    /// Whether a campaign has anything left to send or to settle.
    pub fn has_open(&self, campaign: usize) -> bool {
        self.messages
            .iter()
            .any(|m| m.campaign == campaign && !m.gone && matches!(m.state, Queued | Submitting | InDoubt))
    }
}
