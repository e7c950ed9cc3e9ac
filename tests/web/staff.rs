//! A service on a Tuesday at noon, its people signed in, and its pages asked through the router.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use lykt::domain::handle::kind_of;
use lykt::domain::id::{ContactId, UserId};
use lykt::domain::private::Private;
use lykt::domain::role::Role;
use lykt::domain::scope::Scope;
use lykt::settings::Settings;
use lykt::store::touch::{self, Touch};
use lykt::web::{self, House as Pages};
use tower::ServiceExt;

use crate::web::house::{House, Person};

/// Who works here.
#[derive(Clone)]
pub struct Worker {
    user: UserId,
}

/// What was answered.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub to: String,
    pub body: String,
}

pub struct Service {
    pub house: House,
    router: Router,
    access: lykt::access::Access,
    folder: tempfile::TempDir,
}

impl Service {
    /// One on each database.
    pub async fn both() -> Vec<Service> {
        let mut all = Vec::new();
        for house in House::both().await {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("lykt.toml");
            std::fs::write(&file, "[organisation]\nname = \"Lykten\"\n[tasks]\ncalls_a_day = 0\n").unwrap();
            let pages = Pages::new(Settings::load(&file).unwrap(), house.db.clone(), house.tasks.ledger.clone());
            let access = pages.access.clone();
            all.push(Service { house, router: web::router(pages), access, folder });
        }
        all
    }

    /// Somebody new at the service, signed in.
    pub async fn worker(&self, name: &str, role: Role) -> Worker {
        let user = self.access.add(name, role, None, None).await.unwrap().unwrap_or_else(|why| panic!("{why:?}")).user;
        Worker { user: user.id }
    }

    /// Closes the door to somebody.
    pub async fn close(&self, name: &str) {
        self.access.disable(name, None).await.unwrap().unwrap();
    }

    /// The folder of campaigns.
    pub fn campaigns(&self) -> std::path::PathBuf {
        self.folder.path().join("campaigns")
    }

    /// Writes a file among the campaigns.
    pub fn write(&self, name: &str, text: &str) {
        let file = self.folder.path().join("campaigns").join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }

    /// A token of another system.
    pub async fn token(&self, scopes: &[Scope]) -> String {
        let made = self.access.add_token("journal", &scopes.iter().copied().collect(), None).await.unwrap().unwrap();
        made.1.expose().clone()
    }

    /// Serves the pages over HTTP as long as the test runs; the address.
    pub async fn serve(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = self.router.clone();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        format!("http://{address}")
    }

    /// So many people whose calls are on today's list.
    pub async fn calls(&self, n: usize) -> Vec<Person> {
        let mut people = Vec::new();
        for _ in 0..n {
            people.push(self.house.person().await);
        }
        self.house.at("2026-12-08T12:00:00");
        self.house.tasks.step(&self.house.db).await.unwrap();
        people
    }

    /// The id of a person's call.
    pub async fn id(&self, person: &Person) -> String {
        self.house.call(person).await.id.to_string()
    }

    pub async fn get(&self, who: &Worker, path: &str) -> Answer {
        self.ask(who, "GET", path, "", "en").await
    }

    pub async fn get_in(&self, who: &Worker, path: &str, lang: &str) -> Answer {
        self.ask(who, "GET", path, "", lang).await
    }

    pub async fn post(&self, who: &Worker, path: &str, form: &str) -> Answer {
        self.ask(who, "POST", path, form, "en").await
    }

    async fn ask(&self, who: &Worker, method: &str, path: &str, form: &str, lang: &str) -> Answer {
        // Signed in anew each time: these days pass faster than a session lasts.
        let mut tx = self.house.db.begin().await.unwrap();
        let cookie = self.access.begin(&mut tx, who.user).await.unwrap();
        tx.commit().await.unwrap();
        self.send(cookie.expose(), method, path, form, lang).await
    }

    /// A form of somebody whose session is over.
    pub async fn post_signed_out(&self, path: &str, form: &str) -> Answer {
        self.send("over", "POST", path, form, "en").await
    }

    async fn send(&self, cookie: &str, method: &str, path: &str, form: &str, lang: &str) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::COOKIE, format!("lykt={cookie}"))
            .header(header::ACCEPT_LANGUAGE, lang)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form.to_owned()))
            .unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let to = response.headers().get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned());
        let body = response.into_body().collect().await.unwrap().to_bytes();
        Answer { status, to: to.unwrap_or_default(), body: String::from_utf8(body.to_vec()).unwrap() }
    }

    /// What is in the ledger about a contact, as `kind detail actor`.
    pub async fn ledger(&self, contact: ContactId) -> Vec<String> {
        let mut tx = self.house.db.read().await.unwrap();
        let entries = touch::history(&mut tx, &self.house.tasks.ledger.vault, contact).await.unwrap();
        let line = |entry: &Touch| {
            let said = [Some(entry.kind.as_str()), entry.detail.as_deref(), entry.actor.as_deref()];
            said.into_iter().flatten().collect::<Vec<_>>().join(" ")
        };
        entries.iter().map(line).collect()
    }

    /// The contact with an address, made when there is none.
    pub async fn contact(&self, address: &str) -> ContactId {
        assert_ne!(kind_of(address), "other");
        let mut tx = self.house.db.begin().await.unwrap();
        let contact = self.house.tasks.ledger.contact(&mut tx, &Private::new(address.to_owned())).await.unwrap();
        tx.commit().await.unwrap();
        contact.id
    }
}
