//! What proves that a webhook is from the provider: `[hooks.verify]`. All that a file asks for must be there.

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use jiff::{SignedDuration, Timestamp};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::document;
use super::mistake::short;
use super::section::{Said, Section};
use super::template::Template;
use super::words::{Find, Known};
use crate::domain::hex::unhex;
use crate::gateway::error::Forbidden;
use crate::gateway::event::Hook;
use crate::text;

/// What must be there.
#[derive(Clone, Debug)]
pub(super) struct Verify {
    query: Vec<(String, Template)>,
    headers: Vec<(String, Template)>,
    basic: Option<(Template, Template)>,
    networks: Vec<Network>,
    signature: Option<Signature>,
}

/// Some addresses: those that begin like this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Network(IpAddr, u32);

#[derive(Clone, Debug)]
struct Signature {
    algorithm: Algorithm,
    key: Template,
    key_is_base64: bool,
    over: Template,
    header: String,
    prefix: String,
    is_base64: bool,
    /// The header with the time, and how far from ours it may be.
    time: Option<(String, SignedDuration)>,
}

#[derive(Clone, Copy, Debug)]
enum Algorithm {
    Sha1,
    Sha256,
    Sha512,
}

impl Verify {
    /// Reads `[hooks.verify]`. There must be something: anybody can call an address.
    pub fn read(hooks: &Section<'_>, known: &Known) -> Self {
        let Some(section) = hooks.section("verify") else {
            hooks.missing("verify", "verify = { query = { key = \"{hook_key}\" } }, with hook_key under [secrets]");
            return Self { query: vec![], headers: vec![], basic: None, networks: vec![], signature: None };
        };
        let template = |said: &Said| Template::read(said, &|name| known.has(name), &known.list(), section.m);
        let fields = |key| -> Vec<(String, Template)> {
            let read = |(name, node): &(Said, super::section::Node)| Some((name.text.clone(), template(&node.word()?)));
            section.pairs(key).iter().filter_map(read).collect()
        };
        let basic = section.words("basic");
        let verify = Self {
            query: fields("query"),
            headers: fields("headers"),
            basic: match basic.as_slice() {
                [user, secret] => Some((template(user), template(secret))),
                [] => None,
                [first, ..] => {
                    section.m.add(
                        &first.span,
                        text!("a name and a password are two", "et navn og et passord er to"),
                        text!(
                            "write basic = [\"{{user}}\", \"{{secret}}\"]",
                            "skriv basic = [\"{{user}}\", \"{{secret}}\"]"
                        ),
                    );
                    None
                }
            },
            networks: section.words("ips").iter().filter_map(|said| network(said, &section)).collect(),
            signature: section.section("hmac").map(|hmac| Signature::read(&hmac, known)),
        };
        section.done();
        if !verify.proves() && verify.networks.is_empty() {
            section.missing("query", "query = { key = \"{hook_key}\" }, headers, basic, ips or hmac");
        }
        verify
    }

    /// Whether something is asked for that only the provider knows.
    fn proves(&self) -> bool {
        !self.query.is_empty() || !self.headers.is_empty() || self.basic.is_some() || self.signature.is_some()
    }

    /// Whether a webhook carries all of it.
    pub fn verify(&self, hook: &Hook<'_>, find: &Find<'_>) -> Result<(), Forbidden> {
        let query = hook.url.split_once('?').map_or("", |(_, query)| query);
        let query = document::fields(query.as_bytes()).ok_or(Forbidden::TooManyParameters)?;
        for (name, secret) in &self.query {
            let given = query.get(name).and_then(|value| value.as_str()).ok_or(Forbidden::Unsigned)?;
            must_be(given, secret, find)?;
        }
        for (name, secret) in &self.headers {
            must_be(only(hook, name)?.ok_or(Forbidden::Unsigned)?, secret, find)?;
        }
        if let Some((user, secret)) = &self.basic {
            let given = only(hook, "authorization")?.ok_or(Forbidden::Unsigned)?;
            let (user, secret) = (value(user, find)?, value(secret, find)?);
            let wanted = format!("Basic {}", STANDARD.encode(format!("{user}:{secret}")));
            if !same(given.as_bytes(), wanted.as_bytes()) {
                return Err(Forbidden::WrongSignature);
            }
        }
        self.signature.as_ref().map_or(Ok(()), |signature| signature.verify(hook, &query, find))
    }

