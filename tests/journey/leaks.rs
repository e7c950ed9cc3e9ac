//! Nothing readable in what Lykt keeps.

use std::time::Duration;

use crate::fault_gateway::FaultGateway;
use crate::house::{House, list, wait};

fn shapes(text: &str) -> Vec<Vec<u8>> {
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    vec![text.as_bytes().to_vec(), utf16, hex.into_bytes()]
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
    let look = |kept: Vec<(String, Vec<u8>)>| {
        assert!(kept.iter().any(|(name, _)| name.ends_with("-wal")) || kept.iter().any(|(name, _)| name == "lykt.db"));
        for (name, bytes) in kept.iter().filter(|(name, _)| name != "lykt.toml") {
            for secret in &secrets {
                for shape in shapes(secret) {
                    let found = bytes.windows(shape.len()).any(|window| window == shape);
                    assert!(!found, "{name} shows a number, a name or a text");
                }
            }
        }
    };
    look(house.kept());
    drop(daemon);
    look(house.kept());
}
