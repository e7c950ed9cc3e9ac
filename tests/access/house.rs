//! A door on each database, with a clock that stands until it is moved, and an app that makes codes.

use std::net::IpAddr;
use std::sync::Arc;

use jiff::tz::TimeZone;
use lykt::access::{Access, Attempt, Recovery, SignIn, Visitor};
use lykt::clock::Clock;
use lykt::domain::private::Private;
use lykt::domain::role::Role;
use lykt::ledger::Ledger;
use lykt::settings::Settings;
use lykt::store::Db;
use lykt::vault::{Keys, Vault};
use totp_rs::{Builder, Secret};

use crate::support::postgres;

pub const PASSWORD: &str = "hest batteri stift riktig";
pub const MINUTE: i64 = 60_000;
pub const HOUR: i64 = 60 * MINUTE;

pub struct House {
    pub db: Db,
    pub clock: Clock,
    pub access: Access,
    pub ledger: Ledger,
    pub folder: Option<tempfile::TempDir>,
}

/// Somebody in front of a browser, with an app that makes codes.
#[derive(Clone)]
pub struct Person {
    pub name: String,
    pub password: String,
    pub secret: Option<String>,
    pub device: Option<String>,
    pub from: Option<IpAddr>,
    pub recovery: Vec<String>,
}

/// A session, as the browser has it.
pub struct In {
    pub cookie: String,
    pub visitor: Visitor,
}

impl House {
    /// One house on each database.
    pub async fn both() -> [House; 2] {
        let folder = tempfile::tempdir().unwrap();
        let sqlite = format!("sqlite:{}", folder.path().join("lykt.db").display());
        let postgres = postgres::migrated().await;
        [House::new(&sqlite, Some(folder)).await, House::new(&postgres, None).await]
    }

    async fn new(url: &str, folder: Option<tempfile::TempDir>) -> House {
        let db = Db::open(url).await.unwrap();
        let now = "2026-12-03T12:00:00+01:00".parse().unwrap();
        let clock = Clock::manual(TimeZone::get("Europe/Oslo").unwrap(), now);
        let vault = Arc::new(Vault::new(Keys::generate().unwrap()));
        let ledger = Ledger {
            vault,
            clock: clock.clone(),
            cooldown: "6 months".parse().unwrap(),
            region: lykt::domain::phone::Region::default(),
        };
        let access = Access::new(db.clone(), ledger.clone(), &settings());
        House { db, clock, access, ledger, folder }
    }

    /// The same house after a restart of the daemon: what is kept in memory alone is gone.
    pub fn restarted(&self) -> Access {
        Access::new(self.db.clone(), self.ledger.clone(), &settings())
    }

    /// Whether no node shares this database, so that its leases go by our own clock.
    pub fn moves_time(&self) -> bool {
        !self.db.is_shared()
    }

    /// Every byte that the embedded database has written.
    pub fn files(&self) -> Vec<u8> {
        let folder = self.folder.as_ref().unwrap().path();
        let files = std::fs::read_dir(folder).unwrap().map(|file| std::fs::read(file.unwrap().path()).unwrap());
        files.collect::<Vec<_>>().concat()
    }

    /// Somebody who was added and has not been here yet.
    pub async fn newcomer(&self, name: &str, role: Role) -> Person {
        let password = Some(Private::new(PASSWORD.to_owned()));
        self.access.add(name, role, password, None).await.unwrap().unwrap();
        let (name, password) = (name.to_owned(), PASSWORD.to_owned());
        Person { name, password, secret: None, device: None, from: address(1), recovery: Vec::new() }
    }

    /// Somebody whose app makes codes, and whose browser is known.
    pub async fn person(&self, name: &str, role: Role) -> Person {
        let mut person = self.newcomer(name, role).await;
        self.comes_in(&mut person).await;
        person
    }

    /// Signs in as far as it takes; the next code is another one.
    pub async fn comes_in(&self, person: &mut Person) -> In {
        if person.secret.is_none() {
            let SignIn::Enrol { secret, .. } = self.tries(person, None).await else {
                panic!("no second factor offered")
            };
            person.secret = Some(secret.expose().clone());
        }
        self.clock.advance_ms(30_000);
        let code = self.code(person, 0);
        match self.tries(person, Some(code)).await {
            SignIn::Welcome { cookie, device, visitor, recovery } => {
                person.device = Some(device.expose().clone());
                if let Recovery::Drawn(codes) = recovery {
                    person.recovery = codes.iter().map(|code| code.expose().clone()).collect();
                }
                In { cookie: cookie.expose().clone(), visitor }
            }
            other => panic!("{} does not come in: {other:?}", person.name),
        }
    }

    /// One attempt.
    pub async fn tries(&self, person: &Person, code: Option<String>) -> SignIn {
        let Person { name, password, device, from, .. } = person.clone();
        let attempt = Attempt { name, password: Private::new(password), code, device, from };
        self.access.sign_in(attempt).await.unwrap()
    }

    /// The code that the person's app shows so many seconds from now.
    pub fn code(&self, person: &Person, seconds: i64) -> String {
        let secret = Secret::try_from_base32(person.secret.as_ref().unwrap()).unwrap();
        let totp = Builder::new().with_secret(secret).with_account_name("a").build().unwrap();
        totp.generate(self.clock.wall_seconds().checked_add_signed(seconds).unwrap()).to_string()
    }

    /// Who comes with a cookie.
    pub async fn visitor(&self, cookie: &str) -> Option<Visitor> {
        self.access.visitor(cookie).await.unwrap()
    }
}

/// The defaults, in an organisation with a name.
pub fn settings() -> Settings {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lykt.toml");
    std::fs::write(&file, "[organisation]\nname = \"Lykten\"\n").unwrap();
    Settings::load(&file).unwrap()
}

/// An address of its own for each number.
pub fn address(n: u32) -> Option<IpAddr> {
    Some(IpAddr::V4((0xcb00_7100 + n).into()))
}
