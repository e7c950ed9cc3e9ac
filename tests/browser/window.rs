//! A window of a real browser, of a phone's or a desk's size, driven as a person would.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;
use thirtyfour::prelude::*;

/// How large the window is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// A phone held upright.
    Phone,
    /// A screen on a desk.
    Desk,
}

/// Whether pages may run scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scripts {
    On,
    Off,
}

/// A window, and the browser it belongs to.
pub struct Window {
    // Ends first, and takes its browser with it.
    pub page: WebDriver,
    _driver: Driver,
    _profile: TempDir,
}

impl Window {
    /// Opens one that asks for pages in this language.
    pub async fn open(size: Size, lang: &str, scripts: Scripts) -> Self {
        // The driver is spoken to in clear, but its client wants to know how it would be done otherwise.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is missing: run these tests by `tests/run`, which installs it");
        let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        assert!(
            lines.by_ref().map_while(Result::ok).any(|line| line.contains("started successfully")),
            "chromedriver starts"
        );
        // Its pipe is read to the end, or it would stop at a full one.
        std::thread::spawn(move || lines.for_each(drop));
        let profile = tempfile::tempdir().unwrap();
        let page = WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities(size, lang, scripts, &profile))
            .await
            .expect("chromium starts: run these tests by `tests/run`, which installs it");
        page.set_implicit_wait_timeout(Duration::from_secs(10)).await.unwrap();
        Self { page, _driver: Driver(driver), _profile: profile }
    }

    /// Opens a page.
    pub async fn go(&self, url: &str) {
        self.page.goto(url).await.unwrap();
    }

    /// The first element of this kind; waits for it.
    pub async fn see(&self, css: &str) -> WebElement {
        self.page.find(By::Css(css)).await.unwrap_or_else(|why| panic!("no {css} on the page: {why}"))
    }

    /// The first button or link with these words; waits for it.
    pub async fn named(&self, words: &str) -> WebElement {
        let path = format!("//*[self::a or self::button or self::summary][contains(normalize-space(.), \"{words}\")]");
        self.page.find(By::XPath(path)).await.unwrap_or_else(|why| panic!("nothing to press that says {words}: {why}"))
    }

    /// Presses a button or follows a link by its words, and waits until the page it stood on is left.
    pub async fn press(&self, words: &str) {
        let it = self.named(words).await;
        // To the middle, away from the bar at the thumb.
        it.scroll_into_view().await.unwrap();
        // What opens on the page itself leaves it where it is. All else leads on, and is called back by whoever goes
        // elsewhere at once.
        let stays = it.tag_name().await.unwrap() == "summary" || it.attr("data-into").await.unwrap().is_some();
        it.click().await.unwrap();
        if !stays {
            it.wait_until().stale().await.unwrap_or_else(|why| panic!("{words} leads nowhere: {why}"));
        }
    }

    /// Writes into a field.
    pub async fn write(&self, css: &str, text: &str) {
        let field = self.see(css).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// What a person reads on the page.
    pub async fn text(&self) -> String {
        self.see("body").await.text().await.unwrap()
    }

    /// Waits until the page says this.
    pub async fn says(&self, words: &str) {
        let path = format!("//*[contains(normalize-space(.), \"{words}\")]");
        if self.page.find(By::XPath(path)).await.is_err() {
            panic!("the page does not say {words:?}:\n{}", self.text().await);
        }
    }

    /// Presses a key with nothing in particular in hand.
    pub async fn type_anywhere(&self, key: &str) {
        self.page.action_chain().send_keys(key).perform().await.unwrap();
    }

    /// A picture of what is seen.
    pub async fn picture(&self) -> Vec<u8> {
        self.page.screenshot_as_png().await.unwrap()
    }
}

/// The program that drives the browser; ended when dropped.
struct Driver(Child);

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn capabilities(size: Size, lang: &str, scripts: Scripts, profile: &TempDir) -> thirtyfour::ChromeCapabilities {
    let window = match size {
        Size::Phone => "--window-size=412,915",
        Size::Desk => "--window-size=1280,900",
    };
    let mut chrome = DesiredCapabilities::chrome();
    let profile = format!("--user-data-dir={}", profile.path().display());
    let quiet = [
        "--headless=new",
        // In a container there is no room for its own sandbox; the pages are ours.
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
        window,
        &profile,
    ];
    for arg in quiet {
        chrome.add_arg(arg).unwrap();
    }
    let mut prefs = json!({ "intl.accept_languages": lang });
    if scripts == Scripts::Off {
        prefs["profile.managed_default_content_settings.javascript"] = json!(2);
    }
    chrome.add_experimental_option("prefs", prefs).unwrap();
    // Without scripts chromedriver cannot play a finger: there it is a narrow window and a mouse.
    if size == Size::Phone && scripts == Scripts::On {
        let metrics = json!({ "width": 390, "height": 844, "pixelRatio": 2.0, "touch": true });
        chrome.add_experimental_option("mobileEmulation", json!({ "deviceMetrics": metrics })).unwrap();
    }
    chrome
}
