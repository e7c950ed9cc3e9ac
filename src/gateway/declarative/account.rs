//! One set of credentials with a provider that a file describes, checked before the first request.

use std::collections::BTreeMap;

use super::definition::Definition;
use super::ready::Ready;
use crate::domain::gather::Gather;
use crate::domain::lang::Text;
use crate::domain::private::Private;
use crate::domain::web_address::host;
use crate::gateway::error::Misconfigured;
use crate::gateway::reach;
use crate::text;

/// An account as the settings give it. Prints as its name.
#[derive(Clone)]
pub struct Account {
    /// The account's name in the settings.
    pub name: String,
    /// The sender: a number, a short code or a name.
    pub from: Option<String>,
    /// What the file asks for and everybody may see.
    pub values: BTreeMap<String, String>,
    /// What the file asks for and nobody may see.
    pub secrets: BTreeMap<String, Private<String>>,
    /// Where the provider is, when the operator says so himself.
    pub base_url: Option<String>,
    /// Hosts that the file may lead to wherever they are.
    pub allow_hosts: Vec<String>,
    /// Where webhooks come in: `PUBLIC_URL/hooks/NAME`.
    pub hooks_url: String,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Account {
    /// The account with what the file asks for, or the first thing that cannot be right.
    pub(super) fn checked(self, definition: &Definition) -> Result<Ready, Misconfigured> {
        let wrong = |problem: Text| Misconfigured::Provider { account: self.name.clone(), problem };
        let secrets = self.secrets.iter().map(|(name, secret)| (name.clone(), secret.expose().clone())).collect();
        let words = definition.words(&self.values, &secrets).map_err(wrong)?;
        let words: BTreeMap<String, _> = words.into_iter().map(|(name, word)| (name, Private::new(word))).gather();
        let from = self.from.clone().filter(|from| !from.trim().is_empty());
        if from.is_none() && definition.send.names("from") && !definition.from_is_optional {
            return Err(wrong(text!(
                "`from` is missing; give the number or the name that messages come from",
                "`from` mangler; oppgi nummeret eller navnet som meldingene kommer fra"
            )));
        }
        let named = |name: &str| words.get(name).map(|word| word.expose().clone());
        let base_url = match (&self.base_url, &definition.base_url) {
            (Some(url), _) => url.clone(),
            (None, Some(template)) => template.url(&named).ok().flatten().unwrap_or_default(),
            (None, None) => {
                return Err(wrong(text!(
                    "`base_url` is missing; copy your address from the provider's console",
                    "`base_url` mangler; kopier adressen deres fra leverandørens konsoll"
                )));
            }
        };
        let base_url = base_url.trim_end_matches('/').to_owned();
        let host = host(&base_url).ok_or_else(|| {
            wrong(text!(
                "`base_url` is no web address; write for example https://api.example.com",
                "`base_url` er ingen nettadresse; skriv for eksempel https://api.example.com"
            ))
        })?;
        let allowed = self.allow_hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(&host));
        let may_go_anywhere = self.base_url.is_some() || allowed;
        let inside = reach::is_literally_private(&host);
        if inside && !may_go_anywhere {
            return Err(wrong(text!(
                "the provider's file leads to {host}, which is inside your own network; if that is right, write \
                 allow_hosts = [\"{host}\"]",
                "leverandørfilen fører til {host}, som er inne i deres eget nettverk; hvis det er riktig, skriv \
                 allow_hosts = [\"{host}\"]"
            )));
        }
        if !base_url.starts_with("https://") && !inside && !allowed {
            return Err(wrong(text!(
                "`base_url` must begin with https://; for http:// inside your own network write allow_hosts = [\"{host}\"]",
                "`base_url` må begynne med https://; for http:// inne i deres eget nettverk, skriv allow_hosts = [\"{host}\"]"
            )));
        }
        let Self { name, hooks_url, .. } = self;
        Ok(Ready { name, from, words, base_url, may_go_anywhere, hooks_url })
    }
}

/// What a sender is: `number`, `short` or `name`.
pub(super) fn kind_of(from: &str) -> &'static str {
    let digits = from.strip_prefix('+').unwrap_or(from);
    match digits.bytes().all(|b| b.is_ascii_digit()) {
        false => "name",
        true if digits.len() <= 6 => "short",
        true => "number",
    }
}
