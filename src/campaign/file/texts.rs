//! The texts of a variant and the scripts of a call, a language each: read, and tried out with values made up for it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use toml::de::DeValue;

use super::mistake::{Mistakes, short};
use super::quoted::origin;
use super::schema::nearest;
use super::section::{Entry, Said, Section, controls};
use crate::campaign::template::{SERVICE, Template, TemplateError, Why};
use crate::domain::gather::Gather;
use crate::domain::inert::is_blank;
use crate::domain::language;
use crate::text;

/// The variables that every text has.
pub(super) const OURS: [&str; 3] = ["sender", "organisation", "services"];

/// What a text may name.
pub(super) struct Words<'a> {
    /// The file, to find the place again.
    pub source: &'a str,
    /// The names of the columns; `None` when they could not be read, so that nothing can be said of a variable.
    pub columns: Option<Vec<String>>,
    /// Values that rows will have, by variable.
    pub filter: &'a BTreeMap<String, Vec<String>>,
    /// The kinds of services that the directory has.
    pub services: BTreeSet<String>,
}

/// Texts by language, each with its place.
pub(super) type Texts = BTreeMap<String, Said>;

/// Reads the texts under a key; `None` when there is none.
pub(super) fn read(section: &Section<'_>, key: &str, words: &Words<'_>, m: &mut Mistakes) -> Option<Texts> {
    let entry = section.entry(key)?;
    let DeValue::Table(table) = entry.value else {
        let wanted = text!("a text for each language", "en tekst for hvert språk");
        section.wrong(&entry, &wanted, m);
        return None;
    };
    if table.is_empty() {
        let wrong = text!("`{key}` has no text in any language", "`{key}` har ikke tekst på noe språk");
        let help = text!("write one: {key}.nb = \"Hei! ..\"", "skriv en: {key}.nb = \"Hei! ..\"");
        m.error("empty_text", &entry.span, wrong, help);
    }
    let mut texts = Texts::new();
    for entry in Section::new("", table, entry.key_span).entries() {
        let language = tongue(key, &entry, &texts, m);
        let DeValue::String(written) = entry.value else {
            let (key, tongue) = (short(key), short(entry.key));
            m.error(
                "wrong_type",
                &entry.span,
                text!("`{key}.{tongue}` takes a text in quotes", "`{key}.{tongue}` skal være en tekst i anførselstegn"),
                text!("write it like this: {key}.nb = \"Hei! ..\"", "skriv det slik: {key}.nb = \"Hei! ..\""),
            );
            continue;
        };
        words.check(written, &entry.span, m);
        if let Some(language) = language {
            texts.insert(language, Said { text: written.replace("\r\n", "\n"), span: entry.span });
        }
    }
    Some(texts)
}

fn tongue(key: &str, entry: &Entry<'_>, texts: &Texts, m: &mut Mistakes) -> Option<String> {
    let written = short(entry.key);
    let Some(code) = language::parse(entry.key) else {
        m.error(
            "unknown_language",
            &entry.key_span,
            text!("`{written}` is no language we know", "`{written}` er ikke et språk vi kjenner"),
            text!(
                "write its code, as in {key}.nb, {key}.en, {key}.th",
                "skriv språkkoden, som i {key}.nb, {key}.en, {key}.th"
            ),
        );
        return None;
    };
    if texts.contains_key(&code) {
        m.error(
            "duplicate_language",
            &entry.key_span,
            text!("there are two texts in the same language ({code})", "det er to tekster på samme språk ({code})"),
            text!("keep one of them", "behold en av dem"),
        );
        return None;
    }
    Some(code)
}

