//! Asks partners over HTTPS, daemon to daemon.

use std::time::Duration;

use tracing::warn;

use super::book::{Book, Pair, PartnerError};
use super::word::Word;
use super::{AT_ONCE, Answering, LARGEST_ANSWER, Learnt, Unread, ask};
use crate::clock;
use crate::domain::lang::Text;
use crate::domain::private::Private;
use crate::gateway::exchange::{Auth, Body, Failure, Request};
use crate::gateway::http::{Http, NoClient};
use crate::ledger::Ledger;
use crate::settings::Settings;
use crate::store::partner;
use crate::store::{Db, DbError};
use crate::text;

/// A partner that does not answer in this time is silent.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);
/// Where partners ask.
pub const PATH: &str = "/partner";

/// Why a partner said nothing.
#[derive(Debug, thiserror::Error)]
pub enum Silent {
    /// It cannot be reached, or answers something else.
    #[error("{}", .0.en)]
    Away(Text),
    /// It heard us and does not answer, or its answer cannot be taken.
    #[error(transparent)]
    NoHearing(#[from] ask::NoHearing),
    /// Nobody here has read and accepted its terms.
    #[error("nobody has accepted its terms: `lykt partner terms`, then `lykt partner accept`")]
    Terms,
}

impl From<Unread> for Silent {
    fn from(unread: Unread) -> Self {
        Silent::NoHearing(unread.into())
    }
}

impl From<DbError> for Silent {
    fn from(why: DbError) -> Self {
        Silent::NoHearing(why.into())
    }
}

fn away(why: Failure) -> Text {
    match why {
        Failure::Connect | Failure::Late => text!(
            "no connection: does its `lykt serve` run, and is `url` right?",
            "ingen forbindelse: kjører `lykt serve` hos den, og er `url` riktig?"
        ),
        Failure::Unbuildable => text!("`url` is no address", "`url` er ingen adresse"),
        Failure::Timeout => text!("it did not answer in time", "den svarte ikke i tide"),
        Failure::Broken => text!("the connection broke off", "forbindelsen ble brutt"),
    }
}

impl Silent {
    /// What people read.
    pub fn text(&self) -> Text {
        match self {
            Silent::Away(why) => why.clone(),
            Silent::Terms | Silent::NoHearing(ask::NoHearing::Terms) => text!(
                "nobody here has accepted its terms as they are now: `lykt partner terms`, then `lykt partner accept`",
                "ingen her har godtatt vilkårene slik de er nå: `lykt partner terms`, så `lykt partner accept`"
            ),
            Silent::NoHearing(ask::NoHearing::Refused(why)) => why.text(),
            Silent::NoHearing(ask::NoHearing::Unread(_)) => text!(
                "its answer cannot be read: do both have the key of the same pair?",
                "svaret kan ikke leses: har begge nøkkelen til samme par?"
            ),
            Silent::NoHearing(ask::NoHearing::Db(why)) => text!("{why}", "{why}"),
        }
    }
}

/// The partners, with what asks and answers them.
#[derive(Clone)]
pub struct Partners {
    /// Who they are.
    pub book: Book,
    /// What answers them.
    pub answering: Answering,
    http: Option<Http>,
}

impl Partners {
    /// Those that the settings name.
    ///
    /// # Errors
    /// When a key cannot be read, or the HTTP client cannot be made.
    pub fn open(settings: &Settings) -> Result<Self, PartnerError> {
        let book = Book::open(settings)?;
        let by_line = book.all().iter().any(|pair| pair.partner.url.is_some());
        let http = by_line.then(|| Http::new(clock::boot_ms, ANSWER_WITHIN)).transpose();
        let http = http.map_err(|why: NoClient| PartnerError::Key("*".to_owned(), why.text()))?;
        Ok(Self { book, answering: Answering::default(), http })
    }

    /// Those that are asked by line.
    pub fn by_line(&self) -> impl Iterator<Item = &Pair> {
        self.book.all().iter().filter(|pair| pair.partner.url.is_some() && !pair.partner.asks.is_empty())
    }

    /// Tells a partner our terms, and hears its own.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn terms(&self, db: &Db, ledger: &Ledger, pair: &Pair) -> Result<(), Silent> {
        let answer = self.carry(pair, pair.tell()?).await?;
        let Word::Terms { terms } = Word::open(&pair.key, &answer)? else { return Err(Unread.into()) };
        let mut tx = db.begin().await?;
        pair.heard_terms(&mut tx, ledger, &terms).await?;
        Ok(tx.commit().await?)
    }

    /// Asks one partner about those of these numbers of whom it has not told us lately.
    ///
    /// # Errors
    /// When it does not answer; what it said before then is kept.
    pub async fn ask(&self, db: &Db, ledger: &Ledger, pair: &Pair, numbers: &[Private]) -> Result<Learnt, Silent> {
        let mut tx = db.read().await?;
        if !pair.theirs(&mut tx, &ledger.vault).await?.is_some_and(|(_, kept)| kept.accepted) {
            return Err(Silent::Terms);
        }
        let mut new = Vec::new();
        for chunk in numbers.chunks(500) {
            let blinds: Vec<_> = chunk.iter().map(|number| ledger.vault.blind(number.expose())).collect();
            let known = partner::known(&mut tx, &pair.name, &blinds, ledger.clock.now_ms()).await?;
            new.extend(
                chunk.iter().zip(&blinds).filter(|(_, blind)| !known.contains(blind)).map(|(number, _)| number.clone()),
            );
        }
        drop(tx);
        let mut all = Learnt::default();
        for some in new.chunks(AT_ONCE) {
            let (asked, envelope) = ask::question(pair, ledger, some)?;
            let answer = self.carry(pair, envelope).await?;
            all += ask::take(db, ledger, pair, &asked, &answer).await?;
        }
        Ok(all)
    }

    async fn carry(&self, pair: &Pair, envelope: Vec<u8>) -> Result<Vec<u8>, Silent> {
        let (Some(http), Some(url)) = (&self.http, &pair.partner.url) else {
            return Err(Silent::Away(text!(
                "the settings say no `url` for it",
                "innstillingene har ingen `url` for den"
            )));
        };
        let url = format!("{}{PATH}", url.trim_end_matches('/'));
        let body = Body::Bytes(Private::new(envelope));
        let answer = http.ask(Request::post(url, Auth::None, body), LARGEST_ANSWER).await;
        let answer = answer.map_err(|why| {
            warn!(partner.name = pair.name, error = %why, "a partner does not answer");
            Silent::Away(away(why))
        })?;
        match (answer.status, answer.body) {
            (200, Some(body)) => Ok(body),
            (404, _) => Err(Silent::Away(text!(
                "its address answers, and knows nothing of us: do both have the key of the same pair, and has it restarted since?",
                "adressen svarer, men kjenner oss ikke: har begge nøkkelen til samme par, og er den startet på nytt siden?"
            ))),
            (status, _) => Err(Silent::Away(text!(
                "its address answers with {status}: does `url` lead to its `lykt serve`?",
                "adressen svarer med {status}: leder `url` til `lykt serve` hos den?"
            ))),
        }
    }
}
