//! `[message]`: by which channels it goes and by whose accounts, and what else is read of it for that.

use std::collections::BTreeMap;

use toml::de::DeValue;

use super::account::AccountFacts;
use super::message::{House, Message, image, pictures, senders};
use super::mistake::{Mistakes, short};
use super::schema::nearest;
use super::section::{Said, Section};
use super::texts::Words;
use super::variant::Judge;
use super::{by_hand, calls};
use crate::domain::channel::Channel;
use crate::text;

/// Reads the section; `None` when something in it is missing or wrong.
pub(super) fn read(top: &Section<'_>, house: &House<'_>, words: &Words<'_>, m: &mut Mistakes) -> Option<Message> {
    top.need(&["message"], m);
    let section = top.table("message", "message", m)?;
    section.unknown(m);
    let channels = channels(&section, m);
    if channels.as_ref().is_some_and(|channels| channels == &[Channel::Call.as_str()]) {
        return calls::read(top, &section, words, m);
    }
    if channels.as_ref().is_some_and(|channels| channels == &[Channel::Manual.as_str()]) {
        return by_hand::read(top, &section, house, words, m);
    }
    calls::only_calls(&section, m);
    let by: Vec<Channel> = channels.iter().flatten().filter_map(|word| Channel::parse(word)).collect();
    let mut further = gateway(&section, &by, house, m);
    let account = by.first().and_then(|first| further.remove(first.as_str()));
    let sender = senders(&section, m);
    let image = image(&section, house.folder, m);
    let require_language = section.truth("require_language", m).unwrap_or(false);
    let named: Vec<&String> = account.iter().chain(further.values()).collect();
    let accounts = house.accounts.into_iter().flatten().filter(|facts| named.contains(&&facts.name));
    let accounts: Vec<&AccountFacts> = accounts.collect();
    if image.is_some() {
        pictures(&section, &accounts, m);
    }
    let takes_replies = accounts.iter().all(|facts| facts.takes_replies);
    let template_ids = template_ids(&by, account.as_deref(), &further, house);
    let languages = house.languages;
    let folder = house.folder;
    let judge =
        Judge { words, folder, accounts, takes_replies, languages, require_language, channels: &by, template_ids };
    let variants = judge.variants(&section, m);
    Some(Message {
        channels: channels?,
        account: account?,
        further,
        sender: sender?,
        image,
        require_language,
        variants,
        calls: None,
    })
}

/// Whether the account for WhatsApp knows templates by ids, when it is known.
fn template_ids(
    by: &[Channel],
    first: Option<&str>,
    further: &BTreeMap<String, String>,
    house: &House<'_>,
) -> Option<bool> {
    let account = match by.first() {
        Some(Channel::WhatsApp) => first?,
        _ => further.get(Channel::WhatsApp.as_str())?,
    };
    house.accounts?.iter().find(|facts| facts.name == account).map(|facts| facts.template_ids)
}

fn channels(section: &Section<'_>, m: &mut Mistakes) -> Option<Vec<String>> {
    section.need(&["channels"], m);
    let said = section.texts("channels", m)?;
    if said.is_empty()
        && let Some(entry) = section.entry("channels")
    {
        m.error(
            "no_channel",
            &entry.span,
            text!("no channel is named, so nothing could be sent", "ingen kanal er oppgitt, så ingenting kan sendes"),
            text!("write channels = [\"sms\"]", "skriv channels = [\"sms\"]"),
        );
    }
    let mut channels = Vec::new();
    for word in said {
        match channel(&word, m) {
            Some(channel) if !channels.contains(&channel.as_str().to_owned()) => {
                channels.push(channel.as_str().to_owned())
            }
            _ => {}
        }
    }
    if channels.len() > 1
        && channels.iter().any(|channel| channel == Channel::Call.as_str())
        && let Some(entry) = section.entry("channels")
    {
        calls_alone(&entry.span, m);
        return None;
    }
    if channels.len() > 1
        && channels.iter().any(|channel| channel == Channel::Manual.as_str())
        && let Some(entry) = section.entry("channels")
    {
        let wrong = text!(
            "what people write by hand cannot stand in for another channel, or the other way round",
            "det som skrives for hånd kan ikke tre i stedet for en annen kanal, eller omvendt"
        );
        let help = text!("write channels = [\"manual\"] alone", "skriv channels = [\"manual\"] alene");
        m.error("people_alone", &entry.span, wrong, help);
        return None;
    }
    (!channels.is_empty()).then_some(channels)
}

