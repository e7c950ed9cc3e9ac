//! Every COMMIT of a small campaign on PostgreSQL: lost, unanswered, or with all connections.

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::power::check::{self, Ended};
use crate::power::choice::Choice;
use crate::power::house::House;
use crate::power::people::People;
use crate::power::points::{at_once, block_on};
use crate::power::proxy::{Break, Proxy, What, place};
use crate::power::run::{LATENCY, wait};
use crate::support::postgres::{Fsync, Server};

#[test]
fn whichever_commit_is_lost_or_not_answered_nothing_is_sent_twice_and_nothing_is_lost() {
    let choice = Choice::said();
    let server = Server::start(Fsync::Off);
    let (count, _) = run(&server, &planned(&server), "counted", 0, Break::Lost);
    let of = |at: u64| choice.of(0, at, &Break::ALL).iter().map(move |how| (at, *how)).collect::<Vec<_>>();
    let points: Vec<(u64, Break)> = (1..=count).filter(|at| choice.takes(*at)).flat_map(of).collect();
    let (runs, met) = (points.len(), std::sync::atomic::AtomicUsize::new(0));
    at_once(points, || {
        let planned = planned(&server);
        let (server, met) = (&server, &met);
        move |(at, how)| {
            let (_, fell) = run(server, &planned, &format!("c{at}_{}", how as u8), at, how);
            met.fetch_add(usize::from(fell), std::sync::atomic::Ordering::SeqCst);
        }
    });
    let met = met.into_inner();
    crate::power::say(&format!(
        "PostgreSQL: {count} commits, {runs} runs, {met} met their fault, 0 twice, 0 lost, 0 in doubt; {choice}"
    ));
    assert!(met * 4 >= runs * 3, "only {met} of {runs} commits were met");
}

/// A house whose campaign is planned in a database of its own.
fn planned(server: &Server) -> House {
    let name = format!("planned_{}", lykt::clock::new_id::<lykt::domain::id::HookId>().0.simple());
    let url = block_on(async || server.create(&name).await);
    House::planned(Some(&url))
}

/// Runs a copy to its end; how many commits there were, and whether the fault fell.
fn run(server: &Server, planned: &House, name: &str, at: u64, how: Break) -> (u64, bool) {
    block_on(async || {
        let from = planned.url().rsplit_once('/').unwrap().1.to_owned();
        let mut admin = PgConnection::connect(&server.url("postgres")).await.unwrap();
        let create = AssertSqlSafe(format!("create database {name} template {from}"));
        sqlx::raw_sql(create).execute(&mut admin).await.unwrap();
        let url = server.url(name);
        let proxy = Proxy::start(place(&url), What::Commit, at, how).await;
        let (house, direct) = (planned.copy().on(&proxy.before(&url)), planned.copy().on(&url));
        let gateway = house.start_gateway().await;
        gateway.set_latency(LATENCY);
        gateway.send_receipts(house.hooks(), std::time::Duration::from_millis(5), &["delivered"]);
        let (mut people, what) = (People::default(), format!("commit {at}, {how:?}"));
        let mut daemon = house.serve(None);
        wait(&house, &what, async || {
            if daemon.has_ended() {
                // It may give up only before it runs.
                assert!(!house.log().contains("lykt runs"), "{what}: it ended by itself\n{}", house.log());
                daemon = house.serve(None);
            }
            people.speak(&gateway, &house).await;
            people.have_spoken() && check::is_settled(&direct, &gateway).await
        })
        .await;
        drop(daemon);
        let (house, gateway, people, what) = (&direct, &gateway, &people, what.as_str());
        check::check(&Ended { house, gateway, people, again_ms: None, doubts: 0, log: "", what }).await;
        let drop = AssertSqlSafe(format!("drop database {name} with (force)"));
        sqlx::raw_sql(drop).execute(&mut admin).await.unwrap();
        admin.close().await.unwrap();
        (proxy.count(), at > 0 && proxy.count() >= at)
    })
}
