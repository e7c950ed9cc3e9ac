//! Nothing readable in what Lykt keeps.

use std::time::Duration;

use aho_corasick::AhoCorasick;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use crate::fault_gateway::FaultGateway;
use crate::journey::house::{House, list, wait};

/// What a text may look like in a file: as it is, backwards, in UTF-16, in hex, and in base64 wherever in a group it begins.
fn shapes(text: &str) -> Vec<Vec<u8>> {
    let of = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    let mut shapes = vec![text.as_bytes().to_vec(), of(u16::to_le_bytes), of(u16::to_be_bytes)];
    shapes.extend([
        hex.to_uppercase().into_bytes(),
        hex.into_bytes(),
        text.chars().rev().collect::<String>().into_bytes(),
    ]);
    for before in 0..3 {
        let bytes = [&[0; 2][..before], text.as_bytes()].concat();
        let whole = STANDARD_NO_PAD.encode(&bytes);
        // Without the characters that share bits with what stands before or after it.
        let inner = &whole[(before * 8).div_ceil(6)..bytes.len() * 8 / 6];
        shapes.extend([inner.to_owned(), inner.replace('+', "-").replace('/', "_")].map(String::into_bytes));
    }
    shapes
}

/// Finds any of these texts in any shape.
pub fn any_of(texts: &[String]) -> AhoCorasick {
    AhoCorasick::new(texts.iter().flat_map(|text| shapes(text))).unwrap()
}

#[test]
fn a_text_is_found_in_every_shape() {
    let found = any_of(&["+46701740605".to_owned()]);
    assert!(!found.is_match("a number +46701740606, and KzQ2NzAxNzQwNjA2"));
    for before in ["", "a", "ab", "abc"] {
        let text = format!("{before}+46701740605, says Anastasia");
        assert!(found.is_match(&text));
        assert!(found.is_match(&STANDARD.encode(&text)), "{text}");
        assert!(found.is_match(&URL_SAFE_NO_PAD.encode(&text)), "{text}");
        assert!(found.is_match(&text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>()));
        assert!(found.is_match(&text.bytes().map(|byte| format!("{byte:02X}")).collect::<String>()));
        assert!(found.is_match(&text.chars().rev().collect::<String>()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_number_and_no_text_stands_in_database_log_or_write_ahead_log() {
    let gateway = FaultGateway::start().await;
    let (csv, numbers) = list(60);
    let house = House::new(&gateway, &csv, "1000/s", None);
    let eligible = house.approve();
    gateway.send_receipts(house.hooks(), Duration::from_millis(5), &["delivered"]);
    let daemon = house.serve();
    wait("all are delivered", || house.count("delivered") == eligible);
    let answer = "Hilsen Anastasia, jeg vil gjerne snakke med en advokat";
    let told = gateway.reply(&house.hooks(), "twilio-oslo", &numbers[5], "+4759440000", answer).await;
    assert!(told.is_success());
    let forged = gateway.reply(&house.hooks(), "nobody", &numbers[6], "+4759440000", "STOPP").await;
    assert_eq!(forged.as_u16(), 404);

    let id = house.json(&["inbox", "list"])[0]["id"].as_str().unwrap().to_owned();
    let words = "Hei Anastasia! Vi finner en advokat til deg.";
    let said = house.lykt(&["inbox", "answer", &id, "--text", words, "--now", "--as", "Kari"]);
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    wait("the answer has arrived", || house.json(&["inbox", "show", &id])["answers"][0]["state"] == "delivered");

    let mut secrets: Vec<String> = numbers.iter().map(|number| number[3..].to_owned()).collect();
    secrets.extend(["Anastasia".to_owned(), "advokat".to_owned(), "Gratis lege".to_owned(), "Amanda".to_owned()]);
    let found = any_of(&secrets);
    let look = |kept: Vec<(String, Vec<u8>)>| {
        assert!(kept.iter().any(|(name, _)| name.ends_with("-wal")) || kept.iter().any(|(name, _)| name == "lykt.db"));
        for (name, bytes) in kept.iter().filter(|(name, _)| name != "lykt.toml") {
            assert!(!found.is_match(bytes), "{name} shows a number, a name or a text");
        }
    };
    look(house.kept());
    drop(daemon);
    look(house.kept());
}
