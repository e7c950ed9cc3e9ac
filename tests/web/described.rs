//! The API keeps to its own description, whatever is sent to it: Schemathesis reads the one and tries the other.
//!
//! `tests/run` installs it and says where it is; without it this test fails and says so.

use std::process::Command;

use lykt::domain::scope::Scope;

use crate::web::staff::Service;

/// Requests that are made up for each door, besides those at the edges.
const EXAMPLES: &str = "40";

#[tokio::test(flavor = "multi_thread")]
async fn the_api_never_fails_and_answers_as_it_is_described() {
    let program = std::env::var("LYKT_SCHEMATHESIS").expect("Schemathesis is missing: run the tests by `tests/run`");
    for service in Service::both().await {
        service.calls(20).await;
        let token = service.token(&Scope::ALL).await;
        let url = service.serve().await;
        let mut run = Command::new(&program);
        run.args(["run", "--checks", "all", "--max-examples", EXAMPLES, "--seed", "4", "--no-color"]);
        // That a number is nobody's, or that `call_later` wants a time, no description of JSON can say.
        run.args(["--exclude-checks", "positive_data_acceptance"]);
        run.args(["--header", &format!("Authorization: Bearer {token}"), &format!("{url}/api/v1/openapi.json")]);
        let folder = tempfile::tempdir().unwrap();
        run.current_dir(folder.path());
        let ended = tokio::task::spawn_blocking(move || run.output().unwrap()).await.unwrap();
        let said = String::from_utf8_lossy(&ended.stdout);
        assert!(ended.status.success(), "{said}\n{}", String::from_utf8_lossy(&ended.stderr));
        let summary = said.lines().filter(|line| line.contains("generated") || line.contains("Operations"));
        println!("{}", summary.collect::<Vec<_>>().join("\n"));
    }
}
