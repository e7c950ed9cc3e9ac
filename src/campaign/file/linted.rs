//! The texts of a campaign file before the linter, and what it finds put back to its place in the file.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::checked::Checked;
use super::definition::Definition;
use super::mistake::{MOST, Mistake, Mistakes, Severity};
use super::neutral;
use super::quoted::origin;
use crate::campaign::lint::{self, Finding, House, Values, Weight};
use crate::campaign::template::Template;
use crate::domain::channel::Channel;
use crate::domain::gather::Gather;
use crate::domain::language;
use crate::text;

/// What is said of the parts and the alphabet of an SMS.
const PARTS: [&str; 5] = ["needs_ucs2", "counts_double", "too_long", "parts_vary", "just_over"];

/// A text of a variant, as it stands in the file.
struct Placed {
    language: String,
    text: String,
    span: Range<usize>,
    /// Where its language is named: what is about the whole text is shown there.
    key: Range<usize>,
}

/// Adds what the linter finds in the texts; a file that cannot be read has none.
pub fn lint(checked: &mut Checked, house: &House) {
    // Whoever has so many mistakes has no time for style.
    if checked.mistakes.len() >= MOST {
        return;
    }
    let variants = texts(&checked.source);
    let senders: Vec<String> = checked.definition.iter().flat_map(Definition::senders).map(str::to_owned).collect();
    let by = checked.definition.as_ref().map_or(vec![Channel::Sms], |definition: &Definition| {
        definition.routes().into_iter().map(|(channel, _)| channel).collect()
    });
    let sms = by != [Channel::WhatsApp] && by != [Channel::Manual];
    let mut m = Mistakes::default();
    let campaign = checked.definition.as_ref();
    let named = |n: usize| campaign.and_then(|campaign| Some((campaign, &campaign.variants.get(n)?.name)));
    for (n, placed) in variants.iter().enumerate().flat_map(|(n, texts)| texts.iter().map(move |text| (n, text))) {
        let own = named(n).map_or(Cow::Borrowed(house), |(campaign, name)| of_variant(house, campaign, name));
        // The parser has told of what is no template, and of texts without a way out.
        if Template::new(&placed.text).is_ok() {
            let found = lint::lint(&placed.text, Some(&placed.language), &own);
            let found = found.into_iter().filter(|finding| finding.code != "no_way_out");
            let found = found.filter(|finding| sms || !PARTS.contains(&finding.code));
            found.for_each(|finding| m.lint(at(finding, placed, &checked.source)));
        }
    }
    impersonal(&variants, &senders, &mut m);
    about(&variants, house, &mut m);
    neutral::judge(checked, house, &mut m);
    m.join(std::mem::take(&mut checked.mistakes));
    checked.mistakes = m.in_order();
}

/// What the linter is told of one variant, where others have another sender.
pub fn of_variant<'a>(known: &'a House, campaign: &Definition, variant: &str) -> Cow<'a, House> {
    if campaign.senders().len() < 2 {
        return Cow::Borrowed(known);
    }
    let mut own = known.clone();
    own.values.insert("sender".to_owned(), Values::always(campaign.sender_of(variant)));
    Cow::Owned(own)
}

/// The variables that the texts of a campaign name.
pub fn variables(checked: &Checked) -> BTreeSet<String> {
    let texts = texts(&checked.source).into_iter().flatten();
    let templates = texts.filter_map(|placed| Template::new(&placed.text).ok());
    templates.flat_map(|template| template.variables().clone()).gather()
}

/// Where each variant names its template, if it does.
pub fn templates(source: &str) -> Vec<Option<Range<usize>>> {
    let (table, _) = DeTable::parse_recoverable(source);
    let message = table.get_ref().get("message").and_then(|value| value.get_ref().as_table());
    let variants = message.and_then(|message| message.get("variant")).and_then(|value| value.get_ref().as_array());
    let of = |variant: &DeValue<'_>| {
        let template = variant.as_table()?.get("template")?.get_ref().as_table()?;
        template.get("name").map(|name| name.span())
    };
    variants.into_iter().flat_map(|variants| variants.iter()).map(|variant| of(variant.get_ref())).collect()
}

