//! A house with a coordinator at her desk: settings, a folder of campaigns, and the pages through the router.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderName, Method, Request, StatusCode, header};
use jiff::tz::TimeZone;
use lykt::access::Access;
use lykt::clock::Clock;
use lykt::domain::private::Private;
use lykt::domain::role::Role;
use lykt::domain::scope::Scope;
use lykt::ledger::Ledger;
use lykt::settings::Settings;
use lykt::store::Db;
use lykt::vault::{Keys, Vault};
use lykt::web::{self, House};
use tower::ServiceExt;

use crate::support::postgres;

/// The campaign as it is at first.
pub const VINTER: &str = r#"title  = "Gratis vaksine"
goal   = "20 personer får første dose"
basis  = "public task, DPIA 2026-04"
starts = 2026-11-01
ends   = 2027-01-31

[targets]
list    = "lists/oslo.csv"
columns = { phone = "telefon", language = "språk", nick = "kallenavn" }

[message]
channels = ["sms"]
gateway  = { sms = "a" }
sender   = "Amanda"
[[message.variant]]
name = "personal"
text.nb = "Hei {{ nick }}! Gratis lege. Dette er {{ sender }} fra {{ organisation }}, lykten.example. Svar STOPP for å slippe flere."
text.en = "Hi {{ nick }}! Free doctor. This is {{ sender }} from {{ organisation }}, lykten.example. Reply STOP to opt out."

[window]
days = ["mon", "tue", "wed", "thu", "fri"]
from = "11:00"
until = "18:00"
holidays = "NO"
rate = "20/min"
"#;

/// A house for one test.
pub struct Desk {
    pub db: Db,
    pub ledger: Ledger,
    access: Access,
    router: Router,
    cookies: Vec<(&'static str, String)>,
    folder: tempfile::TempDir,
}

/// What a page answered.
pub struct Answer {
    pub status: StatusCode,
    pub leads_to: Option<String>,
    pub kind: String,
    pub body: String,
}

/// A number that belongs to nobody; Sweden has no more of them than 95, so what comes after is made up.
pub fn number(n: usize) -> String {
    if n < 95 { format!("+46 70 174 06 {:02}", n + 5) } else { format!("+47 900 01 {n:03}") }
}

/// A list of this many people.
pub fn list(people: usize) -> String {
    let row = |n: usize| format!("{};nb;Kari{n}\n", number(n));
    format!("telefon;språk;kallenavn\n{}", (0..people).map(row).collect::<String>())
}

impl Desk {
    /// One on each database: a house with the campaign `vinter`, a list of this many people, and a user for each role.
    pub async fn both(people: usize, more_settings: &str) -> Vec<Desk> {
        let postgres = postgres::migrated().await;
        vec![Self::on(None, people, more_settings).await, Self::on(Some(postgres), people, more_settings).await]
    }

    async fn on(database: Option<String>, people: usize, more_settings: &str) -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let campaigns = folder.path().join("campaigns");
        std::fs::create_dir_all(campaigns.join("lists")).unwrap();
        std::fs::write(campaigns.join("vinter.toml"), VINTER).unwrap();
        std::fs::write(campaigns.join("lists/oslo.csv"), list(people)).unwrap();
        let file = folder.path().join("lykt.toml");
        let settings = format!(
            "[organisation]\nname = \"Lykten\"\nabout_url = \"https://lykten.example\"\n[gateways.a]\nkind = \"simulator\"\n{more_settings}"
        );
        std::fs::write(&file, settings).unwrap();
        let settings = Settings::load(&file).unwrap();
        let clock = Clock::manual(TimeZone::get("Europe/Oslo").unwrap(), "2026-12-03T12:00:00+01:00".parse().unwrap());
        let vault = Arc::new(Vault::new(Keys::generate().unwrap()));
        let ledger = Ledger {
            vault,
            clock,
            cooldown: "6 months".parse().unwrap(),
            region: lykt::domain::phone::Region::default(),
        };
        let sqlite = format!("sqlite:{}", folder.path().join("lykt.db").display());
        let db = Db::open(&database.unwrap_or(sqlite)).await.unwrap();
        let house = House::new(settings, db.clone(), ledger.clone());
        let access = house.access.clone();
        let mut cookies = Vec::new();
        for (name, role) in [
            ("Berit", Role::Coordinator),
            ("Anne", Role::Coordinator),
            ("Stian", Role::Staff),
            ("Noor", Role::Peer),
            ("Ada", Role::Admin),
            ("Rut", Role::Auditor),
        ] {
            let password = Private::new("en lykt i mørket lyser".to_owned());
            let added = house.access.add(name, role, Some(password), None).await.unwrap().unwrap();
            let mut tx = db.begin().await.unwrap();
            let cookie = house.access.begin(&mut tx, added.user.id).await.unwrap();
            tx.commit().await.unwrap();
            cookies.push((name, cookie.expose().clone()));
        }
        let router = web::router(house);
        Desk { db, ledger, access, router, cookies, folder }
    }

