//! A provider's file as a whole: read, checked, and told where it is wrong, all at once.

use std::collections::BTreeMap;

use super::answer::{Answer, Statuses};
use super::call::{Call, Login};
use super::example::Example;
use super::hooks::Hooks;
use super::list::{self, List};
use super::mistake::{Mistake, Mistakes, short};
use super::section::{self, Said, Section};
use super::template::Template;
use super::words::{self, Asked, Known};
use crate::domain::channel::Channel;
use crate::domain::lang::Text;
use crate::domain::rate::Rate;
use crate::text;

/// The letters of our own word for a try.
pub(super) const REFERENCE: u32 = 24;
/// The largest file in bytes.
const MOST_BYTES: usize = 256 * 1024;

/// What a provider's file says.
#[derive(Clone, Debug)]
pub struct Definition {
    /// Its name, as people say it.
    pub name: String,
    pub(super) channel: Channel,
    pub(super) base_url: Option<Template>,
    pub(super) values: Vec<Asked>,
    pub(super) secrets: Vec<Asked>,
    pub(super) from_is_optional: bool,
    pub(super) limits: Limits,
    pub(super) login: Login,
    pub(super) send: Call,
    pub(super) deduplicates: bool,
    pub(super) answers: Vec<Answer>,
    pub(super) test: Option<Test>,
    pub(super) list: Option<List>,
    pub(super) hooks: Option<Hooks>,
    pub(super) examples: Vec<Example>,
}

/// What the provider takes.
#[derive(Clone, Debug, Default)]
pub(super) struct Limits {
    /// How fast it may be asked.
    pub rate: Option<Rate>,
    /// The longest text, in characters.
    pub text: Option<u32>,
    /// Whether only texts of the GSM 7-bit alphabet arrive.
    pub gsm7_only: bool,
}

/// The harmless call.
#[derive(Clone, Debug)]
pub(super) struct Test {
    pub call: Call,
    pub works: Vec<Statuses>,
    pub wrong_secret: Vec<Statuses>,
}

impl Definition {
    /// Reads a file.
    ///
    /// # Errors
    /// Every mistake in it, in the order of the file.
    pub fn read(source: &str) -> Result<Self, Vec<Mistake>> {
        let m = Mistakes::default();
        let definition = read(source, &m);
        match definition {
            Some(definition) if m.is_empty() => Ok(definition),
            _ => Err(m.in_order()),
        }
    }

    /// Whether it says how people's answers come.
    pub fn takes_replies(&self) -> bool {
        self.hooks.as_ref().is_some_and(Hooks::takes_replies)
    }

    /// Whether it says how a picture is sent.
    pub fn sends_pictures(&self) -> bool {
        self.send.names("media_url")
    }

    /// How fast the provider may be asked, when the settings do not say.
    pub fn rate(&self) -> Option<Rate> {
        self.limits.rate
    }

    /// What the settings must give: values and secrets, by name.
    pub(super) fn asked(&self) -> impl Iterator<Item = &Asked> {
        self.values.iter().chain(&self.secrets)
    }

    /// What is given and what was left to the file, by name; or what is missing or too much, in words.
    pub(super) fn words(
        &self,
        values: &BTreeMap<String, String>,
        secrets: &BTreeMap<String, String>,
    ) -> Result<BTreeMap<String, String>, Text> {
        let mut words = BTreeMap::new();
        for (all, given, key, example) in
            [(&self.values, values, "values", "\"..\""), (&self.secrets, secrets, "secrets", "{ file = \"..\" }")]
        {
            if let Some(unknown) = given.keys().find(|name| !all.iter().any(|asked| asked.name == **name)) {
                let known = all.iter().map(|asked| asked.name.as_str()).collect::<Vec<_>>().join(", ");
                return Err(text!(
                    "`{key}` has `{unknown}`, which the provider's file does not ask for; it asks for: {known}",
                    "`{key}` har `{unknown}`, som leverandørfilen ikke spør etter; den spør etter: {known}"
                ));
            }
            for asked in all {
                match given.get(&asked.name).filter(|value| !value.trim().is_empty()).or(asked.default.as_ref()) {
                    Some(value) => drop(words.insert(asked.name.clone(), value.clone())),
                    None if asked.optional => {}
                    None => {
                        let Asked { name, about, .. } = asked;
                        return Err(text!(
                            "`{key}` lacks `{name}` ({about}); write {key} = {{ {name} = {example} }}",
                            "`{key}` mangler `{name}` ({about}); skriv {key} = {{ {name} = {example} }}"
                        ));
                    }
                }
            }
        }
        Ok(words)
    }
}

