//! Whether a webhook is from Meta: the raw bytes signed with the app's secret, or the verify token in its question.
//!
//! Source: Meta's "Webhooks": `X-Hub-Signature-256: sha256=` and the HMAC-SHA256 of the body in lower-case hexadecimal;
//! GET with `hub.mode=subscribe`, `hub.verify_token` and `hub.challenge`.

use hmac::digest::KeyInit as _;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use crate::domain::hex::unhex;
use crate::gateway::error::Forbidden;
use crate::gateway::event::Hook;
use crate::gateway::form;

const HEADER: &str = "x-hub-signature-256";
/// A challenge longer than this is not Meta's.
const LONGEST: usize = 256;

/// Verifies the signature over the raw body, in constant time.
pub(super) fn verify(app_secret: &str, hook: &Hook<'_>) -> Result<(), Forbidden> {
    let mut signatures = hook.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(HEADER));
    let signature = match (signatures.next(), signatures.next()) {
        (Some((_, value)), None) => value.trim(),
        (None, _) => return Err(Forbidden::Unsigned),
        (Some(_), Some(_)) => return Err(Forbidden::SignedTwice),
    };
    let said = signature.strip_prefix("sha256=").and_then(bytes).ok_or(Forbidden::WrongSignature)?;
    let mut mac = keyed(app_secret);
    mac.update(hook.body);
    mac.verify_slice(&said).map_err(|_| Forbidden::WrongSignature)
}

/// The answer to Meta's question, if the query is one: its challenge, when it knows our verify token.
pub(super) fn challenge(verify_token: &str, query: &str) -> Option<Result<String, Forbidden>> {
    let pairs = form::decode(query.as_bytes())?;
    let get = |name: &str| {
        let (_, value) = pairs.iter().find(|(field, _)| **field == *name.as_bytes())?;
        std::str::from_utf8(value).ok()
    };
    if get("hub.mode")? != "subscribe" {
        return None;
    }
    let plain =
        |word: &&str| word.len() <= LONGEST && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    let knows = get("hub.verify_token").is_some_and(|said| is_same(said, verify_token));
    // The challenge is repeated as it is, so it must be nothing that a browser would obey.
    let word = get("hub.challenge").filter(plain).filter(|_| knows);
    Some(word.map(str::to_owned).ok_or(Forbidden::WrongSignature))
}

/// Compares in constant time, whatever the lengths: both are keyed first.
fn is_same(said: &str, token: &str) -> bool {
    let mac = |text: &str| {
        let mut mac = keyed(token);
        mac.update(text.as_bytes());
        mac
    };
    mac(said).verify_slice(&mac(token).finalize().into_bytes()).is_ok()
}

fn keyed(secret: &str) -> Hmac<Sha256> {
    Hmac::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length")
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let is_lower = !hex.bytes().any(|digit| digit.is_ascii_uppercase());
    unhex(hex).filter(|_| is_lower)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_repeated_to_who_knows_the_token() {
        let ask = |query: &str| challenge("sesame", query);
        assert_eq!(
            ask("hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=sesame"),
            Some(Ok("1158201444".into()))
        );
        for wrong in [
            "hub.mode=subscribe&hub.challenge=1&hub.verify_token=Sesame",
            "hub.mode=subscribe&hub.challenge=1",
            "hub.mode=subscribe&hub.verify_token=sesame",
            "hub.mode=subscribe&hub.challenge=%3Cscript%3E&hub.verify_token=sesame",
        ] {
            assert_eq!(ask(wrong), Some(Err(Forbidden::WrongSignature)), "{wrong}");
        }
        assert_eq!(ask(""), None);
        assert_eq!(ask("hub.mode=unsubscribe"), None);
    }

    #[test]
    fn hexadecimal_is_lower_case_and_whole() {
        assert_eq!(bytes("00ff"), Some(vec![0, 255]));
        for wrong in ["0", "0G", "FF", "é0"] {
            assert_eq!(bytes(wrong), None, "{wrong}");
        }
    }
}
