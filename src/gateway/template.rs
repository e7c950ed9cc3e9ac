//! A provider's templates: what a campaign wants of one, what the provider has, and how the two differ. Asked before
//! anything is sent.

use crate::domain::lang::Text;
use crate::gateway::exchange::{Request, Sent};
use crate::gateway::listing::is_same_text;
use crate::text;

/// A template as a campaign describes it, in one language.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Its name with the provider.
    pub name: &'a str,
    /// Its language with the provider; with Twilio the id of the template that is in it.
    pub language: &'a str,
    /// Whether it has a picture at its head.
    pub image: bool,
    /// What goes into the places of the body, by name or in order; as the campaign writes it, with our variables.
    pub variables: &'a [(Option<String>, String)],
    /// The titles of its quick-reply buttons, in order.
    pub buttons: &'a [String],
    /// What the person reads, as the campaign writes it.
    pub text: &'a str,
}

/// A template in one language, as the provider has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TemplateFact {
    pub name: String,
    /// Its language, as the provider knows it.
    pub language: String,
    /// `APPROVED`, or why it cannot be sent.
    pub status: String,
    pub head: Head,
    pub body: String,
    pub footer: String,
    /// Kind and title of each button, in order.
    pub buttons: Vec<(String, String)>,
}

/// What stands above the words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Head {
    /// Nothing, or words.
    #[default]
    Plain,
    /// A picture that comes with each message.
    Picture,
    /// A picture of its own, the same for everybody.
    OwnPicture,
    /// A picture whose address ends with this place.
    PictureAt(String),
    /// Something that we cannot fill.
    Other(String),
}

/// A page of an account's templates.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Page {
    pub templates: Vec<TemplateFact>,
    /// Where the next page begins, if there is one.
    pub after: Option<String>,
}

/// A provider that has templates.
pub(super) trait Templates {
    /// Where people make and mend them, as the provider calls the place.
    const MADE_IN: &'static str;
    /// The request for a page; the first without a place.
    fn ask(&self, after: Option<&str>) -> Request;
    /// Reads a page; `None` when it is none.
    fn read(&self, sent: &Sent) -> Option<Page>;
    /// What does not fit, of all that can be said.
    fn fits(&self, all: &[TemplateFact], wanted: &Wanted<'_>) -> Vec<Misfit>;
}

/// How a campaign's template differs from the provider's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Misfit {
    /// The account has none of this name and language.
    Missing {
        /// The languages it has it in.
        languages: Vec<String>,
    },
    /// It has one that it does not send: the word is the provider's.
    NotApproved(String),
    /// One has a picture at its head and the other has none, or it has a head that we cannot fill.
    Head(String),
    /// The picture's address must end with this place.
    Picture(String),
    /// The places in the body are others.
    Places(Vec<String>),
    /// The buttons are others.
    Buttons(Vec<String>),
    /// The words are others.
    Words,
}

impl TemplateFact {
    /// How it differs from the campaign's, where it is the right one.
    pub fn misfits(&self, wanted: &Wanted<'_>) -> Vec<Misfit> {
        let mut found = Vec::new();
        if self.status != "APPROVED" {
            found.push(Misfit::NotApproved(self.status.clone()));
        }
        found.extend(self.head.misfit(wanted));
        let places = places(&self.body);
        let ours: Vec<String> =
            (1..).zip(wanted.variables).map(|(n, (name, _))| name.clone().unwrap_or_else(|| n.to_string())).collect();
        let (mut theirs, mut given) = (places.clone(), ours.clone());
        theirs.sort();
        given.sort();
        if theirs != given {
            found.push(Misfit::Places(places));
        } else {
            let mut words = self.body.clone();
            for (place, (_, value)) in ours.iter().zip(wanted.variables) {
                words = replace(&words, place, value);
            }
            let whole = format!("{words}{}", self.footer);
            if !is_same_text(&words, wanted.text) && !is_same_text(&whole, wanted.text) {
                found.push(Misfit::Words);
            }
        }
        let quick = self.buttons.iter().take_while(|(kind, _)| kind == "QUICK_REPLY").map(|(_, title)| title);
        if !quick.eq(wanted.buttons) {
            found.push(Misfit::Buttons(self.buttons.iter().map(|(_, title)| title.clone()).collect()));
        }
        found
    }
}