    /// A token of another system with this scope.
    pub async fn token(&self, scope: Scope) -> String {
        let made = self.access.add_token(scope.as_str(), &[scope].into(), None).await.unwrap().unwrap();
        made.1.expose().clone()
    }

    /// Where campaign files are.
    pub fn campaigns(&self) -> PathBuf {
        self.folder.path().join("campaigns")
    }

    /// What this person sees at an address.
    pub async fn get(&self, who: &str, path: &str) -> Answer {
        self.ask(who, Method::GET, path, "text/plain", Vec::new()).await
    }

    /// What the coordinator sees of a list, once it is read.
    pub async fn list(&self, path: &str) -> Answer {
        loop {
            let answer = self.get("Berit", path).await;
            if !answer.says("The list is being read") {
                return answer;
            }
            tokio::task::yield_now().await;
        }
    }

    /// What this person gets for a form.
    pub async fn post(&self, who: &str, path: &str, form: &str) -> Answer {
        self.ask(who, Method::POST, path, "application/x-www-form-urlencoded", form.into()).await
    }

    /// Lets this person make a plan, and waits until it is there: on a busy machine it comes after its page.
    pub async fn plan(&self, who: &str) {
        let asked = self.post(who, "/campaigns/vinter/plan", "").await;
        assert_eq!(asked.leads_to.as_deref(), Some("/campaigns/vinter/plan"));
        while self.get(who, "/campaigns/vinter/planning").await.says("<progress") {
            tokio::task::yield_now().await;
        }
    }

    /// What this person gets for anything else.
    pub async fn ask(&self, who: &str, method: Method, path: &str, kind: &str, body: Vec<u8>) -> Answer {
        let cookie = &self.cookies.iter().find(|(name, _)| *name == who).unwrap().1;
        self.send((header::COOKIE, format!("lykt={cookie}")), method, path, kind, body).await
    }

    /// What whoever brings this header gets.
    pub async fn send(
        &self,
        (name, value): (HeaderName, String),
        method: Method,
        path: &str,
        kind: &str,
        body: Vec<u8>,
    ) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(name, value)
            .header(header::ACCEPT_LANGUAGE, "en")
            .header(header::CONTENT_TYPE, kind)
            .header("sec-fetch-site", "same-origin");
        let response = self.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let text = |name| {
            let value = response.headers().get(name)?;
            value.to_str().ok().map(str::to_owned)
        };
        let (status, leads_to) = (response.status(), text(header::LOCATION));
        let kind = text(header::CONTENT_TYPE).unwrap_or_default();
        let body = to_bytes(response.into_body(), 10_000_000).await.unwrap();
        Answer { status, leads_to, kind, body: String::from_utf8(body.to_vec()).unwrap() }
    }

    /// What this person's browser gets for a form that another site sends.
    pub async fn post_from_elsewhere(&self, who: &str, path: &str, site: (&'static str, &'static str)) -> StatusCode {
        let cookie = &self.cookies.iter().find(|(name, _)| *name == who).unwrap().1;
        let request = Request::post(path)
            .header(header::COOKIE, format!("lykt={cookie}"))
            .header(header::HOST, "lykt.example")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(site.0, site.1);
        self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap().status()
    }

    /// A file of a campaign in the folder.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.campaigns().join(name), text).unwrap();
    }
}

impl Answer {
    /// Whether the page says this.
    pub fn says(&self, text: &str) -> bool {
        self.body.contains(text)
    }

    /// Whether the page says this outside its ids, in which any few digits may stand.
    pub fn shows(&self, text: &str) -> bool {
        let part_of_an_id = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
        let words = self.body.split_inclusive(|letter| !part_of_an_id(letter));
        words.filter(|word| word.len() <= 20).collect::<String>().contains(text)
    }

    /// The page, when it says all of this.
    #[track_caller]
    pub fn must_say(&self, texts: &[&str]) {
        for text in texts {
            assert!(self.says(text), "{text:?} is missing ({}):\n{}", self.status, self.body);
        }
    }
}
