//! Signatures and forms a second time, written from the providers' descriptions and not from our code.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lykt::gateway::Hook;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::providers::{HOOK_KEY, Provider, SECRET};

/// RFC 2104, for digests with blocks of 64 bytes.
fn hmac<D: Digest>(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut block = if key.len() > 64 { D::digest(key).to_vec() } else { key.to_vec() };
    block.resize(64, 0);
    let padded = |pad: u8| block.iter().map(|byte| byte ^ pad).collect::<Vec<u8>>();
    let inner = D::digest([padded(0x36), message.to_vec()].concat());
    D::digest([padded(0x5c), inner.to_vec()].concat()).to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The parameters of a form, decoded; in the order in which they stand there.
pub fn fields(form: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let digit =
        |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16)).and_then(|n| u8::try_from(n).ok());
    let plain = |text: &[u8]| {
        let (mut out, mut at) = (Vec::new(), 0);
        while let Some(byte) = text.get(at) {
            at += 1;
            match (byte, digit(text.get(at)), digit(text.get(at + 1))) {
                (b'%', Some(high), Some(low)) => {
                    out.push(high * 16 + low);
                    at += 2;
                }
                (b'+', ..) => out.push(b' '),
                _ => out.push(*byte),
            }
        }
        out
    };
    let parts = form.split(|byte| *byte == b'&').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let mut halves = part.splitn(2, |byte| *byte == b'=');
            (plain(halves.next().unwrap_or_default()), plain(halves.next().unwrap_or_default()))
        })
        .collect()
}

/// Whether an address says that the signature is over a digest of the body, which is not how we sign.
pub fn has_digest(url: &str) -> bool {
    fields(query(url)).iter().any(|(name, _)| name == b"bodySHA256")
}

fn query(url: &str) -> &[u8] {
    url.split_once('?').map_or(&b""[..], |(_, query)| query.as_bytes())
}

/// The headers with which the provider would sign this, and the address it would call.
pub fn sign(provider: &Provider, url: &str, body: &[u8]) -> (String, Vec<(String, String)>) {
    let header = |name: &str, value: String| vec![(name.to_owned(), value)];
    match provider.name {
        "twilio" | "twilio-whatsapp" => {
            let over = twilio(url, &fields(body));
            (url.to_owned(), header("X-Twilio-Signature", STANDARD.encode(hmac::<Sha1>(SECRET.as_bytes(), &over))))
        }
        "whatsapp" => {
            let sum = hex(&hmac::<Sha256>(SECRET.as_bytes(), body));
            (url.to_owned(), header("X-Hub-Signature-256", format!("sha256={sum}")))
        }
        "android" => {
            let mut headers = header("X-Timestamp", "1796112000".to_owned());
            let sum = hmac::<Sha256>(SECRET.as_bytes(), &[body, b"1796112000"].concat());
            headers.extend(header("X-Signature", hex(&sum)));
            (url.to_owned(), headers)
        }
        _ => {
            let (path, query) = url.split_once('?').unwrap_or((url, ""));
            (format!("{path}?key={HOOK_KEY}&{query}"), Vec::new())
        }
    }
}

fn twilio(url: &str, fields: &[(Vec<u8>, Vec<u8>)]) -> Vec<u8> {
    let sorted: BTreeSet<_> = fields.iter().collect();
    let parameters = sorted.into_iter().flat_map(|(name, value)| [name.as_slice(), value.as_slice()].concat());
    url.bytes().chain(parameters).collect()
}

/// Whether a webhook by POST, with these headers and no other, is the provider's. Our own addresses have no port.
pub fn is_theirs(provider: &Provider, hook: &Hook<'_>) -> bool {
    let header = |wanted: &str| {
        let mut all = hook.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
        all.next().map(|(_, value)| value.as_str()).filter(|_| all.next().is_none())
    };
    match provider.name {
        "twilio" | "twilio-whatsapp" => {
            let given = header("x-twilio-signature").and_then(|given| STANDARD.decode(given).ok());
            let Some(given) = given else { return false };
            let found = fields(query(hook.url).split(|byte| *byte == b'#').next().unwrap_or_default());
            let digest = found.into_iter().find(|(name, value)| name == b"bodySHA256" && !value.is_empty());
            let digest = digest.map(|(_, value)| value);
            let mut readings = Vec::new();
            if digest.as_deref() == Some(hex(&Sha256::digest(hook.body)).as_bytes()) {
                readings.push(Vec::new());
            }
            if digest.is_none() || !hook.body.is_empty() {
                readings.push(fields(hook.body));
            }
            let ported = hook.url.replacen("example.org", "example.org:443", 1);
            let over = readings.iter().flat_map(|fields| [twilio(hook.url, fields), twilio(&ported, fields)]);
            over.into_iter().any(|over| hmac::<Sha1>(SECRET.as_bytes(), &over) == given)
        }
        "whatsapp" => {
            let sum = hex(&hmac::<Sha256>(SECRET.as_bytes(), hook.body));
            header("x-hub-signature-256").map(str::trim) == Some(format!("sha256={sum}").as_str())
        }
        "android" => {
            let (Some(time), Some(given)) = (header("x-timestamp"), header("x-signature")) else { return false };
            let sum = hex(&hmac::<Sha256>(SECRET.as_bytes(), &[hook.body, time.as_bytes()].concat()));
            given.to_ascii_lowercase() == sum
        }
        _ => {
            let found = fields(query(hook.url)).into_iter().find(|(name, _)| name == b"key");
            found.is_some_and(|(_, value)| value == HOOK_KEY.as_bytes())
        }
    }
}
