//! Not sending blind: without a way in for answers that is known to work, nobody is written to.

use crate::fault_gateway::FaultGateway;
use crate::journey::house::{House, list, wait};
use crate::support::postgres;

const PUBLIC: &str = "public_url = \"https://lykt.example.org\"";

async fn nobody_is_written_to_whose_no_would_not_be_heard(database: Option<&str>) {
    let gateway = FaultGateway::start().await;
    let (csv, numbers) = list(3);
    let house = House::new(&gateway, &csv, "1000/s", database);
    let settings = std::fs::read_to_string(house.root().join("lykt.toml")).unwrap();
    // An address that leads nowhere: nobody listens on port 1.
    let deaf = settings
        .replace(PUBLIC, "public_url = \"http://127.0.0.1:1\"")
        .replace("[clock]", "[sending]\nway_in = \"always\"\n[clock]");
    house.write("lykt.toml", &deaf);
    let eligible = house.approve();
    let daemon = house.serve();
    let log = || std::fs::read_to_string(house.root().join("serve.log")).unwrap();
    wait("the log says why", || log().contains("our own public address does not lead here"));
    wait("the plan is in the outbox", || {
        String::from_utf8_lossy(&house.lykt(&["status", "vinter"]).stdout).contains("a no would not be heard")
    });
    assert_eq!((gateway.accepts().len(), house.count("queued")), (0, eligible));
    if database.is_none() {
        // With PostgreSQL the doctor knows by the world's time that a daemon runs, and this house has a time of its own.
        let doctor = String::from_utf8_lossy(&house.lykt(&["doctor", "--json"]).stdout).into_owned();
        assert!(doctor.contains("\"way_in\"") && doctor.contains("twilio-oslo"), "{doctor}");
    }

    // A call that is not ours opens nothing; a webhook that is the provider's does.
    #[expect(clippy::disallowed_methods, reason = "the outside world has its own client")]
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let forged = format!("{}/hooks/twilio-oslo/way-in?key={}", house.hooks().local, "0".repeat(64));
    assert_eq!(client.get(forged).send().await.unwrap().status().as_u16(), 403);
    assert!(gateway.accepts().is_empty());
    let hooks = crate::fault_gateway::Hooks { public: "http://127.0.0.1:1".to_owned(), ..house.hooks() };
    gateway.reply(&hooks, "twilio-oslo", "+447700900555", "+4759440000", "Hei").await;
    wait("everybody is written to", || house.count("accepted") == eligible);
    assert_eq!(gateway.counts().len(), numbers.len().min(eligible as usize));
    drop(daemon);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_written_to_whose_no_would_not_be_heard_on_sqlite() {
    nobody_is_written_to_whose_no_would_not_be_heard(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_written_to_whose_no_would_not_be_heard_on_postgresql() {
    let url = postgres::empty().await;
    nobody_is_written_to_whose_no_would_not_be_heard(Some(&url)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_address_that_leads_here_is_way_in_enough() {
    let gateway = FaultGateway::start().await;
    let (csv, _) = list(3);
    let house = House::new(&gateway, &csv, "1000/s", None);
    let settings = std::fs::read_to_string(house.root().join("lykt.toml")).unwrap();
    let heard = settings
        .replace(PUBLIC, &format!("public_url = \"http://127.0.0.1:{}\"", house.port))
        .replace("[clock]", "[sending]\nway_in = \"always\"\n[clock]");
    house.write("lykt.toml", &heard);
    let eligible = house.approve();
    let daemon = house.serve();
    wait("everybody is written to", || house.count("accepted") == eligible);
    drop(daemon);
}
