//! Twilio's signature on a webhook: an HMAC over the URL and the sorted parameters, or over the URL alone when that holds
//! the body's digest.
//!
//! Two schemes: HMAC-SHA1 keyed with the auth token, and, for webhooks that bear a settings header, the algorithm that it
//! names, keyed with a shared key. Source: <https://www.twilio.com/docs/usage/security#validating-requests>; where that
//! page is silent we do as Twilio's own libraries do: names and values in byte order, a repeated parameter once for each
//! different value, and the URL both with and without its port.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::domain::hex::hex;
use crate::gateway::error::Forbidden;
use crate::gateway::event::Hook;
use crate::gateway::form::{self, Pair};

const HEADER: &str = "x-twilio-signature";
/// Comes with webhooks that are signed with a shared key: `key=webhooks_sharedkey_..,algorithm=HMAC_SHA256`.
const SETTINGS_HEADER: &str = "x-twilio-webhooks-signature-settings";
/// The query parameter with the digest of a body that is no form.
const BODY_DIGEST: &[u8] = b"bodySHA256";

/// What this account's webhooks may be signed with.
#[derive(Clone, Copy)]
pub(super) struct Secrets<'a> {
    pub auth_token: &'a str,
    /// For webhooks with a settings header; without one, the auth token stands for it.
    pub shared_key: Option<&'a str>,
}

/// Whether the hook was signed with one of these. Takes the same time for every wrong signature.
pub(super) fn verify(secrets: Secrets<'_>, hook: &Hook<'_>) -> Result<(), Forbidden> {
    let signature = only(hook, HEADER)?.ok_or(Forbidden::Unsigned)?;
    let settings = only(hook, SETTINGS_HEADER)?;
    let sums = match algorithm(settings.unwrap_or_default()).as_str() {
        "HMAC_SHA1" => sums::<Hmac<Sha1>>,
        "HMAC_SHA256" => sums::<Hmac<Sha256>>,
        _ => return Err(Forbidden::WrongSignature),
    };
    let key = settings.and(secrets.shared_key).unwrap_or(secrets.auth_token);
    // Canonical or nothing: no spaces, no missing padding, no loose bits.
    let signature = STANDARD.decode(signature).map_err(|_| Forbidden::WrongSignature)?;
    let fits = readings(hook)?.iter().any(|parameters| {
        let sums = |url: &str| sums(key, url, parameters, &signature);
        sums(hook.url) || other_port(hook.url).is_some_and(|url| sums(&url))
    });
    if fits { Ok(()) } else { Err(Forbidden::WrongSignature) }
}

/// The one header of this name; nobody honest sends two.
fn only<'a>(hook: &Hook<'a>, name: &str) -> Result<Option<&'a str>, Forbidden> {
    let mut found = hook.headers.iter().filter(|(header, _)| header.eq_ignore_ascii_case(name));
    let value = found.next().map(|(_, value)| value.as_str());
    if found.next().is_some() { Err(Forbidden::SignedTwice) } else { Ok(value) }
}

/// The algorithm that a settings header names; the first scheme's when it names none.
fn algorithm(settings: &str) -> String {
    let named = settings.split(',').filter_map(|part| part.split_once('=')).find_map(|(name, value)| {
        let value = value.trim();
        (name.trim() == "algorithm" && !value.is_empty()).then_some(value)
    });
    named.unwrap_or("HMAC_SHA1").to_ascii_uppercase()
}

/// The parameters that the signature may cover: those of the form, and none when the URL holds the body's digest. What
/// no reading covers is not from Twilio.
fn readings<'a>(hook: &Hook<'a>) -> Result<Vec<Vec<Pair<'a>>>, Forbidden> {
    if hook.method != "POST" {
        // Everything that Twilio says with GET stands in the URL; a body is not covered by the signature.
        return if hook.body.is_empty() { Ok(vec![Vec::new()]) } else { Err(Forbidden::WrongSignature) };
    }
    let mut readings = Vec::new();
    let digest = digest_in(hook.url);
    let kind = only(hook, "content-type")?.map(str::to_ascii_lowercase);
    let is_form = kind.is_none_or(|kind| kind.trim_start().starts_with("application/x-www-form-urlencoded"));
    if digest.as_ref().is_some_and(|digest| **digest == *hex(Sha256::digest(hook.body)).as_bytes()) {
        readings.push(Vec::new());
    }
    // A body that was taken away leaves a form without parameters: it must not pass for one.
    if digest.is_none() || (is_form && !hook.body.is_empty()) {
        readings.push(sorted(form::decode(hook.body).ok_or(Forbidden::TooManyParameters)?));
    }
    Ok(readings)
}