/// The texts of each variant.
fn texts(source: &str) -> Vec<Vec<Placed>> {
    let (table, errors) = DeTable::parse_recoverable(source);
    if !errors.is_empty() {
        return Vec::new();
    }
    let message = table.get_ref().get("message").and_then(|value| value.get_ref().as_table());
    let variants = message.and_then(|message| message.get("variant")).and_then(|value| value.get_ref().as_array());
    let of = |variant: &DeValue<'_>| -> Option<Vec<Placed>> {
        let texts = variant.as_table()?.get("text")?.get_ref().as_table()?;
        let mut placed: Vec<Placed> = texts
            .iter()
            .filter_map(|(key, value)| {
                let language = language::parse(key.get_ref())?;
                Some(Placed {
                    language,
                    text: value.get_ref().as_str()?.to_owned(),
                    span: value.span(),
                    key: key.span(),
                })
            })
            .collect();
        placed.sort_by_key(|placed| placed.span.start);
        Some(placed)
    };
    variants.into_iter().flat_map(|variants| variants.iter()).filter_map(|variant| of(variant.get_ref())).collect()
}

fn at(finding: Finding, placed: &Placed, source: &str) -> Mistake {
    let whole = finding.at == (0..placed.text.len());
    let raw = source.get(placed.span.clone()).filter(|_| !whole);
    let span = raw.map_or(placed.key.clone(), |raw| origin(raw, placed.span.start, &finding.at));
    let severity = match finding.weight {
        Weight::Warning => Severity::Warning,
        Weight::Note => Severity::Note,
    };
    Mistake { severity, code: finding.code, span, text: finding.text, help: finding.help }
}

/// A language in which no variant says who writes: a name gets many more answers than a notice.
fn impersonal(variants: &[Vec<Placed>], senders: &[String], m: &mut Mistakes) {
    let personal = |placed: &Placed| {
        let named = senders.iter().any(|sender| placed.text.contains(sender));
        named || Template::new(&placed.text).is_ok_and(|template| template.variables().contains("sender"))
    };
    let mut first: BTreeMap<&str, (&Placed, bool)> = BTreeMap::new();
    for placed in variants.iter().flatten() {
        first.entry(&placed.language).or_insert((placed, false)).1 |= personal(placed);
    }
    for (code, (placed, _)) in first.into_iter().filter(|(_, (_, personal))| !personal) {
        m.lint(Mistake {
            severity: Severity::Note,
            code: "not_personal",
            span: placed.key.clone(),
            text: text!("no text in {code} says who writes", "ingen tekst på {code} sier hvem som skriver"),
            help: text!(
                "a name gets many more answers than a notice: This is {{{{ sender }}}} from {{{{ organisation }}}}.",
                "et navn får mange flere svar enn en kunngjøring: Dette er {{{{ sender }}}} fra {{{{ organisation }}}}."
            ),
        });
    }
}

/// Whether people can read who we are and where the number came from; said once, at the first text that lacks it.
fn about(variants: &[Vec<Placed>], house: &House, m: &mut Mistakes) {
    let lacks = |placed: &&Placed| !lint::links_to(&placed.text, house.about_url.as_deref());
    let Some(first) = variants.iter().flatten().find(lacks) else { return };
    let count = variants.iter().flatten().filter(lacks).count();
    let (severity, help) = match house.about_url.as_deref() {
        // Nothing is known of the house, and a text may do without where the law does.
        None => return,
        Some("") => (
            Severity::Note,
            text!(
                "put such a page up, name it as about_url in the settings and link to it",
                "lag en slik side, oppgi den som about_url i innstillingene og lenk til den"
            ),
        ),
        Some(url) => {
            let url = url.trim_start_matches("https://").trim_start_matches("http://").trim_end_matches('/');
            (
                Severity::Warning,
                text!(
                    "a first message says or links it, and how to refuse: add {url}",
                    "en første melding sier det eller lenker til det, og hvordan man sier nei: legg til {url}"
                ),
            )
        }
    };
    let text = match count {
        1 => text!(
            "this text does not link to who you are and where the number comes from",
            "denne teksten lenker ikke til hvem dere er og hvor nummeret er fra"
        ),
        _ => text!(
            "{count} texts do not link to who you are and where the number comes from",
            "{count} tekster lenker ikke til hvem dere er og hvor nummeret er fra"
        ),
    };
    m.lint(Mistake { severity, code: "no_about_url", span: first.key.clone(), text, help });
}

