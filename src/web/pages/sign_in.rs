//! Signing in, with a password and a code; the first time also the picture that sets the code up. And signing out.

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::access::{Attempt, Recovery, SignIn};
use crate::domain::lang::{Text, number_of};
use crate::domain::private::Private;
use crate::text;
use crate::web::cookie::Cookie;
use crate::web::frame::page;
use crate::web::way_back::inside;
use crate::web::{Allow, At, Caller, Doors, Failure, Frame, House, picture};

/// The doors.
pub fn doors(doors: Doors) -> Doors {
    doors.get("/sign-in", Allow::Anyone, show).post("/sign-in", Allow::Anyone, sign_in).post(
        "/sign-out",
        Allow::Anyone,
        sign_out,
    )
}

#[derive(Deserialize)]
struct Wanted {
    next: Option<String>,
}

#[derive(Deserialize)]
struct Fields {
    name: String,
    password: String,
    #[serde(default)]
    code: String,
    /// A recovery code, in place of the app's.
    #[serde(default)]
    recovery: String,
    #[serde(default)]
    next: String,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct Page<'a> {
    f: &'a Frame,
    name: &'a str,
    next: &'a str,
    wrong: Option<String>,
}

#[derive(Template)]
#[template(path = "enrol.html")]
struct Enrol<'a> {
    f: &'a Frame,
    name: &'a str,
    next: &'a str,
    secret: String,
    picture: Option<String>,
    wrong: Option<String>,
}

/// Recovery codes that were drawn, or how many are left.
#[derive(Template)]
#[template(path = "recovery.html")]
pub(super) struct Codes<'a> {
    pub f: &'a Frame,
    pub name: &'a str,
    pub next: &'a str,
    pub codes: Vec<Private>,
    pub left: Option<i64>,
}

async fn show(frame: Frame, Query(wanted): Query<Wanted>) -> Result<Response, Failure> {
    let next = wanted.next.as_deref().and_then(inside).unwrap_or("/");
    if frame.visitor.is_some() {
        return Ok(Redirect::to(next).into_response());
    }
    page(&Page { f: &frame, name: "", next, wrong: None })
}

async fn sign_in(
    State(house): At,
    frame: Frame,
    Caller(from): Caller,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Result<Response, Failure> {
    let next = inside(&fields.next).unwrap_or("/");
    let name = fields.name.trim();
    let typed = if fields.recovery.trim().is_empty() { &fields.code } else { &fields.recovery };
    let code = typed.split_whitespace().collect::<String>();
    let has_code = !code.is_empty();
    let attempt = Attempt {
        name: name.to_owned(),
        password: Private::new(fields.password),
        code: has_code.then_some(code),
        device: Cookie::Device.read(&headers, house.secure),
        from,
    };
    let (status, wrong) = match house.access.sign_in(attempt).await? {
        SignIn::Welcome { cookie, device, visitor, recovery } => {
            // Whoever used this browser before is signed out by it.
            if let Some(before) = Cookie::Session.read(&headers, house.secure) {
                house.access.sign_out(&before).await?;
            }
            let shown = match recovery {
                Recovery::Untouched => Redirect::to(next).into_response(),
                Recovery::Drawn(codes) => page(&Codes { f: &frame, name: &visitor.name, next, codes, left: None })?,
                Recovery::Left(left) => {
                    page(&Codes { f: &frame, name: &visitor.name, next, codes: Vec::new(), left: Some(left) })?
                }
            };
            return welcome(&house, &cookie, &device, shown);
        }
        SignIn::Enrol { secret, url } => {
            let wrong = has_code.then(|| {
                text!(
                    "That code is not right. Look at the app again: a code lasts for half a minute.",
                    "Koden er ikke riktig. Se i appen en gang til: en kode varer i et halvt minutt."
                )
            });
            let wrong = wrong.map(|wrong| frame.say(&wrong));
            let (secret, picture) = (spaced(secret.expose()), picture::of(url.expose()));
            return page(&Enrol { f: &frame, name, next, secret, picture, wrong });
        }
        SignIn::Wrong => (
            StatusCode::UNPROCESSABLE_ENTITY,
            text!("The name, the password or the code is wrong.", "Navnet, passordet eller koden er feil."),
        ),
        SignIn::Later { seconds } => (StatusCode::TOO_MANY_REQUESTS, later(seconds)),
    };
    let mut response = page(&Page { f: &frame, name, next, wrong: Some(frame.say(&wrong)) })?;
    *response.status_mut() = status;
    Ok(response)
}

pub(super) fn later(seconds: u64) -> Text {
    let Text { en, nb } = number_of(seconds, ["second", "seconds"], ["sekund", "sekunder"]);
    text!("Too many attempts. Wait {en}, then try again.", "For mange forsøk. Vent {nb}, og prøv igjen.")
}

fn welcome(house: &House, cookie: &Private, device: &Private, shown: Response) -> Result<Response, Failure> {
    let set = |kind: Cookie, value| kind.set(Some(value), house.secure).map_err(|why| Failure::away(&why));
    let cookies = AppendHeaders([
        (header::SET_COOKIE, set(Cookie::Session, cookie)?),
        (header::SET_COOKIE, set(Cookie::Device, device)?),
    ]);
    Ok((cookies, shown).into_response())
}

async fn sign_out(State(house): At, headers: HeaderMap) -> Result<Response, Failure> {
    if let Some(cookie) = Cookie::Session.read(&headers, house.secure) {
        house.access.sign_out(&cookie).await?;
    }
    let gone = Cookie::Session.set(None, house.secure).map_err(|why| Failure::away(&why))?;
    let clear = (header::HeaderName::from_static("clear-site-data"), header::HeaderValue::from_static("\"cache\""));
    Ok((AppendHeaders([(header::SET_COOKIE, gone), clear]), Redirect::to("/sign-in")).into_response())
}

/// In groups of four, to be typed by hand.
fn spaced(secret: &str) -> String {
    secret.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ")
}
