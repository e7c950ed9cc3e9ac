//! Who signed a webhook: what the provider signed is taken, what anybody touched afterwards is not.
//!
//! An input is the provider, what is touched, where and how (a byte each), the rest of the address on the first line, and
//! the body.

use lykt::gateway::{Forbidden, Hook};

use super::{first_line, providers, reference};

pub fn run(data: &[u8]) {
    let [provider, touched, at, change, rest @ ..] = data else { return };
    let provider = providers::chosen(*provider);
    let (query, body) = first_line(rest);
    let query = String::from_utf8_lossy(query);
    let url = format!("https://lykt.example.org/hooks/a/inbound?{query}");
    let (mut url, mut headers) = reference::sign(provider, &url, body);
    let (mut body, at, change) = (body.to_vec(), usize::from(*at), *change);
    match touched % 6 {
        1 => turn(&mut body, at, change),
        2 => body.truncate(at),
        3 => body.insert(at.min(body.len()), change),
        4 => url = turned(&url, at, change),
        5 => headers.iter_mut().for_each(|(_, value)| *value = turned(value, at, change)),
        _ => {}
    }
    let verify = |headers: &[(String, String)]| {
        provider.gateway.verify(&Hook { method: "POST", url: &url, headers, body: &body })
    };
    let verified = verify(&headers);
    if verified == Err(Forbidden::TooManyParameters) {
        return;
    }
    let hook = Hook { method: "POST", url: &url, headers: &headers, body: &body };
    assert_eq!(verified.is_ok(), reference::is_theirs(provider, &hook), "{} {verified:?}", provider.name);
    assert!(
        touched % 6 != 0 || verified.is_ok() || reference::has_digest(&url),
        "{}: its own signature is not taken",
        provider.name
    );
    if let Some((name, _)) = headers.first() {
        assert!(verify(&[]).is_err(), "{}: no signature is taken for one", provider.name);
        let twice = [headers.clone(), vec![(name.to_uppercase(), String::new())]].concat();
        assert!(verify(&twice).is_err(), "{}: a second signature is not looked at", provider.name);
    }
}

fn turn(bytes: &mut [u8], at: usize, change: u8) {
    if let Some(byte) = bytes.len().checked_sub(1).and_then(|last| bytes.get_mut(at.min(last))) {
        *byte ^= change;
    }
}

/// A text with one byte of it turned into another sign.
fn turned(text: &str, at: usize, change: u8) -> String {
    let mut bytes = text.as_bytes().to_vec();
    // The scheme and the host are ours, whatever somebody asks for.
    turn(&mut bytes, at + "https://lykt.example.org/".len() * usize::from(text.starts_with("https:")), change & 0x7f);
    String::from_utf8_lossy(&bytes).into_owned()
}