fn sums<M: Mac + KeyInit>(key: &str, url: &str, parameters: &[Pair<'_>], signature: &[u8]) -> bool {
    let mut mac = <M as KeyInit>::new_from_slice(key.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(url.as_bytes());
    for (name, value) in parameters {
        mac.update(name);
        mac.update(value);
    }
    mac.verify_slice(signature).is_ok()
}

/// The digest of the body in a URL's query, decoded; the first that is not empty.
fn digest_in(url: &str) -> Option<Cow<'_, [u8]>> {
    let (_, query) = url.split_once('?')?;
    let query = query.split('#').next().unwrap_or_default();
    let pairs = form::decode(query.as_bytes())?;
    pairs.into_iter().find(|(name, value)| **name == *BODY_DIGEST && !value.is_empty()).map(|(_, value)| value)
}

fn sorted(mut parameters: Vec<Pair<'_>>) -> Vec<Pair<'_>> {
    parameters.sort_unstable();
    parameters.dedup();
    parameters
}

/// The URL without its port, or with its scheme's own when it has none; nothing else is touched.
fn other_port(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    // A colon may also stand in the user's password, or in an IPv6 address.
    let host = authority.rfind('@').map_or(0, |at| at + 1).max(authority.rfind(']').unwrap_or(0));
    let other = match authority[host..].rfind(':') {
        Some(colon) => authority[..host + colon].to_owned(),
        None => format!("{authority}:{}", if scheme.eq_ignore_ascii_case("http") { 80 } else { 443 }),
    };
    Some(format!("{scheme}://{other}{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: Secrets<'_> = Secrets { auth_token: "12345", shared_key: None };
    const URL: &str = "https://lykt.example.org/hooks/t/status?token=abc";

    /// Signs as Twilio does, from the documentation and not from the code above.
    fn sign(token: &str, text: &str) -> String {
        let mut mac = <Hmac<Sha1> as KeyInit>::new_from_slice(token.as_bytes()).unwrap();
        mac.update(text.as_bytes());
        STANDARD.encode(mac.finalize().into_bytes())
    }

    fn check(url: &str, body: &[u8], signature: &str) -> Result<(), Forbidden> {
        let headers = [("X-TWILIO-signature".to_owned(), signature.to_owned())];
        verify(TOKEN, &Hook { method: "POST", url, headers: &headers, body })
    }

    fn sign_sha256(key: &str, text: &str) -> String {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key.as_bytes()).unwrap();
        mac.update(text.as_bytes());
        STANDARD.encode(mac.finalize().into_bytes())
    }

    fn header(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn a_signature_over_the_url_and_the_sorted_parameters_fits() {
        let signature = sign("12345", &format!("{URL}ABodyblå bærFrom+44a3"));
        assert_eq!(check(URL, "a=3&From=%2B44&Body=bl%C3%A5+b%C3%A6r&A=".as_bytes(), &signature), Ok(()));
    }

    #[test]
    fn a_repeated_parameter_counts_once_for_each_different_value() {
        let signature = sign("12345", &format!("{URL}M1M2"));
        assert_eq!(check(URL, b"M=2&M=1&M=2", &signature), Ok(()));
    }

    #[test]
    fn the_port_may_be_there_or_not() {
        for (signed, received) in [
            ("https://a.example/x", "https://a.example:443/x"),
            ("https://a.example:443/x", "https://a.example/x"),
            ("http://a.example:80/x", "http://a.example/x"),
            ("https://a.example/x", "https://a.example:8443/x"),
            ("https://u:p@a.example:443/x?t=1:2", "https://u:p@a.example/x?t=1:2"),
            ("https://[::1]:443/x", "https://[::1]/x"),
        ] {
            assert_eq!(check(received, b"A=1", &sign("12345", &format!("{signed}A1"))), Ok(()), "{received}");
        }
    }

    #[test]
    fn anything_changed_is_forbidden() {
        let good = sign("12345", &format!("{URL}A1"));
        assert_eq!(check(URL, b"A=1", &good), Ok(()));
        for (url, body) in [(URL, &b"A=2"[..]), (URL, b"A=1&B=2"), (URL, b""), (&URL.replace("abc", "abd"), b"A=1")] {
            assert_eq!(check(url, body, &good), Err(Forbidden::WrongSignature));
        }
        for signature in
            ["", "!", &good[1..], &sign("12346", &format!("{URL}A1")), &good.replace('=', ""), &format!(" {good}")]
        {
            assert_eq!(check(URL, b"A=1", signature), Err(Forbidden::WrongSignature), "{signature}");
        }
    }

    #[test]
    fn the_second_scheme_takes_the_algorithm_from_its_header_and_the_shared_key() {
        let both = Secrets { auth_token: "12345", shared_key: Some("shared") };
        let text = format!("{URL}A1");
        let named = "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256";
        let check = |secrets, settings: Option<&str>, signature: &str| {
            let mut headers = vec![header("X-Twilio-Signature", signature)];
            headers.extend(settings.map(|settings| header("X-Twilio-Webhooks-Signature-Settings", settings)));
            verify(secrets, &Hook { method: "POST", url: URL, headers: &headers, body: b"A=1" }).is_ok()
        };
        assert!(check(both, Some(named), &sign_sha256("shared", &text)));
        assert!(check(both, Some(" algorithm = hmac_sha256 , key=x"), &sign_sha256("shared", &text)));
        assert!(check(both, Some("key=x"), &sign("shared", &text)), "no algorithm is the first one");
        assert!(check(both, None, &sign("12345", &text)), "the first scheme goes on beside it");
        assert!(check(TOKEN, Some(named), &sign_sha256("12345", &text)), "without a shared key, the token");
        for (settings, signature) in [
            (Some(named), sign_sha256("12345", &text)),
            (Some(named), sign("shared", &text)),
            (Some(named), sign("12345", &text)),
            (Some("key=x,algorithm=HMAC_MD5"), sign_sha256("shared", &text)),
            (Some("key=x,algorithm=none"), String::new()),
            (Some(named), String::new()),
            (None, sign_sha256("shared", &text)),
            (None, sign_sha256("12345", &text)),
            (None, sign("shared", &text)),
        ] {
            assert!(!check(both, settings, &signature), "{settings:?} {signature}");
        }
    }

    #[test]
    fn two_settings_headers_are_forbidden() {
        let settings = header(SETTINGS_HEADER, "key=x,algorithm=HMAC_SHA256");
        let headers = [header(HEADER, &sign_sha256("12345", URL)), settings.clone(), settings];
        let hook = Hook { method: "POST", url: URL, headers: &headers, body: b"" };
        assert_eq!(verify(TOKEN, &hook), Err(Forbidden::SignedTwice));
    }

    #[test]
    fn a_body_that_is_no_form_is_bound_by_its_digest_in_the_url() {
        let body = br#"{"a":1}"#;
        let url = format!("https://lykt.example.org/hooks/t/status?bodySHA256={}", hex(Sha256::digest(body)));
        let signature = sign("12345", &url);
        let check = |url: &str, kind: Option<&str>, body: &[u8]| {
            let mut headers = vec![header("X-Twilio-Signature", &signature)];
            headers.extend(kind.map(|kind| header("Content-Type", kind)));
            verify(TOKEN, &Hook { method: "POST", url, headers: &headers, body }).is_ok()
        };
        for kind in [None, Some("application/json"), Some("application/x-www-form-urlencoded")] {
            assert!(check(&url, kind, body), "{kind:?}");
            for other in [&b""[..], br#"{"a":2}"#, b"A=1"] {
                assert!(!check(&url, kind, other), "{kind:?}");
            }
            assert!(!check(&url.to_uppercase(), kind, body), "the wrong case");
        }
        // A form keeps its own way, whatever else stands in the query.
        let form = sign("12345", &format!("{url}A1"));
        let headers =
            [header(HEADER, &form), header("content-type", "application/x-www-form-urlencoded; charset=UTF-8")];
        assert_eq!(verify(TOKEN, &Hook { method: "POST", url: &url, headers: &headers, body: b"A=1" }), Ok(()));
    }

    #[test]
    fn a_signature_that_is_not_written_as_it_must_be_is_forbidden() {
        let good = sign("12345", &format!("{URL}A1"));
        // The last letter before the padding has two loose bits: three other letters mean the same bytes to a lax reader.
        let at = good.len() - 2;
        for loose in ('a'..='z').chain('A'..='Z').chain('0'..='9').chain(['+', '/']) {
            let other = format!("{}{loose}=", &good[..at]);
            assert_eq!(check(URL, b"A=1", &other).is_ok(), other == good, "{other}");
        }
        for bad in [format!("{good} "), format!("{good}="), good.to_lowercase(), good.replace('=', "%3D")] {
            assert_eq!(check(URL, b"A=1", &bad), Err(Forbidden::WrongSignature), "{bad}");
        }
    }

    #[test]
    fn a_hook_with_no_or_two_signatures_is_forbidden() {
        let signed = ("X-Twilio-Signature".to_owned(), sign("12345", &format!("{URL}A1")));
        let hook = |headers| Hook { method: "POST", url: URL, headers, body: b"A=1" };
        assert_eq!(verify(TOKEN, &hook(&[])), Err(Forbidden::Unsigned));
        assert_eq!(verify(TOKEN, &hook(&[signed.clone(), signed])), Err(Forbidden::SignedTwice));
    }

    #[test]
    fn a_body_under_get_is_forbidden_since_no_signature_covers_it() {
        let headers = [("X-Twilio-Signature".to_owned(), sign("12345", URL))];
        let hook = |body| Hook { method: "GET", url: URL, headers: &headers, body };
        assert_eq!(verify(TOKEN, &hook(b"")), Ok(()));
        assert_eq!(verify(TOKEN, &hook(b"Body=STOP")), Err(Forbidden::WrongSignature));
    }

    #[test]
    fn a_hundred_thousand_parameters_are_not_even_hashed() {
        assert_eq!(check(URL, "a=1&".repeat(100_000).as_bytes(), "AAAA"), Err(Forbidden::TooManyParameters));
    }
}
