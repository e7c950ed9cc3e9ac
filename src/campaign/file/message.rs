//! `[message]`: what every message has, however it goes: who says hello, and its picture.

use std::collections::BTreeMap;
use std::path::Path;

use super::account::{AccountFacts, Pictures};
use super::definition::{Calls, Image, Variant};
use super::mistake::{Mistakes, short};
use super::section::{Entry, Section};
use super::targets::absent;
use crate::campaign::media::{self, ImageError, MOST_IMAGE};
use crate::text;

/// What is sent, by whom and through what.
pub(super) struct Message {
    pub channels: Vec<String>,
    pub account: String,
    pub further: BTreeMap<String, String>,
    pub sender: Option<String>,
    pub image: Option<Image>,
    pub require_language: bool,
    pub variants: Vec<Variant>,
    pub calls: Option<Calls>,
}

/// What the section is judged by.
pub(super) struct House<'a> {
    pub folder: &'a Path,
    pub accounts: Option<&'a [AccountFacts]>,
    pub languages: &'a [String],
}

pub(super) fn sender(section: &Section<'_>, m: &mut Mistakes) -> Option<String> {
    let said = section.any_text("sender", m);
    let blank = said.as_ref().filter(|said| said.text.is_empty());
    if section.lacks("sender") || blank.is_some() {
        m.error(
            "no_sender",
            blank.map_or(&section.at, |said| &said.span),
            text!("it is not said who writes", "det står ikke hvem som skriver"),
            text!(
                "write the name of the person who says hello: sender = \"Amanda\"",
                "skriv navnet på den som sier hei: sender = \"Amanda\""
            ),
        );
    }
    said.map(|said| said.text).filter(|text| !text.is_empty())
}

/// Who says hello in the variants that do not say it themselves; `Some(None)` when every one does.
pub(super) fn senders(section: &Section<'_>, m: &mut Mistakes) -> Option<Option<String>> {
    // What is wrong with the variants is told where they are read.
    let variants = section.tables("variant", "message.variant", &mut Mistakes::default()).unwrap_or_default();
    let silent: Vec<_> = variants.iter().filter(|variant| variant.lacks("sender")).collect();
    if !section.lacks("sender") || silent.len() == variants.len() {
        return sender(section, m).map(Some);
    }
    for variant in &silent {
        m.error(
            "no_sender",
            &variant.at,
            text!("it is not said who writes in this variant", "det står ikke hvem som skriver i denne varianten"),
            text!(
                "write sender = \"Amanda\" here, or under [message] for every variant that does not say it",
                "skriv sender = \"Amanda\" her, eller under [message] for alle varianter som ikke sier det"
            ),
        );
    }
    silent.is_empty().then_some(None)
}

/// Says what becomes of the picture where the person does not simply see it.
pub(super) fn pictures(section: &Section<'_>, accounts: &[&AccountFacts], m: &mut Mistakes) {
    let Some(entry) = section.entry("image") else { return };
    accounts.iter().for_each(|facts| picture(&entry, facts, m));
}

fn picture(entry: &Entry<'_>, facts: &AccountFacts, m: &mut Mistakes) {
    let account = short(&facts.name);
    match facts.pictures {
        Pictures::Shown => {}
        Pictures::Linked => m.warn(
            "image_as_link",
            &entry.span,
            text!(
                "`{account}` cannot send pictures to this country: people get an SMS with a link in its place",
                "`{account}` kan ikke sende bilder til dette landet: folk får en SMS med en lenke i stedet"
            ),
            text!(
                "say in the text what the link shows, so that they dare open it: \"The picture: what we offer\"; or send it by WhatsApp",
                "si i teksten hva lenken viser, så de tør å åpne den: «Bildet: dette tilbyr vi»; eller send det på WhatsApp"
            ),
        ),
        Pictures::Refused => m.error(
            "no_pictures",
            &entry.span,
            text!("the account `{account}` sends no pictures", "kontoen `{account}` sender ikke bilder"),
            text!("remove `image`, or name an account that sends them", "fjern `image`, eller oppgi en konto som sender bilder"),
        ),
    }
}

pub(super) fn image(section: &Section<'_>, folder: &Path, m: &mut Mistakes) -> Option<Image> {
    let said = section.text("image", m)?;
    let path = short(&said.text);
    match media::image(folder, &said.text) {
        Ok(hash) => return Some(Image { path: said.text, hash }),
        Err(ImageError::Path(error)) => {
            let codes = ["image_missing", "image_outside", "image_not_a_file", "image_unreadable"];
            absent(error, folder, &said, (codes, "media/pictograms.png"), m);
        }
        Err(ImageError::NoImage) => m.error(
            "not_an_image",
            &said.span,
            text!("`{path}` is no image that telephones show", "`{path}` er ikke et bilde som telefoner viser"),
            text!("save it as PNG, JPEG or GIF", "lagre det som PNG, JPEG eller GIF"),
        ),
        Err(ImageError::TooLarge) => {
            let most = MOST_IMAGE / 1_000_000;
            m.error(
                "image_too_large",
                &said.span,
                text!("`{path}` is larger than {most} MB", "`{path}` er større enn {most} MB"),
                text!(
                    "make it smaller; 500 KB are enough for a telephone",
                    "gjør det mindre; 500 kB er nok for en telefon"
                ),
            );
        }
    }
    None
}
