//! What every page is set in: the language, who is signed in, where they can go, what waits for them.

use std::convert::Infallible;
use std::fmt;

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse, Response};
use uuid::Uuid;

use super::assets::VERSION;
use super::failure::Failure;
use crate::access::Visitor;
use crate::campaign::file::Wanted;
use crate::clock::new_id;
use crate::domain::lang::{Lang, Text};
use crate::domain::role::Role;

/// What a page is set in; a handler asks for it by naming it as an argument.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// The language.
    pub lang: Lang,
    /// Who is signed in, if anybody.
    pub visitor: Option<Visitor>,
    /// What was asked for, without its query.
    pub path: String,
    /// Unread answers.
    pub unread: i64,
    /// Whether campaigns name outcomes.
    pub outcomes: bool,
    /// Whether the organisation keeps a market.
    pub market: bool,
    /// What waits for their yes as the second person.
    pub second: i64,
    /// Who we are.
    pub organisation: String,
    /// Whether it was asked for, and not sent by a form.
    pub asked: bool,
    /// Whether only a part of the page is wanted, by a script of ours.
    pub part: bool,
}

/// A place that the menu leads to.
pub struct Place {
    /// Its address.
    pub path: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What waits there; 0 for nothing.
    pub waits: i64,
    /// Whether the page is there.
    pub here: bool,
}

/// What stands above each page, from the files it needs to the menu: apart from the layout, which is compiled anew for
/// every page.
#[derive(Template)]
#[template(path = "top.html")]
pub struct Top<'a> {
    f: &'a Frame,
}

impl Frame {
    /// What stands above the page.
    pub fn top(&self) -> Top<'_> {
        Top { f: self }
    }

    /// A word for a form of this page, so that it takes effect once.
    pub fn press(&self) -> Uuid {
        new_id()
    }

    /// The words in the page's language.
    pub fn t<'a>(&self, en: &'a str, nb: &'a str) -> &'a str {
        match self.lang {
            Lang::En => en,
            Lang::Nb => nb,
        }
    }

    /// The words for what is counted, of one and of several, in the page's language.
    pub fn n<'a>(&self, n: impl fmt::Display, en: &'a str, en_more: &'a str, nb: &'a str, nb_more: &'a str) -> &'a str {
        if n.to_string() == "1" { self.t(en, nb) } else { self.t(en_more, nb_more) }
    }

    /// The sentence in the page's language.
    pub fn say(&self, text: &Text) -> String {
        text.pick(self.lang).to_owned()
    }

    /// Where the page is found again: what a form answered has no address of its own.
    pub fn back(&self) -> &str {
        if self.asked { &self.path } else { "/" }
    }

    /// The language as HTML names it.
    pub fn tag(&self) -> &'static str {
        match self.lang {
            Lang::En => "en",
            Lang::Nb => "nb",
        }
    }

    /// What an outcome is called in the language of the page.
    pub fn called<'a>(&self, outcome: &'a Wanted) -> &'a str {
        outcome.title(self.lang)
    }

    /// Whether who is signed in works with contacts, and so may check a number.
    pub fn checks(&self) -> bool {
        self.role().is_some_and(|role| !matches!(role, Role::Admin | Role::Auditor))
    }

    /// The role of who is signed in.
    pub fn role(&self) -> Option<Role> {
        self.visitor.as_ref().map(|visitor| visitor.role)
    }

    /// What the role of who is signed in is called.
    pub fn role_name(&self) -> String {
        self.role().map(|role| self.say(&role.text())).unwrap_or_default()
    }

    /// The address of one of our files, in this version.
    pub fn asset(&self, name: &str) -> String {
        format!("/assets/{}/{name}", *VERSION)
    }

    /// Where who is signed in can go.
    pub fn places(&self) -> Vec<Place> {
        let today = ("/today", self.t("Today", "I dag"), 0);
        let inbox = ("/inbox", self.t("Inbox", "Innboks"), self.unread);
        let campaigns = ("/campaigns", self.t("Campaigns", "Kampanjer"), 0);
        let lists = ("/lists", self.t("Lists", "Lister"), 0);
        let outcomes = ("/outcomes", self.t("Outcomes", "Utfall"), 0);
        let users = ("/users", self.t("Users", "Brukere"), 0);
        let audit = ("/audit", self.t("Audit", "Revisjonslogg"), 0);
        let second = ("/second", self.t("Two persons", "To personer"), self.second);
        let market = ("/market", self.t("Market", "Marked"), 0);
        let mut places = match self.role() {
            None => vec![],
            Some(Role::Admin) => vec![users],
            Some(Role::Auditor) => vec![audit],
            Some(Role::Coordinator) => vec![today, inbox, campaigns, lists],
            Some(Role::Staff) => vec![today, inbox],
            Some(Role::Peer) => vec![today],
        };
        // What an organisation does not use is not in its way.
        if matches!(self.role(), Some(Role::Coordinator | Role::Staff)) {
            places.extend(self.outcomes.then_some(outcomes));
            places.extend(self.market.then_some(market));
        }
        places.extend((self.second > 0).then_some(second));
        let place = |(path, name, waits)| Place { path, name, waits, here: self.is_at(path) };
        places.into_iter().map(place).collect()
    }

    fn is_at(&self, path: &str) -> bool {
        self.path.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

impl<S: Sync> FromRequestParts<S> for Frame {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Frame>().cloned().unwrap_or_default())
    }
}

/// Who is signed in, for handlers behind a door that asks for it.
#[derive(Clone, Debug)]
pub struct Me(pub Visitor);

impl Me {
    /// The name that stands in the ledger.
    pub fn name(&self) -> &str {
        &self.0.name
    }
}

impl<S: Sync> FromRequestParts<S> for Me {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let frame = parts.extensions.get::<Frame>();
        frame.and_then(|frame| frame.visitor.clone()).map(Me).ok_or_else(Failure::signed_out)
    }
}

/// A template as an answer.
///
/// # Errors
/// When it cannot be filled in.
pub fn page(template: &impl Template) -> Result<Response, Failure> {
    Ok(Html(template.render()?).into_response())
}