impl Head {
    fn misfit(&self, wanted: &Wanted<'_>) -> Option<Misfit> {
        let place = picture_place(wanted.variables.iter().map(|(name, _)| name.as_deref()));
        match (self, wanted.image) {
            (Head::Plain | Head::OwnPicture, false) | (Head::Picture, true) => None,
            (Head::PictureAt(at), true) if *at == place => None,
            (Head::OwnPicture | Head::PictureAt(_), true) => Some(Misfit::Picture(place)),
            (Head::Picture | Head::PictureAt(_), false) => Some(Misfit::Head("IMAGE".to_owned())),
            (Head::Plain, true) => Some(Misfit::Head("none".to_owned())),
            (Head::Other(kind), _) => Some(Misfit::Head(kind.clone())),
        }
    }
}

/// The place of a picture among places with these names: the one after the last, or `image` where they have names.
pub(super) fn picture_place<'a>(mut names: impl ExactSizeIterator<Item = Option<&'a str>>) -> String {
    let next = names.len() + 1;
    if names.any(|name| name.is_some()) { "image".to_owned() } else { next.to_string() }
}

/// What goes into a place: WhatsApp takes no line break, no tab and no long gap there.
pub(super) fn one_line(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The names or numbers of the places in a text, each once, in the order of their first appearance.
pub(super) fn places(text: &str) -> Vec<String> {
    let mut places: Vec<String> = Vec::new();
    for part in text.split("{{").skip(1) {
        let Some((name, _)) = part.split_once("}}") else { continue };
        if !places.iter().any(|place| place == name.trim()) {
            places.push(name.trim().to_owned());
        }
    }
    places
}

fn replace(body: &str, place: &str, value: &str) -> String {
    let mut parts = body.split("{{");
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once("}}") {
            Some((name, rest)) if name.trim() == place => whole.extend([value, rest]),
            _ => whole.extend(["{{", part]),
        }
    }
    whole
}

impl Misfit {
    /// What a person reads: what is wrong, and what to do there where templates are made.
    pub fn text(&self, made_in: &str) -> Text {
        match self {
            Misfit::Missing { languages } if languages.is_empty() => text!(
                "the account has no such template; make it in {made_in}, or correct the name",
                "kontoen har ingen slik mal; lag den i {made_in}, eller rett navnet"
            ),
            Misfit::Missing { languages } => {
                let languages = languages.join(", ");
                text!(
                    "the account has it in {languages} only; add the language, or name one of these under languages",
                    "kontoen har den bare på {languages}; legg til språket, eller oppgi ett av disse under languages"
                )
            }
            Misfit::NotApproved(status) => text!(
                "Meta does not send it now ({status}); wait for the approval, or look at it in {made_in}",
                "Meta sender den ikke nå ({status}); vent på godkjenningen, eller se på den i {made_in}"
            ),
            Misfit::Head(head) => text!(
                "its head is {head}; it must be IMAGE where the campaign has an image, and else a text or none",
                "hodet er {head}; det må være IMAGE når kampanjen har et bilde, og ellers en tekst eller ingenting"
            ),
            Misfit::Picture(place) => text!(
                "its picture is not the campaign's; in {made_in}, let the picture's address be PUBLIC_URL/media/{{{{{place}}}}}, or remove image from the campaign",
                "bildet er ikke kampanjens; la bildets adresse i {made_in} være PUBLIC_URL/media/{{{{{place}}}}}, eller fjern image fra kampanjen"
            ),
            Misfit::Places(places) => {
                let places = places.join(", ");
                text!(
                    "its body has these places: {places}; variables must fill these and no others",
                    "teksten har disse plassene: {places}; variables må fylle disse og ingen andre"
                )
            }
            Misfit::Buttons(buttons) => {
                let buttons = buttons.join(", ");
                text!(
                    "its buttons are: {buttons}; buttons must name the quick replies in this order, and they must come first",
                    "knappene er: {buttons}; buttons må oppgi hurtigsvarene i denne rekkefølgen, og de må stå først"
                )
            }
            Misfit::Words => text!(
                "its words are others than the campaign's; what people get is the template's: copy that text",
                "ordene er andre enn kampanjens; det folk får er malens: kopier den teksten"
            ),
        }
    }
}
