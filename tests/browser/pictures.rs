//! The pictures in the README and in `docs/`: `LYKT_PICTURES=docs/pictures tests/run browser::pictures`.

use std::fs;
use std::path::Path;

use crate::browser::service::Service;
use crate::browser::window::{Scripts, Size, Window};

/// The five main pages: the picture's name, who looks, on what, and where.
const PAGES: [(&str, &str, Size, &str); 5] = [
    ("today", "Amanda", Size::Phone, "/today"),
    ("inbox", "Amanda", Size::Phone, "/inbox"),
    ("campaign", "Kim", Size::Desk, "/campaigns/vinter"),
    ("plan", "Kim", Size::Desk, "/campaigns/vinter/plan"),
    ("messages", "Kim", Size::Desk, "/campaigns/vinter/messages"),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_main_pages_have_their_pictures_taken() {
    let service = Service::start();
    let into = std::env::var("LYKT_PICTURES").ok();
    for (name, who, size, path) in PAGES {
        let window = Window::open(size, "nb-NO", Scripts::On).await;
        window.go(service.link(who)).await;
        window.go(&service.at(path)).await;
        let picture = window.picture().await;
        assert!(picture.len() > 10_000, "{name} is no empty page");
        if let Some(into) = &into {
            fs::create_dir_all(into).unwrap();
            fs::write(Path::new(into).join(format!("{name}.png")), picture).unwrap();
        }
    }
    // The call card is reached by taking a call.
    let window = Window::open(Size::Phone, "nb-NO", Scripts::On).await;
    window.go(service.link("Amanda")).await;
    window.press("Neste samtale").await;
    window.says("Hva du kan si").await;
    // The demo's numbers are made up, and might be somebody's: a picture shows one that is nobody's.
    let nobodys = "document.querySelectorAll(\"a[href^='tel:']\").forEach(a => a.textContent = 'Ring +46701740605');\
                   document.getElementById('whom').textContent = '+46 ··· ·· 605'";
    window.page.execute(nobodys, vec![]).await.unwrap();
    if let Some(into) = &into {
        fs::write(Path::new(into).join("call.png"), window.picture().await).unwrap();
    }
}
