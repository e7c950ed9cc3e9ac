//! HTTP by hand: what is sent and when is the test's own matter.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The secret of every account in these tests.
pub const TOKEN: &str = "0123456789abcdef0123456789abcdef";
/// How providers reach the house.
pub const PUBLIC: &str = "https://lykt.example.org";
/// Longer than any test waits for an answer.
const LONGEST: Duration = Duration::from_secs(30);

/// Twilio's signature, from its documentation: the URL, then names and values in order.
pub fn sign(url: &str, fields: &[(&str, &str)]) -> String {
    let mut sorted = fields.to_vec();
    sorted.sort_unstable();
    let mut mac = Hmac::<Sha1>::new_from_slice(TOKEN.as_bytes()).unwrap();
    mac.update(url.as_bytes());
    for (name, value) in sorted {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    STANDARD.encode(mac.finalize().into_bytes())
}

/// A form as browsers and providers write it.
pub fn form(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| text.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
    fields.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect::<Vec<_>>().join("&")
}

/// A signed POST as Twilio makes it.
pub fn post(path: &str, fields: &[(&str, &str)]) -> Vec<u8> {
    signed_post(path, &form(fields), &sign(&format!("{PUBLIC}{path}"), fields))
}

/// A POST with this signature.
pub fn signed_post(path: &str, body: &str, signature: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: lykt.example.org\r\nConnection: close\r\nX-Twilio-Signature: {signature}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// A signed POST whose text ends with a byte that is no UTF-8; the signature covers the byte.
pub fn post_with_a_bad_byte(path: &str, fields: &[(&str, &str)]) -> Vec<u8> {
    let (name, value) = fields.last().unwrap();
    let mut signed = format!("{PUBLIC}{path}").into_bytes();
    let mut sorted: Vec<Vec<u8>> = fields.iter().map(|(name, value)| format!("{name}{value}").into_bytes()).collect();
    let last = format!("{name}{value}").into_bytes();
    for field in &mut sorted {
        if *field == last {
            field.push(0xff);
        }
    }
    sorted.sort_unstable();
    signed.extend(sorted.concat());
    let mut mac = Hmac::<Sha1>::new_from_slice(TOKEN.as_bytes()).unwrap();
    mac.update(&signed);
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    signed_post(path, &format!("{}%FF", form(fields)), &signature)
}

/// A GET.
pub fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: lykt.example.org\r\nConnection: close\r\n\r\n").into_bytes()
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

/// Sends a request and reads the answer to its end.
pub async fn ask(port: u16, request: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    // A server may answer and close before everything is written.
    let _ = stream.write_all(request).await;
    answer(&mut stream).await
}

/// Reads an answer to the end of the connection.
pub async fn answer(stream: &mut TcpStream) -> Answer {
    let mut bytes = Vec::new();
    tokio::time::timeout(LONGEST, async {
        let mut chunk = [0; 4096];
        while let Ok(n @ 1..) = stream.read(&mut chunk).await {
            bytes.extend_from_slice(&chunk[..n]);
        }
    })
    .await
    .expect("an answer, or at least an end");
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(bytes.len());
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    Answer { status, head, body: bytes.get(end + 4..).unwrap_or_default().to_vec() }
}
