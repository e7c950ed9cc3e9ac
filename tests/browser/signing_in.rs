//! The door: who is not known stays outside, in the language of the browser; with and without scripts.

use crate::browser::service::Service;
use crate::browser::window::{Scripts, Size, Window};

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_known_stays_outside_and_is_told_so_in_their_language() {
    let service = Service::start();
    for scripts in [Scripts::On, Scripts::Off] {
        for (lang, title, button, wrong) in [
            ("nb-NO", "Logg inn", "Logg inn", "Navnet, passordet eller koden er feil."),
            ("en-GB", "Sign in", "Sign in", "The name, the password or the code is wrong."),
        ] {
            let window = Window::open(Size::Phone, lang, scripts).await;
            window.go(&service.at("/today")).await;
            assert!(window.page.title().await.unwrap().starts_with(title));
            window.write("#name", "Amanda").await;
            window.write("#password", "not her password").await;
            window.press(button).await;
            window.says(wrong).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_out_is_out_and_the_back_button_shows_nothing() {
    let service = Service::start();
    let window = Window::open(Size::Desk, "en-GB", Scripts::On).await;
    window.go(service.link("Kim")).await;
    window.press("Kim").await;
    window.press("Sign out").await;
    window.see("#password").await;
    window.page.back().await.unwrap();
    window.see("#password").await;
}
