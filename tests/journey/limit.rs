//! The provider counts to how many people we write first: the others wait, and a person sees until when.

use serde_json::json;

use crate::fault_gateway::FaultGateway;
use crate::journey::house::wait;
use crate::journey::whatsapp::{house, number, tell};
use crate::support::postgres;

async fn more_people_than_meta_allows(database: Option<&str>) {
    let gateway = FaultGateway::start().await;
    let house = house(&gateway, database);
    let hooks = house.hooks();
    let daemon = house.serve();
    for n in 5..12 {
        house.json(&["contact", "opt-in", &number(n), "--channel", "whatsapp", "--as", "Kari", "--reason", "on paper"]);
    }
    let few = json!({ "max_daily_conversations_per_business": 2, "max_phone_numbers_per_business": 2 });
    tell(&gateway, &hooks, "business_capability_update", few).await;
    house.json(&["plan", "vinter"]);
    house.json(&["approve", "vinter", "--people", "7"]);
    wait("two have gone", || house.count("accepted") == 2);

    let status = house.lykt(&["status", "vinter"]);
    let said = String::from_utf8_lossy(&status.stdout).into_owned();
    assert!(said.contains("no more new people"), "{said}");
    let accounts = house.json(&["gateway", "list"]);
    let whatsapp = accounts.as_array().unwrap().iter().find(|one| one["account"] == "wa-oslo").unwrap().clone();
    assert_eq!((&whatsapp["messaging_limit"], &whatsapp["written_to_first"]), (&json!(2), &json!(2)), "{accounts}");
    assert_eq!((gateway.accepts().len(), house.count("queued")), (2, 5), "the others wait");

    let more = json!({ "max_daily_conversations_per_business": 6, "max_phone_numbers_per_business": 2 });
    tell(&gateway, &hooks, "business_capability_update", more).await;
    wait("six have gone", || house.count("accepted") == 6);
    let unlimited = json!({ "max_daily_conversations_per_business": -1 });
    tell(&gateway, &hooks, "business_capability_update", unlimited).await;
    wait("all have gone", || house.count("accepted") == 7);
    assert_eq!(gateway.counts().values().max(), Some(&1), "nobody twice");
    drop(daemon);
}

#[tokio::test(flavor = "multi_thread")]
async fn people_over_the_providers_limit_wait_on_sqlite() {
    more_people_than_meta_allows(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_over_the_providers_limit_wait_on_postgresql() {
    let url = postgres::empty().await;
    more_people_than_meta_allows(Some(&url)).await;
}