    /// Whether a webhook came from one of the provider's addresses, and not too long after it was signed.
    pub fn admits(&self, hook: &Hook<'_>, from: Option<IpAddr>, now: Timestamp) -> Result<(), Forbidden> {
        let known = |from: IpAddr| self.networks.iter().any(|network| network.has(from));
        if !self.networks.is_empty() && !from.is_some_and(known) {
            return Err(Forbidden::WrongAddress);
        }
        let Some((header, tolerance)) = self.signature.as_ref().and_then(|signature| signature.time.as_ref()) else {
            return Ok(());
        };
        let signed = only(hook, header)?.and_then(time).ok_or(Forbidden::Unsigned)?;
        if now.duration_since(signed).abs() > *tolerance { Err(Forbidden::Stale) } else { Ok(()) }
    }
}

fn value(template: &Template, find: &Find<'_>) -> Result<String, Forbidden> {
    template.text(find).ok().flatten().filter(|value| !value.is_empty()).ok_or(Forbidden::WrongSignature)
}

fn must_be(given: &str, secret: &Template, find: &Find<'_>) -> Result<(), Forbidden> {
    let wanted = value(secret, find)?;
    if same(given.as_bytes(), wanted.as_bytes()) { Ok(()) } else { Err(Forbidden::WrongSignature) }
}

/// Compares digests, so that the time tells nothing of how far a guess was right.
fn same(given: &[u8], wanted: &[u8]) -> bool {
    let (given, wanted) = (Sha256::digest(given), Sha256::digest(wanted));
    given.iter().zip(wanted.iter()).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}

/// The one header of this name; nobody honest sends two.
fn only<'a>(hook: &Hook<'a>, name: &str) -> Result<Option<&'a str>, Forbidden> {
    let mut found = hook.headers.iter().filter(|(header, _)| header.eq_ignore_ascii_case(name));
    let value = found.next().map(|(_, value)| value.as_str());
    if found.next().is_some() { Err(Forbidden::SignedTwice) } else { Ok(value) }
}

/// Seconds or milliseconds since 1970, or RFC 3339.
fn time(written: &str) -> Option<Timestamp> {
    match written.trim().parse::<i64>() {
        Ok(number) if number.abs() < 100_000_000_000 => Timestamp::from_second(number).ok(),
        Ok(number) => Timestamp::from_millisecond(number).ok(),
        Err(_) => written.trim().parse().ok(),
    }
}

impl Signature {
    fn read(section: &Section<'_>, known: &Known) -> Self {
        let m = section.m;
        let of_hook = |name: &str| {
            ["body", "url", "method", "path"].contains(&name)
                || name.starts_with("header:")
                || name.starts_with("query:")
                || known.has(name)
        };
        let list = format!("body, url, path, method, header:NAME, query:NAME, {}", known.list());
        let template = |key: &'static str, example: &str| match section.text(key) {
            Some(said) => Template::read(&said, &of_hook, &list, m),
            None => {
                section.missing(key, example);
                Template::default()
            }
        };
        let choice = |key: &'static str, one: &str, other: &str| {
            let said = section.text(key);
            if let Some(said) = said.as_ref().filter(|said| said.text != one && said.text != other) {
                m.add(
                    &said.span,
                    text!("this is neither {one} nor {other}", "dette er verken {one} eller {other}"),
                    text!("write \"{one}\" or \"{other}\"", "skriv \"{one}\" eller \"{other}\""),
                );
            }
            said.is_some_and(|said| said.text == other)
        };
        let algorithm = match section.text("algorithm") {
            None => Algorithm::Sha256,
            Some(said) => match said.text.as_str() {
                "sha1" => Algorithm::Sha1,
                "sha256" => Algorithm::Sha256,
                "sha512" => Algorithm::Sha512,
                _ => {
                    m.add(
                        &said.span,
                        text!("Lykt has no such algorithm", "Lykt har ingen slik algoritme"),
                        text!("write sha256, sha1 or sha512", "skriv sha256, sha1 eller sha512"),
                    );
                    Algorithm::Sha256
                }
            },
        };
        let header = section.text("header");
        if header.is_none() {
            section.missing("header", "header = \"X-Signature\"");
        }
        let tolerance = section.number("tolerance_s", 1);
        let signature = Self {
            algorithm,
            key: template("key", "key = \"{signing_key}\""),
            key_is_base64: choice("key_is", "text", "base64"),
            over: template("over", "over = \"{body}\""),
            header: header.map(|said| said.text).unwrap_or_default(),
            prefix: section.text("prefix").map(|said| said.text).unwrap_or_default(),
            is_base64: choice("encoding", "hex", "base64"),
            time: section.text("time").map(|said| {
                let tolerance = tolerance.map_or(SignedDuration::from_mins(5), |s| SignedDuration::from_secs(s.into()));
                (said.text, tolerance)
            }),
        };
        section.done();
        signature
    }

    fn verify(&self, hook: &Hook<'_>, query: &serde_json::Value, find: &Find<'_>) -> Result<(), Forbidden> {
        let given = only(hook, &self.header)?.ok_or(Forbidden::Unsigned)?;
        let given = given.strip_prefix(self.prefix.as_str()).ok_or(Forbidden::WrongSignature)?;
        let given = if self.is_base64 { STANDARD.decode(given).ok() } else { unhex(given) };
        let given = given.ok_or(Forbidden::WrongSignature)?;
        let key = value(&self.key, find)?;
        let key = if self.key_is_base64 { STANDARD.decode(&key).ok() } else { Some(key.into_bytes()) };
        let key = key.ok_or(Forbidden::WrongSignature)?;
        let path = hook.url.split_once("://").map_or("", |(_, rest)| rest.find('/').map_or("", |at| &rest[at..]));
        let part = |name: &str| -> Option<Vec<u8>> {
            Some(match name {
                "body" => hook.body.to_vec(),
                "url" => hook.url.as_bytes().to_vec(),
                "method" => hook.method.as_bytes().to_vec(),
                "path" => path.as_bytes().to_vec(),
                _ => match (name.strip_prefix("header:"), name.strip_prefix("query:")) {
                    (Some(header), _) => only(hook, header).ok()??.as_bytes().to_vec(),
                    (_, Some(name)) => query.get(name)?.as_str()?.as_bytes().to_vec(),
                    _ => find(name)?.into_bytes(),
                },
            })
        };
        let over = self.over.bytes(&part).ok().flatten().ok_or(Forbidden::Unsigned)?;
        let fits = match self.algorithm {
            Algorithm::Sha1 => sums::<Hmac<Sha1>>(&key, &over, &given),
            Algorithm::Sha256 => sums::<Hmac<Sha256>>(&key, &over, &given),
            Algorithm::Sha512 => sums::<Hmac<Sha512>>(&key, &over, &given),
        };
        if fits { Ok(()) } else { Err(Forbidden::WrongSignature) }
    }
}

