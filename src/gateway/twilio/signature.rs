//! Twilio's signature on a webhook: HMAC-SHA1, keyed with the auth token, over the URL and the sorted parameters.
//!
//! Source: <https://www.twilio.com/docs/usage/security#validating-requests>. Where that page is silent we do as
//! Twilio's own libraries do: names and values in byte order, a repeated parameter once for each different value, and
//! the URL both with and without its port.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use crate::gateway::error::Forbidden;
use crate::gateway::event::Hook;
use crate::gateway::form::{self, Pair};

const HEADER: &str = "x-twilio-signature";

/// Whether the hook was signed with this token. Takes the same time for every wrong signature.
pub(super) fn verify(auth_token: &str, hook: &Hook<'_>) -> Result<(), Forbidden> {
    let mut signatures = hook.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(HEADER));
    let (_, signature) = signatures.next().ok_or(Forbidden::Unsigned)?;
    if signatures.next().is_some() {
        return Err(Forbidden::SignedTwice);
    }
    let signature = STANDARD.decode(signature.trim()).map_err(|_| Forbidden::WrongSignature)?;
    let parameters = match hook.method {
        "POST" => sorted(form::decode(hook.body).ok_or(Forbidden::TooManyParameters)?),
        // Everything that Twilio says with GET stands in the URL; a body is not covered by the signature.
        _ if hook.body.is_empty() => Vec::new(),
        _ => return Err(Forbidden::WrongSignature),
    };
    let fits = |url: &str| {
        let mut mac = Hmac::<Sha1>::new_from_slice(auth_token.as_bytes()).expect("HMAC takes keys of any length");
        mac.update(url.as_bytes());
        for (name, value) in &parameters {
            mac.update(name);
            mac.update(value);
        }
        mac.verify_slice(&signature).is_ok()
    };
    if fits(hook.url) || other_port(hook.url).is_some_and(|url| fits(&url)) {
        Ok(())
    } else {
        Err(Forbidden::WrongSignature)
    }
}

fn sorted(mut parameters: Vec<Pair>) -> Vec<Pair> {
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

    const URL: &str = "https://lykt.example.org/hooks/t/status?token=abc";

    /// Signs as Twilio does, from the documentation and not from the code above.
    fn sign(token: &str, text: &str) -> String {
        let mut mac = Hmac::<Sha1>::new_from_slice(token.as_bytes()).unwrap();
        mac.update(text.as_bytes());
        STANDARD.encode(mac.finalize().into_bytes())
    }

    fn check(url: &str, body: &[u8], signature: &str) -> Result<(), Forbidden> {
        let headers = [("X-TWILIO-signature".to_owned(), signature.to_owned())];
        verify("12345", &Hook { method: "POST", url, headers: &headers, body })
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
        for signature in ["", "!", &good[1..], &sign("12346", &format!("{URL}A1")), &good.replace('=', "")] {
            assert_eq!(check(URL, b"A=1", signature), Err(Forbidden::WrongSignature), "{signature}");
        }
    }

    #[test]
    fn a_hook_with_no_or_two_signatures_is_forbidden() {
        let signed = ("X-Twilio-Signature".to_owned(), sign("12345", &format!("{URL}A1")));
        let hook = |headers| Hook { method: "POST", url: URL, headers, body: b"A=1" };
        assert_eq!(verify("12345", &hook(&[])), Err(Forbidden::Unsigned));
        assert_eq!(verify("12345", &hook(&[signed.clone(), signed])), Err(Forbidden::SignedTwice));
    }

    #[test]
    fn a_body_under_get_is_forbidden_since_no_signature_covers_it() {
        let headers = [("X-Twilio-Signature".to_owned(), sign("12345", URL))];
        let hook = |body| Hook { method: "GET", url: URL, headers: &headers, body };
        assert_eq!(verify("12345", &hook(b"")), Ok(()));
        assert_eq!(verify("12345", &hook(b"Body=STOP")), Err(Forbidden::WrongSignature));
    }

    #[test]
    fn a_hundred_thousand_parameters_are_not_even_hashed() {
        assert_eq!(check(URL, "a=1&".repeat(100_000).as_bytes(), "AAAA"), Err(Forbidden::TooManyParameters));
    }
}
