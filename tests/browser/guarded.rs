//! What a page refuses to whoever gets a foot in it.

use crate::browser::service::Service;
use crate::browser::window::{Scripts, Size, Window};

/// Ways by which words become markup or a program.
const WAYS: [&str; 8] = [
    "document.body.innerHTML = '<b>words</b>'",
    "document.body.insertAdjacentHTML('beforeend', '<b>words</b>')",
    "new DOMParser().parseFromString('<b>words</b>', 'text/html')",
    "document.createElement('script').src = '/assets/0/lykt.js'",
    "document.createElement('iframe').srcdoc = '<b>words</b>'",
    "trustedTypes.createPolicy('another', { createHTML: (words) => words })",
    "trustedTypes.createPolicy('lykt', { createHTML: (words) => words })",
    "document.createElement('script').text = 'words()'",
];

#[tokio::test(flavor = "multi_thread")]
async fn the_browser_takes_markup_and_scripts_from_nobody() {
    let service = Service::start();
    let window = Window::open(Size::Desk, "en-GB", Scripts::On).await;
    window.go(service.link("Amanda")).await;
    for way in WAYS {
        let tried = format!("try {{ {way}; return 'taken'; }} catch (refused) {{ return refused.name; }}");
        let ended = window.page.execute(tried, vec![]).await.unwrap().convert::<String>().unwrap();
        assert_eq!(ended, "TypeError", "{way}");
    }
}