fn sums<M: Mac + KeyInit>(key: &[u8], over: &[u8], given: &[u8]) -> bool {
    let mut mac = <M as KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(over);
    mac.verify_slice(given).is_ok()
}

fn network(said: &Said, section: &Section<'_>) -> Option<Network> {
    let network = Network::parse(&said.text);
    if network.is_none() {
        let shown = short(&said.text);
        section.m.add(
            &said.span,
            text!("`{shown}` is no address", "`{shown}` er ingen adresse"),
            text!(
                "write 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32",
                "skriv 192.0.2.7, 192.0.2.0/24 eller 2001:db8::/32"
            ),
        );
    }
    network
}

impl Network {
    fn parse(written: &str) -> Option<Self> {
        let (address, bits) = written.split_once('/').map_or((written, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().ok()?;
        let whole = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Some(whole), |bits| bits.parse().ok()).filter(|bits| *bits <= whole)?;
        Some(Self(address, bits))
    }

    fn has(self, address: IpAddr) -> bool {
        match (self.0, address.to_canonical()) {
            (IpAddr::V4(ours), IpAddr::V4(other)) => {
                let mask = u32::MAX.checked_shl(32 - self.1).unwrap_or(0);
                (u32::from(ours) ^ u32::from(other)) & mask == 0
            }
            (IpAddr::V6(ours), IpAddr::V6(other)) => {
                let mask = u128::MAX.checked_shl(128 - self.1).unwrap_or(0);
                (u128::from(ours) ^ u128::from(other)) & mask == 0
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_has_the_addresses_that_begin_like_it() {
        let has = |network: &str, address: &str| Network::parse(network).expect(network).has(address.parse().unwrap());
        assert!(has("212.89.48.14", "212.89.48.14") && !has("212.89.48.14", "212.89.48.15"));
        assert!(has("212.89.48.0/24", "212.89.48.15") && !has("212.89.48.0/24", "212.89.49.1"));
        assert!(has("212.89.48.14", "::ffff:212.89.48.14"));
        assert!(has("0.0.0.0/0", "9.9.9.9") && !has("0.0.0.0/0", "::1"));
        assert!(has("2001:db8::/32", "2001:db8:1::1") && !has("2001:db8::/32", "2001:db9::1"));
        for wrong in ["", "1.2.3", "1.2.3.4/33", "::/129", "1.2.3.4/x"] {
            assert_eq!(Network::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_time_is_read_as_providers_write_it() {
        let at = Timestamp::from_second(1_719_045_971).ok();
        for written in ["1719045971", "1719045971000", "2024-06-22T08:46:11Z", " 2024-06-22T15:46:11.000+07:00"] {
            assert_eq!(time(written), at, "{written}");
        }
        assert_eq!(time("yesterday"), None);
    }
}
