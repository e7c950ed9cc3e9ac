//! Campaign files and the folder they stand in, to be checked by tests.

use std::fs;
use std::path::PathBuf;

use jiff::civil::date;

use super::super::{AccountFacts, Checked, Pictures, check};
use crate::domain::channel::Channel;

/// A campaign file without mistakes.
pub const VALID: &str = r#"title  = "Gratis HPV-vaksine i Oslo"
goal   = "200 personer"
basis  = "public task"
starts = 2026-12-01
ends   = 2027-01-31

[targets]
list    = "lists/oslo.csv"
columns = { phone = "telefon", language = "språk", region = "sted" }
where   = { region = ["Oslo", "Bærum"] }

[message]
channels = ["sms"]
gateway  = { sms = "oslo" }
sender   = "Amanda"
image    = "media/pictograms.png"

[[message.variant]]
name = "personal"
weight = 2
text.nb = "Hei! Dette er {{ sender }}. Svar STOPP for å slippe flere."
text.en = "Hi from {{ region }}! Reply STOP to opt out."

[window]
days = ["mon", "tue"]
from = "11:00"
until = 18:00:00
holidays = "NO"
rate = "20/min"

[[follow_up]]
kind = "call"
after = "3 working days"
within = "7 days"
unless = ["replied", "visited"]
attempts = 2
script.nb = """
Hei, jeg heter {{ sender }}.
Passer det å snakke litt?
"""
"#;

/// The beginning of a picture, which is as much of it as is looked at.
pub const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0";

/// A folder of campaigns with a list, an image, and things that are none.
pub struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new() -> Self {
        let house = tempfile::tempdir().unwrap();
        let folder = house.path().join("campaigns");
        for place in ["lists/folder.csv", "media"] {
            fs::create_dir_all(folder.join(place)).unwrap();
        }
        let list = "telefon;språk;sted;navn\n+44 7700 900101;nb;Oslo;x\n";
        fs::write(folder.join("lists/oslo.csv"), list).unwrap();
        fs::write(folder.join("lists/empty.csv"), "").unwrap();
        fs::write(folder.join("lists/damaged.csv"), b"telefon;spr\xc3\xa5k;sted\nx;\xe5;y\n").unwrap();
        fs::write(folder.join("lists/torn.csv"), format!("{list}+44 7700 900102;\"nb;Oslo;y\n")).unwrap();
        fs::write(house.path().join("secret.csv"), list).unwrap();
        fs::write(folder.join("media/pictograms.png"), PNG).unwrap();
        fs::write(folder.join("media/text.png"), "no image").unwrap();
        fs::File::create(folder.join("media/large.png")).unwrap().set_len(6_000_000).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("../../secret.csv", folder.join("lists/link.csv")).unwrap();
        Self(house)
    }

    pub fn path(&self) -> PathBuf {
        self.0.path().join("campaigns")
    }

    pub fn check_named(&self, name: &str, bytes: &[u8], accounts: Option<&[AccountFacts]>) -> Checked {
        let path = self.path().join(name);
        fs::write(&path, bytes).unwrap();
        let languages = ["nb".to_owned(), "en".to_owned()];
        let checked = check(&path, &self.path(), Some(date(2026, 11, 24)), accounts, &languages);
        fs::remove_file(&path).unwrap();
        checked
    }

    pub fn check(&self, text: &str) -> Checked {
        self.check_named("vinter.toml", text.as_bytes(), Some(&[account("oslo", true), account("name", false)]))
    }
}

pub fn account(name: &str, takes_replies: bool) -> AccountFacts {
    let (channels, pictures) = (vec![Channel::Sms], Pictures::Shown);
    AccountFacts { name: name.to_owned(), channels, takes_replies, pictures, template_ids: false }
}

pub fn found(checked: &Checked) -> Vec<(&'static str, usize)> {
    checked.mistakes.iter().map(|mistake| (mistake.code, checked.position(mistake).0)).collect()
}

pub fn change(from: &str, to: &str) -> String {
    assert_eq!(VALID.matches(from).count(), 1, "{from}");
    VALID.replace(from, to)
}

/// A check of a campaign that people carry out themselves, with this list beside it.
pub fn by_people(text: &str, list: &str) -> Checked {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("liste.csv"), list).unwrap();
    let path = folder.path().join("hei.toml");
    fs::write(&path, text).unwrap();
    check(&path, folder.path(), None, Some(&[]), &["nb".to_owned()])
}

/// The example in the docs that says this.
pub fn documented(word: &str) -> &'static str {
    let docs = include_str!("../../../../docs/campaign-file.md");
    let mut examples = docs.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    examples.find(|example| example.contains(word)).unwrap()
}