impl Words<'_> {
    /// Says what is wrong with a text.
    pub fn check(&self, written: &str, span: &Range<usize>, m: &mut Mistakes) {
        if is_blank(written) {
            m.error(
                "empty_text",
                span,
                text!("this text is empty", "denne teksten er tom"),
                text!(
                    "write what the person is to read, or remove the line",
                    "skriv det personen skal lese, eller fjern linjen"
                ),
            );
            return;
        }
        controls(written, span, m);
        match Template::new(written) {
            Err(error) => self.explain(&error, span, m),
            Ok(template) => {
                self.unknown(&template, written, span, m);
                if let Err(error) = self.try_out(&template) {
                    self.explain(&error, span, m);
                }
            }
        }
    }

    /// Names the variables that no column gives.
    fn unknown(&self, template: &Template, written: &str, span: &Range<usize>, m: &mut Mistakes) {
        let Some(columns) = &self.columns else { return };
        let known: BTreeSet<&str> = OURS.into_iter().chain(columns.iter().map(String::as_str)).gather();
        for name in template.variables() {
            let place = || named(written, name).map_or(span.clone(), |range| self.place(span, &range));
            if let Some(kind) = name.strip_prefix(SERVICE) {
                self.service(kind, &place(), m);
                continue;
            }
            if name == "phone" && known.contains("phone") {
                m.warn(
                    "phone_in_text",
                    &place(),
                    text!("the person's number would stand in the message", "personens nummer ville stått i meldingen"),
                    text!("remove {{{{ phone }}}}, unless you mean it", "fjern {{{{ phone }}}}, om du ikke mener det"),
                );
            } else if matches!(name.as_str(), "phone" | "handle") && !known.contains(name.as_str()) {
                m.error(
                    "address_in_text",
                    &place(),
                    text!(
                        "`{name}` is the address itself, and is not for texts",
                        "`{name}` er selve adressen, og er ikke til tekster"
                    ),
                    text!("remove {{{{ {name} }}}}", "fjern {{{{ {name} }}}}"),
                );
            } else if !known.contains(name.as_str()) {
                let (name, names) = (short(name), known.iter().copied().collect::<Vec<_>>().join(", "));
                let help = match nearest(&name, known.iter().copied()) {
                    Some(near) => text!(
                        "did you mean {{{{ {near} }}}}? there is: {names}",
                        "mente du {{{{ {near} }}}}? det finnes: {names}"
                    ),
                    None => text!(
                        "write one of: {names}; or name its column under [targets] columns",
                        "skriv en av: {names}; eller oppgi kolonnen under [targets] columns"
                    ),
                };
                m.error(
                    "unknown_variable",
                    &place(),
                    text!("no column gives `{name}`", "ingen kolonne gir `{name}`"),
                    help,
                );
            }
        }
    }

    /// Names a service that the directory does not have, or that nobody's place is known for.
    fn service(&self, kind: &str, place: &Range<usize>, m: &mut Mistakes) {
        if !self.services.contains(kind) {
            let (kind, names) = (short(kind), self.services.iter().cloned().collect::<Vec<_>>().join(", "));
            let help = match nearest(&kind, self.services.iter().map(String::as_str)) {
                Some(near) => text!(
                    "did you mean {{{{ services.{near} }}}}? there is: {names}",
                    "mente du {{{{ services.{near} }}}}? det finnes: {names}"
                ),
                None if names.is_empty() => {
                    text!("write services in campaigns/services/", "skriv tjenester i campaigns/services/")
                }
                None => text!("write one of: {names}", "skriv en av: {names}"),
            };
            let wrong = text!("no service has the kind `{kind}`", "ingen tjeneste er av typen `{kind}`");
            m.error("unknown_service", place, wrong, help);
        } else if self.columns.as_ref().is_some_and(|columns| !columns.iter().any(|name| name == "region")) {
            let wrong = text!(
                "a service is offered by place, and no column says where people are",
                "en tjeneste tilbys etter sted, og ingen kolonne sier hvor folk er"
            );
            let help = text!(
                "name the column under [targets]: columns = {{ region = \"sted\" }}",
                "oppgi kolonnen under [targets]: columns = {{ region = \"sted\" }}"
            );
            m.error("no_region", place, wrong, help);
        }
    }

    /// Fills the text in with words, with numbers, with what the filter lets through, and with as little as possible.
    fn try_out(&self, template: &Template) -> Result<(), TemplateError> {
        let all = |value: &str| -> BTreeMap<String, String> {
            template.variables().iter().map(|name| (name.clone(), value.to_owned())).gather()
        };
        let (words, numbers) = (all("Lykten"), all("7"));
        let base = match template.render(&words) {
            Ok(text) if text.is_empty() => return Err(TemplateError::Fails { why: Why::NoText, range: None }),
            Ok(_) => words,
            Err(error) => template.render(&numbers).map(|_| numbers).map_err(|_| error)?,
        };
        for (name, values) in self.filter {
            for value in values.iter().take(20) {
                let mut given = base.clone();
                given.insert(name.clone(), value.clone());
                template.render(&given)?;
            }
        }
        let least: BTreeMap<String, String> =
            base.into_iter().filter(|(name, _)| OURS.contains(&name.as_str())).gather();
        match template.render(&least) {
            Err(error @ (TemplateError::Endless(_) | TemplateError::Fails { why: Why::Arithmetic, .. })) => Err(error),
            _ => Ok(()),
        }
    }

    fn place(&self, span: &Range<usize>, range: &Range<usize>) -> Range<usize> {
        self.source.get(span.clone()).map_or(span.clone(), |raw| origin(raw, span.start, range))
    }

    fn explain(&self, error: &TemplateError, span: &Range<usize>, m: &mut Mistakes) {
        let place = |range: &Option<Range<usize>>| range.as_ref().map_or(span.clone(), |range| self.place(span, range));
        match error {
            TemplateError::Syntax { reason, range } => {
                let wrong = match reason.as_str() {
                    reason if reason.contains("end of input") => {
                        text!("braces are opened here and not closed", "her åpnes krøllparenteser som ikke lukkes")
                    }
                    reason if reason.contains("expected end of variable") => {
                        text!(
                            "between {{{{ and }}}} stands more than a name",
                            "mellom {{{{ og }}}} står mer enn et navn"
                        )
                    }
                    _ => text!("these braces cannot be understood", "disse krøllparentesene er ikke til å forstå"),
                };
                let help = text!(
                    "write the name of a variable, as in {{{{ sender }}}}, and {{% endif %}} after every {{% if .. %}}",
                    "skriv navnet på en variabel, som i {{{{ sender }}}}, og {{% endif %}} etter hver {{% if .. %}}"
                );
                m.error("template_syntax", &place(range), wrong, help);
            }
            TemplateError::Endless(range) => m.error(
                "template_endless",
                &place(range),
                text!("this text never ends, or not soon enough", "denne teksten tar aldri slutt, eller ikke fort nok"),
                text!("take the repetition out", "ta bort gjentakelsen"),
            ),
            TemplateError::TooLong { most } => m.error(
                "text_too_long",
                span,
                text!("this text is longer than {most} characters", "denne teksten er lengre enn {most} tegn"),
                text!(
                    "make it shorter; people read one or two parts",
                    "gjør den kortere; folk leser en eller to deler"
                ),
            ),
            TemplateError::Missing(name) => {
                let name = short(name);
                m.error(
                    "unknown_variable",
                    span,
                    text!("nothing gives `{name}`", "ingenting gir `{name}`"),
                    text!("name its column under [targets] columns", "oppgi kolonnen under [targets] columns"),
                );
            }
            TemplateError::Fails { why, range } => {
                let (wrong, help) = match why {
                    Why::Arithmetic => (
                        text!(
                            "this cannot be computed, as a division by zero cannot",
                            "dette lar seg ikke regne ut, som å dele på null"
                        ),
                        text!("write the result instead", "skriv resultatet i stedet"),
                    ),
                    Why::Unknown => (
                        text!(
                            "there is no filter or function of this name",
                            "det finnes ikke noe filter eller noen funksjon med dette navnet"
                        ),
                        text!("write only the variable: {{{{ region }}}}", "skriv bare variabelen: {{{{ region }}}}"),
                    ),
                    Why::OtherFile => (
                        text!("a text cannot take in another file", "en tekst kan ikke hente inn en annen fil"),
                        text!("write the words here", "skriv ordene her"),
                    ),
                    Why::NoText => (
                        text!("what comes out here is no text", "det som kommer ut her, er ikke tekst"),
                        text!(
                            "write words, or a variable that gives some",
                            "skriv ord, eller en variabel som gir noen"
                        ),
                    ),
                };
                m.error("template_fails", &place(range), wrong, help);
            }
        }
    }
}

/// Where a variable is named between braces.
fn named(text: &str, name: &str) -> Option<Range<usize>> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name)
        .find(|(at, _)| {
            let (before, after) = (&text[..*at], &text[at + name.len()..]);
            let open = before.rfind("{{").max(before.rfind("{%"));
            let close = before.rfind("}}").max(before.rfind("%}"));
            open.is_some() && open > close && !before.ends_with(is_part) && !after.starts_with(is_part)
        })
        .map(|(at, name)| at..at + name.len())
}
