//! A morning of staff: the next call, how it went, taken back; a number checked; a no; with and without scripts.

use crate::browser::service::Service;
use crate::browser::window::{Scripts, Size, Window};

#[tokio::test(flavor = "multi_thread")]
async fn a_morning_on_a_phone_in_norwegian() {
    let service = Service::start();
    morning(&service, &Window::open(Size::Phone, "nb-NO", Scripts::On).await).await;
    let window = Window::open(Size::Phone, "nb-NO", Scripts::Off).await;
    morning(&service, &window).await;
}

async fn morning(service: &Service, window: &Window) {
    window.go(service.link("Amanda")).await;
    window.says("I dag").await;
    assert!(!window.text().await.contains("+4790"), "no number that was not asked for");
    window.press("Neste samtale").await;
    window.says("Hva du kan si").await;
    let number = window.see("a[href^='tel:']").await.attr("href").await.unwrap().unwrap();
    window.press("Tok ikke telefonen").await;
    window.says("Kommer tilbake neste virkedag").await;
    window.press("Lagre: Tok ikke telefonen").await;
    window.says("Tok ikke telefonen").await;
    window.press("Angre").await;
    window.says("Hvordan gikk det?").await;

    // The same number, checked in another spelling: what has happened stands there, and it may not be approached.
    let digits = number.trim_start_matches("tel:+47");
    window.write("#check-address", &format!("0047 {} {}", &digits[..3], &digits[3..])).await;
    window.press("Sjekk").await;
    window.says("Nei: dette nummeret kan ikke kontaktes").await;
    assert!(!window.page.current_url().await.unwrap().as_str().contains(digits), "no number in an address");
    window.press("Vil ikke kontaktes").await;
    window.press("Registrer neiet").await;
    window.says("vil ikke kontaktes").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_morning_at_a_desk_by_keyboard_in_english() {
    let service = Service::start();
    let window = Window::open(Size::Desk, "en-GB", Scripts::On).await;
    window.go(service.link("Amanda")).await;
    window.says("For anybody").await;
    window.type_anywhere("n").await;
    window.says("How did it go?").await;
    window.type_anywhere("1").await;
    window.press("Save:").await;
    window.see("form.undo").await;
    window.type_anywhere("n").await;
    window.says("How did it go?").await;
}
