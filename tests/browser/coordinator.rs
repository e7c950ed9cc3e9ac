//! A coordinator's day: a list comes in, a plan is looked at and approved, it is watched, paused and goes on.

use std::time::Duration;

use crate::browser::service::Service;
use crate::browser::window::{Scripts, Size, Window};

const CAMPAIGN: &str = r#"
title = "Gratis lege i mars"
goal = "5 personer kommer"
basis = "public task, DPIA 2026-04 section 3"
starts = 2026-12-01
ends = 2026-12-31

[targets]
list = "lists/mars.csv"
columns = { phone = "telefon", language = "språk" }

[message]
channels = ["sms"]
gateway = { sms = "twilio-oslo" }
sender = "Amanda"
[[message.variant]]
name = "personal"
text.nb = "Gratis lege! Dette er {{ sender }} fra Lykten, lykten.example. Svar STOPP for å slippe flere."
text.en = "Free doctor! This is {{ sender }} from Lykten, lykten.example. Reply STOP to opt out."

[window]
days = ["mon", "tue", "wed", "thu", "fri", "sat"]
from = "09:00"
until = "20:00"
rate = "1/min"
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_coordinators_day_at_a_desk() {
    let service = Service::start();
    service.write("campaigns/mars.toml", CAMPAIGN);
    for (scripts, lang) in [(Scripts::On, "nb-NO"), (Scripts::Off, "en-GB")] {
        let window = Window::open(Size::Desk, lang, scripts).await;
        let t = |en: &'static str, nb: &'static str| if lang == "nb-NO" { nb } else { en };
        window.go(service.link("Kim")).await;
        if scripts == Scripts::On {
            upload(&service, &window).await;
            plan_and_approve(&service, &window).await;
        }
        until(&window, &service.at("/campaigns/mars"), &[t("Pause …", "Sett på pause …")]).await;
        window.press(t("Pause …", "Sett på pause …")).await;
        window.press(t("Yes:", "Ja:")).await;
        window.says(t("paused", "på pause")).await;
        window.press(t("Resume …", "Fortsett …")).await;
        window.press(t("Yes:", "Ja:")).await;
        window.says(t("running", "går")).await;
        window.press(t("Report", "Rapport")).await;
        window.says("5 personer kommer").await;
    }
}

/// Opens a page again until it says one of these: what was asked for is on its way for a moment.
async fn until(window: &Window, url: &str, words: &[&str]) {
    let looking = async {
        loop {
            window.go(url).await;
            let text = window.text().await;
            if words.iter().any(|words| text.contains(words)) {
                return;
            }
        }
    };
    if tokio::time::timeout(Duration::from_secs(60), looking).await.is_ok() {
        return;
    }
    panic!("{url} does not say {words:?}:\n{}", window.text().await);
}

async fn upload(service: &Service, window: &Window) {
    window.press("Lister").await;
    let rows: String = (20..29).map(|n| format!("+46 70 174 06 {n};nb\n")).collect();
    let file = service.write("mars.csv", &format!("telefon;språk\n{rows}se annonse;nb\n"));
    window.see("#list").await.send_keys(file.display().to_string()).await.unwrap();
    window.press("Last opp").await;
    window.says("mars.csv").await;
}

async fn plan_and_approve(service: &Service, window: &Window) {
    window.go(&service.at("/campaigns/mars/plan")).await;
    window.press("Lag").await;
    window.says("9 av 10").await;
    assert!(!window.text().await.contains("70 174"), "no number stands in a plan");
    window.press("Se meldingene").await;
    window.says("Gratis lege! Dette er Amanda").await;
    window.press("Prøv den på testpanelet").await;
    window.says("Mina, tester").await;
    window.press("Send til").await;
    // However far its receipts have brought it since the last look; a lively provider may also have been too busy for it.
    let gone = ["leverandøren har den", "sendt videre", "kommet frem", "avvist (throttled)"];
    until(window, &service.at("/campaigns/mars/try"), &gone).await;
    window.go(&service.at("/campaigns/mars/plan")).await;
    window.write("#people", "8").await;
    window.press("Godkjenn").await;
    window.says("9").await;
    window.write("#people", "9").await;
    window.press("Godkjenn").await;
    window.says("Gratis lege i mars").await;
}
