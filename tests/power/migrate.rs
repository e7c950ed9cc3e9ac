//! A migration that is interrupted, at every point: the next start completes it.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::sync::Mutex;

use lykt::store::Db;

use crate::power::choice::Choice;
use crate::power::house::{House, folder};
use crate::power::old;
use crate::power::points::{at_once, block_on, faults};
use crate::power::proxy::{Break, Proxy, What, place};
use crate::power::shim::{Call, Fault, Kind};
use crate::support::postgres::Template;

#[test]
fn a_migration_of_sqlite_that_is_interrupted_anywhere_is_completed_by_the_next_start() {
    let choice = Choice::said();
    let (house, before) = (House::initialised(), folder());
    let file = before.path().join("old.db");
    block_on(async || old::make(&format!("sqlite:{}", file.display())).await);
    let migrate = |fault: Option<Fault>| {
        let house = house.copy();
        fs::copy(&file, house.root.join("lykt.db")).unwrap();
        let board = house.board();
        let mut command = house.command(&["inbox", "list"]);
        board.watch(&mut command, &house.root, fault);
        let done = command.status().unwrap();
        let deadly = fault.is_some_and(|fault| fault.kind.is_deadly()) && board.is_met();
        assert_eq!(done.signal(), deadly.then_some(9), "{fault:?}: {done}\n{}", house.log());
        let lines = block_on(async || {
            Db::open(&house.url()).await.unwrap_or_else(|e| panic!("{fault:?}: {e}\n{}", house.log())).close().await;
            old::lines(&house.url()).await
        });
        (Call::ALL.map(|call| board.count(call)), board.is_met(), lines)
    };
    let (counts, _, right) = migrate(None);
    assert!(right.iter().any(|line| line.starts_with("CREATE TABLE alarm")), "the last step was taken: {right:#?}");
    // Nothing here stands still and goes on: a command has nobody beside it.
    let faults: Vec<Fault> =
        faults([counts[0], counts[1], 0, 0], choice).into_iter().filter(|fault| fault.kind != Kind::Hang).collect();
    let (runs, met) = (faults.len(), Mutex::new(0));
    at_once(faults, || {
        |fault| {
            let (_, fell, lines) = migrate(Some(fault));
            let odd: Vec<_> = lines.iter().filter(|line| !right.contains(line)).collect();
            let gone: Vec<_> = right.iter().filter(|line| !lines.contains(line)).collect();
            assert!(lines == right, "{fault:?}: there is {odd:?}, and not {gone:?}");
            *met.lock().unwrap() += usize::from(fell);
        }
    });
    let met = met.into_inner().unwrap();
    crate::power::say(&format!("migration on SQLite: {counts:?} calls, {runs} runs, {met} interrupted, all completed"));
    // How many writes there are differs from run to run: what lies behind the last is not met.
    assert!(met * 2 >= runs, "only {met} of {runs} points were met");
}

#[tokio::test]
async fn a_migration_of_postgresql_that_is_interrupted_anywhere_is_completed_by_the_next_start() {
    let choice = Choice::said();
    let old = Template::made(async |url| old::make(&url).await).await;
    let url = old.copy().await;
    let proxy = Proxy::start(place(&url), What::Word, 0, Break::Lost).await;
    Db::open(&proxy.before(&url)).await.unwrap().close().await;
    let (words, right) = (proxy.count(), old::lines(&url).await);
    let (mut runs, mut completed) = (0, 0);
    for at in (1..=words).filter(|at| choice.takes(*at)) {
        for how in choice.of(0, at, &[Break::Lost, Break::Unanswered]) {
            let url = old.copy().await;
            let proxy = Proxy::start(place(&url), What::Word, at, *how).await;
            match Db::open(&proxy.before(&url)).await {
                Ok(db) => db.close().await,
                Err(_) => completed += 1,
            }
            Db::open(&url).await.unwrap_or_else(|e| panic!("word {at}, {how:?}: {e}")).close().await;
            assert!(old::lines(&url).await == right, "word {at}, {how:?}: it is not what it should be");
            runs += 1;
        }
    }
    crate::power::say(&format!(
        "migration on PostgreSQL: {words} words, {runs} runs, {completed} interrupted, all completed"
    ));
}