fn calls_alone(span: &std::ops::Range<usize>, m: &mut Mistakes) {
    m.error(
        "calls_alone",
        span,
        text!(
            "calls cannot stand in for messages, or messages for calls, in this version yet",
            "samtaler kan ikke tre i stedet for meldinger, eller omvendt, i denne versjonen ennå"
        ),
        text!(
            "write channels = [\"sms\"], and [[follow_up]] for a call after it; or channels = [\"call\"] alone",
            "skriv channels = [\"sms\"], og [[follow_up]] for en samtale etterpå; eller channels = [\"call\"] alene"
        ),
    );
}

fn channel(said: &Said, m: &mut Mistakes) -> Option<Channel> {
    let found = Channel::parse(&said.text);
    let word = short(&said.text);
    if found.is_none() {
        m.error(
            "unknown_channel",
            &said.span,
            text!("`{word}` is no channel", "`{word}` er ingen kanal"),
            text!(
                "write channels = [\"sms\"], [\"whatsapp\"], [\"call\"] or [\"manual\"]",
                "skriv channels = [\"sms\"], [\"whatsapp\"], [\"call\"] eller [\"manual\"]"
            ),
        );
    }
    found
}

/// The accounts by channel: one for each channel that is named.
fn gateway(section: &Section<'_>, by: &[Channel], house: &House<'_>, m: &mut Mistakes) -> BTreeMap<String, String> {
    section.need(&["gateway"], m);
    let mut accounts = BTreeMap::new();
    let Some(table) = section.table("gateway", "message.gateway", m) else { return accounts };
    for entry in table.entries() {
        let key = Said { text: entry.key.to_owned(), span: entry.key_span.clone() };
        let Some(channel) = channel(&key, m) else { continue };
        if channel.is_by_people() {
            let word = channel.as_str();
            m.error(
                "not_for_calls",
                &key.span,
                text!(
                    "what people do themselves goes by no account",
                    "det folk gjør selv, går ikke gjennom noen konto"
                ),
                text!("remove `{word}`", "fjern `{word}`"),
            );
            continue;
        }
        let DeValue::String(name) = entry.value else {
            let (wrong, help) = (
                text!(
                    "the name of an account belongs here, in quotes",
                    "her hører navnet på en konto hjemme, i anførselstegn"
                ),
                text!(
                    "write it like this: gateway = {{ sms = \"twilio-oslo\" }}",
                    "skriv det slik: gateway = {{ sms = \"twilio-oslo\" }}"
                ),
            );
            m.error("wrong_type", &entry.span, wrong, help);
            continue;
        };
        let said = Said { text: name.trim().to_owned(), span: entry.span };
        if said.text.is_empty() || !is_account(&said, channel, house, m) {
            if said.text.is_empty() {
                m.error(
                    "unknown_gateway",
                    &said.span,
                    text!("no account is named", "ingen konto er oppgitt"),
                    text!("write the name of an account of your settings", "skriv navnet på en konto i innstillingene"),
                );
            }
            continue;
        }
        if by.contains(&channel) {
            accounts.insert(channel.as_str().to_owned(), said.text);
        }
    }
    for by in by.iter().map(|channel| channel.as_str()).filter(|word| table.entry(word).is_none()) {
        m.error(
            "no_gateway",
            &table.at,
            text!("no account is named for {by}", "ingen konto er oppgitt for {by}"),
            text!(
                "write it like this: gateway = {{ {by} = \"twilio-oslo\" }}",
                "skriv det slik: gateway = {{ {by} = \"twilio-oslo\" }}"
            ),
        );
    }
    accounts
}

fn is_account(said: &Said, channel: Channel, house: &House<'_>, m: &mut Mistakes) -> bool {
    let Some(accounts) = house.accounts else { return true };
    let word = short(&said.text);
    let Some(facts) = accounts.iter().find(|facts| facts.name == said.text) else {
        let names = accounts.iter().map(|facts| facts.name.as_str());
        let all = names.clone().collect::<Vec<_>>().join(", ");
        let help = match nearest(&said.text, names) {
            Some(near) => text!("did you mean \"{near}\"?", "mente du «{near}»?"),
            None if all.is_empty() => text!(
                "the settings have no account yet: add [gateways.{word}] to them",
                "innstillingene har ingen konto ennå: legg til [gateways.{word}] der"
            ),
            None => text!("write one of: {all}", "skriv en av: {all}"),
        };
        m.error(
            "unknown_gateway",
            &said.span,
            text!("the settings have no account `{word}`", "innstillingene har ingen konto `{word}`"),
            help,
        );
        return false;
    };
    if !facts.channels.contains(&channel) {
        let channel = channel.as_str();
        m.error(
            "gateway_channel",
            &said.span,
            text!("the account `{word}` does not send {channel}", "kontoen `{word}` sender ikke {channel}"),
            text!("name an account that does", "oppgi en konto som gjør det"),
        );
    }
    true
}
