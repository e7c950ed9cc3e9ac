//! One of two organisations: a database, keys, a clock that stands, and the other one in its settings.

use std::sync::Arc;

use jiff::tz::TimeZone;
use lykt::audit::{Who, acting};
use lykt::clock::Clock;
use lykt::domain::decision::Decision;
use lykt::domain::private::Private;
use lykt::ledger::{Answer, Ledger, NoSource};
use lykt::partner::{Answering, Asked, Book, Learnt, NoAnswer, NoHearing, Pair, question, take};
use lykt::settings::Settings;
use lykt::store::touch::{Touch, TouchKind};
use lykt::store::{Db, partner, sql};
use lykt::vault::{Keys, PairKey, Vault};

use crate::support::postgres;

pub const DAY: i64 = 86_400_000;
/// What the other one is called in the settings of both.
const OTHER: &str = "other";

/// A number of ours that belongs to nobody.
pub fn number(n: usize) -> Private {
    Private::new(format!("+467017406{n:02}"))
}

pub struct Side {
    pub db: Db,
    pub ledger: Ledger,
    pub book: Book,
    pub answering: Answering,
    folder: tempfile::TempDir,
}

impl Side {
    /// Two who have a key, and the same terms: each tells and asks both; the first on SQLite.
    pub async fn pair() -> (Side, Side) {
        let (ours, theirs) = PairKey::make().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let sqlite = format!("sqlite:{}", folder.path().join("lykt.db").display());
        let a = Side::at("Lykten", &ours, &sqlite, folder).await;
        let b = Side::at("Fyret", &theirs, &postgres::migrated().await, tempfile::tempdir().unwrap()).await;
        (a, b)
    }

    /// The same, when each has seen and accepted the other's terms.
    pub async fn agreed() -> (Side, Side) {
        let (a, b) = Side::pair().await;
        a.hear_terms(&b).await;
        b.hear_terms(&a).await;
        for side in [&a, &b] {
            side.accept().await;
        }
        (a, b)
    }

    async fn at(name: &str, key: &PairKey, url: &str, folder: tempfile::TempDir) -> Side {
        let clock = Clock::manual(TimeZone::get("Europe/Oslo").unwrap(), "2026-12-03T12:00:00+01:00".parse().unwrap());
        let vault = Arc::new(Vault::new(Keys::generate().unwrap()));
        std::fs::write(folder.path().join("pair.key"), key.text().expose()).unwrap();
        let settings = format!("[organisation]\nname = \"{name}\"\n{PARTNER}");
        std::fs::write(folder.path().join("lykt.toml"), settings).unwrap();
        let ledger = Ledger {
            vault,
            clock,
            cooldown: "6 months".parse().unwrap(),
            region: lykt::domain::phone::Region::default(),
        };
        let db = Db::open(url).await.unwrap();
        let mut side = Side { db, ledger, book: Book::default(), answering: Answering::default(), folder };
        side.reads_settings();
        side
    }

    /// Changes the settings.
    pub fn settings(&mut self, from: &str, to: &str) {
        let file = self.folder.path().join("lykt.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains(from));
        std::fs::write(&file, text.replace(from, to)).unwrap();
        self.reads_settings();
    }

    fn reads_settings(&mut self) {
        self.book = Book::open(&Settings::load(&self.folder.path().join("lykt.toml")).unwrap()).unwrap();
    }

    pub fn other(&self) -> &Pair {
        self.book.named(OTHER).unwrap()
    }

    /// Both clocks go on; they stand apart.
    pub fn later(&self, ms: i64) {
        self.ledger.clock.advance_ms(ms);
    }

    pub async fn hear_terms(&self, other: &Side) {
        self.say(&other.other().tell().unwrap()).await.unwrap();
    }

    pub async fn accept(&self) {
        let mut tx = self.db.begin().await.unwrap();
        assert!(partner::accept(&mut tx, OTHER, "Kari", self.ledger.clock.now_ms()).await.unwrap());
        tx.commit().await.unwrap();
    }

    /// What this side answers.
    pub async fn say(&self, envelope: &[u8]) -> Result<Vec<u8>, NoAnswer> {
        acting(Who::Partner, self.answering.answer(&self.db, &self.ledger, &self.book, envelope)).await
    }

    pub fn asks(&self, numbers: &[Private]) -> (Asked, Vec<u8>) {
        question(self.other(), &self.ledger, numbers).unwrap()
    }

    pub async fn hears(&self, asked: &Asked, answer: &[u8]) -> Result<Learnt, NoHearing> {
        acting(Who::House, take(&self.db, &self.ledger, self.other(), asked, answer)).await
    }

    /// Asks the other one about these, from the question to what was heard.
    pub async fn ask(&self, other: &Side, numbers: &[Private]) -> Result<Learnt, NoHearing> {
        let (asked, envelope) = self.asks(numbers);
        self.hears(&asked, &other.say(&envelope).await.unwrap()).await
    }

    /// Somebody is written to.
    pub async fn write_to(&self, number: &Private) {
        let mut tx = self.db.begin().await.unwrap();
        let contact = self.ledger.contact(&mut tx, number).await.unwrap();
        let mut message = Touch::new(TouchKind::Message, self.ledger.clock.now_ms());
        message.counts = true;
        self.ledger.register(&mut tx, contact.id, &message).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Somebody says no.
    pub async fn no(&self, number: &Private) {
        let mut tx = self.db.begin().await.unwrap();
        let contact = self.ledger.contact(&mut tx, number).await.unwrap();
        self.ledger.opt_out(&mut tx, contact.id, NoSource::ByHand, None).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn check(&self, number: &Private) -> Answer {
        self.ledger.check(&mut self.db.read().await.unwrap(), number).await.unwrap()
    }

    pub async fn decision(&self, number: &Private) -> Decision {
        self.check(number).await.decision()
    }

    pub async fn rows(&self, table: &'static str) -> i64 {
        let count = sql("select count(*) from ").push(table);
        self.db.read().await.unwrap().maybe(count).await.unwrap().unwrap().int(0).unwrap()
    }
}

const PARTNER: &str = r#"
[partners.other]
title = "The others"
key = { file = "pair.key" }
shares = ["noes", "approaches"]
asks = ["noes", "approaches"]
right = "agreement of 2026-11-02"
since = "2026-11-02"
signed = ["Kari for us", "Ola for them"]
per_day = 20
"#;