fn read(source: &str, m: &Mistakes) -> Option<Definition> {
    if source.len() > MOST_BYTES {
        let most = MOST_BYTES / 1024;
        m.add(
            &(0..0),
            text!("the file is larger than {most} KB", "filen er større enn {most} kB"),
            text!("is this a provider's file?", "er dette en leverandørfil?"),
        );
        return None;
    }
    let entries = section::parse(source, m)?;
    let start = source.len() - source.trim_start().len();
    let top = Section::new(&entries, start..start, m);
    let name = top.text("name");
    if name.is_none() {
        top.missing("name", "name = \"46elks\"");
    }
    let _ = top.words("sources");
    let (values, secrets) = (words::asked(&top, "values"), words::asked(&top, "secrets"));
    let asked: Vec<&Asked> = values.iter().chain(&secrets).collect();
    let (of_account, of_message) = (Known::new(&asked, false), Known::new(&asked, true));
    let base_url =
        top.text("base_url").map(|said| Template::read(&said, &|name| of_account.has(name), &of_account.list(), m));
    let channel = channel(&top);
    let from_is_optional = top.yes("from_is_optional");
    let limits_section = top.section("limits");
    let limits = limits_section.as_ref().map(limits).unwrap_or_default();
    let login = top.section("login").map(|login| Login::read(&login, &of_account)).unwrap_or_default();
    let send_section = top.section("send");
    if send_section.is_none() {
        top.missing("[send]", "[send] with path = \"/v1/messages\" and json = { .. } or form = { .. }");
    }
    let test = top.section("test").map(|section| test(&section, &of_account));
    let of_list = Known::new(&asked, false).and(&list::NAMES);
    let list = top.section("list").map(|section| List::read(&section, &of_list));
    let hooks = top.section("hooks").map(|section| Hooks::read(&section, &top, &of_account));
    if hooks.is_none() {
        for key in ["reply", "receipt", "ignore"] {
            for section in top.sections(key) {
                section.missing("[hooks]", "[hooks] with format = \"json\" and verify = { .. }");
            }
        }
    }
    let examples = top.sections("example").iter().map(Example::read).collect();
    top.done();
    let section = send_section?;
    let send = Call::read(&section, &of_message, true);
    let answers: Vec<Answer> = section.sections("answer").iter().map(Answer::read).collect();
    if answers.is_empty() {
        section.missing("[[send.answer]]", "[[send.answer]] with http = 200, means = \"accepted\" and id = \"id\"");
    }
    let deduplicates = section.yes("deduplicates");
    section.done();
    must_carry(&section, &send, deduplicates, limits_section.as_ref().and_then(|limits| limits.number("reference", 1)));
    Some(Definition {
        name: name?.text,
        channel,
        base_url,
        values,
        secrets,
        from_is_optional,
        limits,
        login,
        send,
        deduplicates,
        answers,
        test,
        list,
        hooks,
        examples,
    })
}

/// A reference that is cut off on the way proves nothing, and one that is not sent cannot be recognised.
fn must_carry(section: &Section<'_>, send: &Call, deduplicates: bool, longest: Option<u32>) {
    let carries = send.names("reference");
    if carries && longest.is_some_and(|longest| longest < REFERENCE) {
        section.m.add(
            &section.at,
            text!(
                "Lykt's reference has {REFERENCE} letters, more than this provider takes",
                "referansen til Lykt har {REFERENCE} tegn, flere enn leverandøren tar imot"
            ),
            text!(
                "leave {{reference}} out; put it into the query of a callback's address, if there is one",
                "la {{reference}} være; legg den i spørringen til en adresse for kvitteringer, om det finnes en"
            ),
        );
    }
    if deduplicates && !carries {
        section.m.add(
            &section.at,
            text!(
                "without {{reference}} the provider cannot recognise a message",
                "uten {{reference}} kan ikke leverandøren kjenne igjen en melding"
            ),
            text!("send it, or leave `deduplicates` out", "send den, eller la `deduplicates` være"),
        );
    }
}

fn channel(top: &Section<'_>) -> Channel {
    let Some(said) = top.text("channel") else { return Channel::Sms };
    match Channel::parse(&said.text) {
        Some(channel @ (Channel::Sms | Channel::WhatsApp)) => channel,
        _ => {
            let shown = short(&said.text);
            top.m.add(
                &said.span,
                text!("`{shown}` is no channel of a provider", "`{shown}` er ingen kanal hos en leverandør"),
                text!("write \"sms\" or \"whatsapp\"", "skriv \"sms\" eller \"whatsapp\""),
            );
            Channel::Sms
        }
    }
}

fn limits(section: &Section<'_>) -> Limits {
    let choice = |said: &Said, text, help| section.m.add(&said.span, text, help);
    let rate = section.text("rate").and_then(|said| {
        let rate = Rate::parse(&said.text);
        if rate.is_err() {
            choice(
                &said,
                text!("this is no rate", "dette er ingen fart"),
                text!("write 10/s or 100/min", "skriv 10/s eller 100/min"),
            );
        }
        rate.ok()
    });
    let alphabet = section.text("alphabet");
    if let Some(said) = alphabet.as_ref().filter(|said| said.text != "gsm7" && said.text != "any") {
        choice(
            said,
            text!("this is no alphabet that Lykt knows", "dette er ikke et alfabet som Lykt kjenner"),
            text!("write \"gsm7\" or \"any\"", "skriv \"gsm7\" eller \"any\""),
        );
    }
    let limits =
        Limits { rate, text: section.number("text", 1), gsm7_only: alphabet.is_some_and(|said| said.text == "gsm7") };
    let _ = section.number("reference", 1);
    section.done();
    limits
}

fn test(section: &Section<'_>, known: &Known) -> Test {
    let test = Test {
        call: Call::read(section, known, false),
        works: Statuses::read(section, "works"),
        wrong_secret: Statuses::read(section, "wrong_secret"),
    };
    section.done();
    if test.works.is_empty() {
        section.missing("works", "works = 200");
    }
    test
}