#[cfg(test)]
mod tests {
    use super::super::tests::folder::{Folder, VALID};
    use super::super::{Severity, check};
    use super::*;
    use crate::campaign::lint::{Values, Words};

    fn house(about_url: Option<&str>) -> House {
        let values = ["organisation", "region"].map(|name| (name.to_owned(), Values::always("Lykten")));
        House {
            words: Words::ours(),
            organisation: Some("Lykten".to_owned()),
            about_url: about_url.map(str::to_owned),
            senders: BTreeMap::new(),
            values: BTreeMap::from(values),
        }
    }

    fn linted(text: &str, about_url: Option<&str>) -> Checked {
        let mut checked = Folder::new().check(text);
        lint(&mut checked, &house(about_url));
        checked
    }

    #[test]
    fn the_example_campaigns_give_no_warning() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("campaigns");
        for entry in folder.read_dir().unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "toml") {
                let mut checked = check(&path, &folder, None, None, &[]);
                lint(&mut checked, &house(None));
                assert_eq!(checked.mistakes, [], "{}", path.display());
            }
        }
    }

    #[test]
    fn a_finding_stands_at_its_place_in_the_file_and_leaves_the_campaign_sound() {
        let written = r#"text.nb = "Hei \"du\"\u2026 Dette er {{ sender }} fra Lykten, gratis lege for narkomane."#;
        let text = VALID.replace(r#"text.nb = "Hei! Dette er {{ sender }}."#, written);
        let checked = linted(&text, None);
        let places: Vec<(&str, &str)> =
            checked.mistakes.iter().map(|mistake| (mistake.code, &text[mistake.span.clone()])).collect();
        for place in [("needs_ucs2", "\\u2026"), ("excluding_word", "narkomane"), ("no_organisation", "en")] {
            assert!(places.contains(&place), "{place:?}: {places:?}");
        }
        assert!(checked.definition.is_some() && checked.errors() == 0 && checked.warnings() > 1);
        assert!(!places.iter().any(|(code, _)| *code == "no_way_out"), "the parser tells of it");
    }

    #[test]
    fn a_language_without_a_sender_is_noted_once() {
        let checked = linted(VALID, None);
        let found: Vec<_> = checked.mistakes.iter().filter(|mistake| mistake.code == "not_personal").collect();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].severity, &VALID[found[0].span.clone()]), (Severity::Note, "en"));
    }

    #[test]
    fn the_page_about_us_is_missed_once_and_only_where_there_is_one() {
        let about = |text: &str, url: Option<&str>| -> Vec<Severity> {
            let found = linted(text, url).mistakes.into_iter().filter(|mistake| mistake.code == "no_about_url");
            found.map(|mistake| mistake.severity).collect()
        };
        let url = Some("https://lykten.example/om");
        assert_eq!(about(VALID, url), [Severity::Warning]);
        assert_eq!(about(VALID, Some("")), [Severity::Note]);
        assert_eq!(about(VALID, None), []);
        let linked =
            VALID.replace("STOPP for", "STOPP (lykten.example) for").replace("STOP to", "STOP: lykten.example to");
        assert_eq!(about(&linked, url), []);
    }

    #[test]
    fn a_file_with_mistakes_is_linted_as_far_as_it_can_be_read() {
        let checked = linted(&VALID.replace("rate = \"20/min\"", "rate = 3").replace("Hei!", "Hei!!!"), None);
        let codes: Vec<&str> = checked.mistakes.iter().map(|mistake| mistake.code).collect();
        assert!(codes.contains(&"wrong_type") && codes.contains(&"shouting"), "{codes:?}");
        linted("title = [", None);
        linted("[message]\nvariant = [1, { text = 2 }, { text = { nb = 3 } }]", None);
    }
}
